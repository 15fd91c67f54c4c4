/**
 * What the build takes out of libraries, because the budget of the widget is 60 kB gzip and this is dead weight in it. Each cut checks
 * that it finds what it expects: a new version of a library stops the build, it does not ship something else.
 */

const PARTS = ["Lexer", "Tokenizer", "getDefaults"];

/** Options of marked that src/view/markdown.ts sets once and for all. */
const SETTLED = { pedantic: "!1", gfm: "!0", breaks: "!0", silent: "!1" };

/** The two tables of rules for what is not settled so: the names of their variables differ with each version. */
const PEDANTIC = /,pedantic:\w+(?=\})/g;
const RULES_GETTER = /static get rules\(\)\{return\{block:\w+,inline:\w+\}\}/;

/** Names of rules that stand in the middle of longer words, or that are words of tokens and methods too. */
const KEPT = new Set(["https", "escape", "heading", "lheading", "fences", "text", "html", "paragraph", "code"]);

/**
 * marked's lexer alone, with GitHub's Markdown and line breaks: without its front door (class Marked, its one instance, and what that is told),
 * without what writes HTML, without what other options would need, and with short names for its regular expressions. What nothing exports
 * or uses any more the bundler then leaves out.
 *
 * @param {string} source the text of marked/lib/marked.esm.js
 */
export function trimMarked(source) {
  let trimmed = withoutFrontDoor(source);
  for (const [option, value] of Object.entries(SETTLED)) trimmed = cut(trimmed, `this.options.${option}`, value);
  trimmed = cut(cut(trimmed, PEDANTIC, ""), RULES_GETTER, "");
  return withShortNames(trimmed);
}

function withoutFrontDoor(source) {
  const end = /;var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\([\s\S]*export\{([^}]*)\};/;
  const exported = end
    .exec(source)?.[2]
    ?.split(",")
    .filter((one) => PARTS.includes(one.split(" as ")[1]));
  if (exported?.length !== PARTS.length) throw unknown("its end");
  return source.replace(end, `;export{${exported}};`);
}

function cut(source, what, by) {
  const rest = source.replaceAll(typeof what === "string" || what.global ? what : new RegExp(what, "g"), by);
  if (rest === source) throw unknown(what);
  return rest;
}

/** The table of regular expressions has long names, each of which stands in the widget at each of its uses. */
function withShortNames(source) {
  const table = [...source.matchAll(/([A-Za-z]\w{4,}):(?:\/|[a-z]=>new RegExp)/g)].map((found) => found[1]);
  const names = [...new Set(table)].filter((name) => !KEPT.has(name));
  if (names.length < 50) throw unknown("its table of regular expressions");
  return names.reduce((text, name, at) => text.replace(new RegExp(`\\b${name}\\b`, "g"), `r${at}`), source);
}

function unknown(what) {
  return new Error(`js/tools/trim.mjs does not know this marked: look at ${what}.`);
}

/** What @preact/signals does for signals that are given to JSX themselves, as children or as attributes: our views read `.value`. */
const IN_JSX = [
  [/function w\(i\)\{[\s\S]*?(?=b\("__b")/, ""],
  [/(b\("__b",function\(i,n\)\{y\(\);d=void 0;)[\s\S]*?(i\(n\)\}\);)/, "$1$2"],
  [/(b\("diffed",function\(i,n\)\{y\(\);d=void 0;)[\s\S]*?(i\(n\)\}\);)function k[\s\S]*?(?=b\("unmount")/, "$1$2"],
  [
    /if\("string"==typeof n\.type\)\{var r=n\.__e;[\s\S]*?n\.__np=void 0\}else\{(var c=n\.__c;if\(c\)\{[\s\S]*?\}\})\}(?=i\(n\)\}\))/,
    "$1",
  ],
];

/**
 * @preact/signals without signals in JSX: 0.8 kB gzip. The tests run on the same (vitest.config.ts).
 *
 * @param {string} source the text of @preact/signals/dist/signals.module.js
 */
export function trimSignals(source) {
  return IN_JSX.reduce((text, [what, by]) => {
    const rest = text.replace(what, by);
    if (rest === text) throw new Error(`js/tools/trim.mjs does not know this @preact/signals: look at ${what}.`);
    return rest;
  }, source);
}

/** The file of the package that esbuild takes for browsers. */
export const SIGNALS = /@preact\/signals\/dist\/signals\.module\.js$/;

/** The trimmed signals for vitest. */
export const signalsForTests = {
  name: "trim-signals",
  transform: (code, id) => (SIGNALS.test(id) ? trimSignals(code) : undefined),
};
