/** Message text to DOM nodes: which Markdown there is, and what bounds it; nodes.ts draws it, and says why nothing in it can run. */

import { getDefaults, Lexer, type Token, Tokenizer, type Tokens } from "marked";
import { marksFor, type Named } from "./marks";
import { nodesOf } from "./nodes";

/** A line that begins with so many quotes and lists in each other is no text of people, and marked descends into each: plain text. */
const NESTED = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))){20}/m;
/** Pairing emphasis takes the square of the marks in a paragraph; above so many they are plain characters. */
const MARKS = 400;

class Bounded extends Tokenizer {
  #paragraph = "";
  #hasTooMany = false;

  override emStrong(src: string, masked: string, before?: string): Tokens.Em | Tokens.Strong | undefined {
    return this.#isTame(masked) ? super.emStrong(src, masked, before) : undefined;
  }
  override del(src: string, masked: string, before?: string): Tokens.Del | undefined {
    return this.#isTame(masked) ? super.del(src, masked, before) : undefined;
  }

  #isTame(paragraph: string): boolean {
    if (paragraph !== this.#paragraph) {
      this.#paragraph = paragraph;
      this.#hasTooMany = (paragraph.match(/[*_~]+/g)?.length ?? 0) > MARKS;
    }
    return !this.#hasTooMany;
  }
}

// Not marked's own front door: the build leaves that out (js/tools/trim.mjs).
const options = { ...getDefaults(), breaks: true, tokenizer: new Bounded() };

/** A text that cannot be parsed must not take the others of its conversation along: it is shown as it was written. */
function parse(text: string, named: readonly Named[]): Token[] {
  try {
    if (!NESTED.test(text)) return Lexer.lex(text, { ...options, extensions: marksFor(text, named) } as typeof options);
  } catch {
    // As plain text.
  }
  const lines = text.split("\n").map((line) => ({ type: "escape", raw: line, text: line }));
  return [{ type: "paragraph", raw: text, tokens: lines.flatMap((line) => [{ type: "br", raw: "" }, line]).slice(1) }];
}

const CACHE = 1_000;
const cache = new Map<string, DocumentFragment>();

/**
 * A message text as nodes of its own.
 *
 * Cached by the text itself and by whom it names: the nodes depend on nothing else, so an edited message (same seq, another v) cannot show the
 * old text. Holds CACHE texts, as many as a client keeps messages; the oldest goes.
 *
 * @param named the words of it that name people: they get a mark (`.nbc-mention`, with the user's id in `data-user`)
 */
export function toNodes(text: string, named: readonly Named[] = []): DocumentFragment {
  const key = named.length ? `${text}\0${JSON.stringify(named)}` : text;
  let made = cache.get(key);
  if (made === undefined) {
    made = document.createDocumentFragment();
    made.append(...nodesOf(parse(text, named)));
    if (cache.size >= CACHE) cache.delete(cache.keys().next().value ?? "");
    cache.set(key, made);
  }
  return made.cloneNode(true) as DocumentFragment;
}

/** What "/me waves" says that its author does; undefined where the text is no such thing. */
export const deedIn = (text: string): string | undefined => /^\/me\s+(\S.*)/s.exec(text)?.[1];

/** Nothing is kept of a text that was deleted. */
export function forget(said: string): void {
  const text = deedIn(said) ?? said;
  for (const key of cache.keys()) if (key === text || key.startsWith(`${text}\0`)) cache.delete(key);
}

/** A block of a growing text as it was drawn last: its source, and how many nodes stand before it. */
export interface Block {
  raw: string;
  before: number;
}

/**
 * What is to be added to the nodes of a text that is being written. Blocks that have not changed stay where they are, with colours and
 * formulas; the first that has, and what follows, is taken away here. Not cached: nobody asks for it again.
 *
 * @param body where it grows
 * @param blocks what it shows; empty where it shows something else. Afterwards what it will show
 */
export function grownNodes(body: Element, blocks: Block[], text: string, named: readonly Named[]): DocumentFragment {
  const tokens = parse(text, named);
  const changed = blocks.findIndex(({ raw }, n) => raw !== tokens[n]?.raw);
  const kept = changed < 0 && blocks.length ? body.childNodes.length : (blocks[changed]?.before ?? 0);
  if (changed >= 0) blocks.length = changed;
  while (body.childNodes.length > kept) body.lastChild?.remove();
  const rest = document.createDocumentFragment();
  for (const token of tokens.slice(blocks.length)) {
    blocks.push({ raw: token.raw, before: kept + rest.childNodes.length });
    rest.append(...nodesOf([token]));
  }
  return rest;
}

/** In the short text of a hub, which has no lines and is cut: a table, a fence that is not closed, a mark that is not. */
const TABLE = /\|(?: *:?-+:? *\|)+/;
const OPENED = /(^|\s)(?:```[\w+#-]*|(?:\*\*|`)(?=\S))/g;

/** What stands around a formula. */
const DOLLARS = /^(\$+|\\.)\s*|\s*(\$+|\\.)$/g;

/**
 * One line of plain words, for previews, quotes and announcements: what the text says when it is drawn. Of a formula that is its source, of a
 * block of code the first line. Not cached.
 */
export function toLine(text: string): string {
  const shown = document.createElement("p");
  shown.append(...nodesOf(parse(deedIn(text) ?? text, [])));
  for (const one of shown.querySelectorAll(".nbc-math")) one.textContent = (one.textContent ?? "").replace(DOLLARS, "");
  for (const one of shown.querySelectorAll("pre"))
    one.textContent = (one.textContent ?? "").trim().replace(/\n.*/s, "…");
  for (const one of shown.querySelectorAll("br, td, th")) one.append(" ");
  const said = shown.textContent ?? "";
  const cells = TABLE.test(said) ? said.replace(TABLE, "").replace(/\|/g, " ") : said;
  return cells.replace(OPENED, "$1").replace(/\s+/g, " ").trim();
}
