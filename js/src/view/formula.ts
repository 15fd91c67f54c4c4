/**
 * Sets formulas (in the lazy chunk `math`): Temml turns TeX into MathML, so that the browser lays it out, screen readers can read it, and no fonts
 * are fetched. What comes out is built anew from the tags and attributes that are named here: a formula of a peer is text, as the rest of
 * their message is.
 */

import temml from "temml";

const NAMESPACE = "http://www.w3.org/1998/Math/MathML";
const TAGS = new Set(
  (
    "math semantics mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mover munder munderover msub msup msubsup mmultiscripts mprescripts " +
    "none mtable mtr mtd mpadded mphantom menclose"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "display displaystyle scriptlevel mathvariant mathsize stretchy symmetric fence separator form accent accentunder lspace rspace minsize maxsize " +
    "movablelimits largeop linethickness width height depth voffset rowspan columnspan columnalign rowalign columnlines rowlines columnspacing " +
    "rowspacing notation intent arg"
  ).split(" "),
);
/** Properties of CSS by which Temml aligns tables and colours; set one by one, because the page's policy refuses the attribute. */
const STYLES =
  /^(?:color|backgroundColor|textAlign|(?:padding|border)(?:Left|Right|Top|Bottom)?|font(?:Weight|Style)|math(?:Depth|Style))$/;
/** Temml's own, for what MathML has no attribute for; the style sheet knows them. */
const CLASS = /^(?:tml-[\w-]+|special-fraction|mathcal|mathscr)$/;
/** Anything longer is no formula of people, and would hold the page up. */
const SOURCE_CHARS = 2_000;
/** No length in a formula of people is more than this, em: with longer ones it would lie over what others wrote. */
const REACH = 20;
/** A length, and how many of its unit are an em, about; other units are taken for one. */
const LENGTH = /[-+]?(\d*\.?\d+(?:e[-+]?\d+)?)([a-z]+|%)/gi;
const PER_EM: Record<string, number> = { ex: 2, pt: 10, px: 16, mm: 4, mu: 18, "%": 20 };
/** Loops of macros end here. */
const EXPANSIONS = 500;

/** A node of Temml's tree: an element, a fragment (no type), or text. */
interface Node {
  type?: string;
  text?: string;
  attributes?: Record<string, unknown>;
  classes?: string[];
  style?: Record<string, string>;
  children?: Node[];
}

/** Builds what is allowed; other elements leave their text. Their own builder would also make images and links. */
function build(node: Node, into: Element): void {
  if (node.text !== undefined) into.append(node.text);
  const to = node.type && TAGS.has(node.type) ? into.appendChild(element(node, node.type)) : into;
  for (const child of node.children ?? []) build(child, to);
}

/** The lengths of a value, none beyond REACH. */
function bounded(value: string): string {
  return value.replace(LENGTH, (length, amount: string, unit: string) => {
    const most = REACH * (PER_EM[unit.toLowerCase()] ?? 1);
    return Number(amount) > most ? `${length.startsWith("-") ? "-" : ""}${most}${unit}` : length;
  });
}

function element({ attributes = {}, classes = [], style = {} }: Node, tag: string): Element {
  const made = document.createElementNS(NAMESPACE, tag) as MathMLElement;
  for (const [name, value] of Object.entries(attributes))
    if (ATTRIBUTES.has(name)) made.setAttribute(name, bounded(String(value)));
  const known = classes.filter((one) => CLASS.test(one));
  if (known.length) made.setAttribute("class", known.join(" "));
  const styles = Object.entries(style)
    .filter(([name, value]) => STYLES.test(name) && !/url\(/i.test(value))
    .map(([name, value]) => [name, /color/i.test(name) ? value : bounded(value)]);
  // Old browsers know no style of MathML.
  if (made.style) Object.assign(made.style, Object.fromEntries(styles));
  return made;
}

/** The TeX inside of `$…$`, `$$…$$`, `\(…\)` or `\[…\]`, and whether it is displayed. */
function inside(source: string): { tex: string; displayMode: boolean } {
  const displayMode = /^(?:\$\$|\\\[)/.test(source);
  const width = displayMode || source.startsWith("\\") ? 2 : 1;
  return { tex: source.slice(width, -width).trim(), displayMode };
}

/** Whether this browser lays MathML out (Chromium does since 109). */
const canMath = (): boolean => globalThis.CSS?.supports?.("math-style", "compact") ?? false;

/**
 * A formula as MathML, or null where it is wrong, too long, or cannot be shown by this browser: then its source stays.
 *
 * @param source with its dollars or brackets, as it was written
 */
export function set(source: string, can: boolean = canMath()): Element | null {
  const { tex, displayMode } = inside(source);
  if (!can || tex.length > SOURCE_CHARS) return null;
  const made = document.createElement("span");
  try {
    const options = { displayMode, throwOnError: true, trust: false, strict: false, maxExpand: EXPANSIONS };
    build(temml.__renderToMathMLTree(tex, options) as Node, made);
  } catch {
    return null;
  }
  const math = made.firstElementChild;
  if (math?.localName !== "math") return null;
  math.setAttribute("display", displayMode ? "block" : "inline");
  return math;
}
