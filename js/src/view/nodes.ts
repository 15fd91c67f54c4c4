/**
 * The tokens of a message as DOM nodes. No HTML is written and none is read, so nothing that a message says can become an element, an
 * attribute or a script: an element has one of the tags below, an attribute one of the names below, and all else is text. Raw HTML is shown as
 * text, images become links, links are http, https or mailto; a message loads nothing by being looked at.
 */

import type { Token, Tokens } from "marked";
import type { Named } from "./marks";
import { S } from "./strings";

type Tag =
  | ("p" | "br" | "strong" | "em" | "del" | "code" | "pre" | "a" | "ul" | "ol" | "li" | "blockquote" | "hr" | "span")
  | ("table" | "thead" | "tbody" | "tr" | "th" | "td");
type Attribute = "href" | "target" | "rel" | "class" | "dir" | "start" | "align" | "data-lang" | "data-user";
type Part = Node | string;

function make(tag: Tag, inner: Part[] = [], attributes: Partial<Record<Attribute, string>> = {}): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inner);
  return element;
}

/** The nodes of some tokens, in order. Those of other kinds are shown as they were written. */
export const nodesOf = (tokens: Token[] | undefined): Part[] => (tokens ?? []).flatMap(write);

function write(token: Token): Part[] {
  const one = token as Tokens.Generic;
  const { type, tokens, text } = one;
  switch (type) {
    case "space":
    case "def":
      return [];
    case "br":
    case "hr":
      return [make(type)];
    case "strong":
    case "em":
    case "del":
      return [make(type, nodesOf(tokens))];
    case "paragraph":
      return block(make("p", nodesOf(tokens)));
    case "blockquote":
      return block(make("blockquote", nodesOf(tokens)));
    case "heading":
      // No heading of the page: big enough to see, absent from the page's outline.
      return block(make("p", nodesOf(tokens), { class: `nbc-h${Math.min(one["depth"], 3)}` }));
    case "text":
      return tokens ? nodesOf(tokens) : [decoded(text)];
    case "escape":
    case "html":
      return [text];
    case "checkbox":
      return [one["checked"] ? "☑ " : "☐ "];
    case "codespan":
      return [make("code", [text])];
    case "code":
      return block(code(one as Tokens.Code));
    case "list":
      return block(list(one as Tokens.List));
    case "table":
      return block(table(one as Tokens.Table));
    case "link":
      return link(one["href"], nodesOf(tokens));
    case "image":
      return link(one["href"], [S.imageLink(text || one["href"])]);
    case "math":
    case "mathBlock":
    case "mention":
      return mark(one);
    default:
      return [token.raw];
  }
}

/** Followed by the line's end that its text has. */
const block = (element: HTMLElement): Part[] => [element, "\n"];

function link(href: string, inner: Part[]): Part[] {
  if (!/^(https?:|mailto:)/i.test(href)) return inner;
  return [make("a", inner, { href, target: "_blank", rel: "noopener noreferrer nofollow" })];
}

function code({ text, lang }: Tokens.Code): HTMLElement {
  const language = /^[\w+#-]+/.exec(lang ?? "")?.[0]?.toLowerCase() ?? "";
  return make("pre", [make("code", [text], { "data-lang": language })], { dir: "ltr" });
}

function list({ ordered, start, items }: Tokens.List): HTMLElement {
  const inner = items.flatMap(({ task, tokens }) =>
    block(make("li", nodesOf(tokens), task ? { class: "nbc-task" } : {})),
  );
  return make(ordered ? "ol" : "ul", inner, ordered && start !== 1 ? { start: `${start}` } : {});
}

function table({ header, rows }: Tokens.Table): HTMLElement {
  const row = (cells: Tokens.TableCell[]) =>
    make(
      "tr",
      cells.map(({ header, align, tokens }) => make(header ? "th" : "td", nodesOf(tokens), align ? { align } : {})),
    );
  return make("table", [make("thead", [row(header)]), make("tbody", rows.map(row))]);
}

/** What marks.ts found. */
function mark({ type, text, isDisplay, named }: Tokens.Generic): Part[] {
  if (type !== "mention") {
    const shown = { class: `nbc-math${isDisplay ? " nbc-display" : ""}`, dir: "ltr" };
    return type === "math" ? [make("span", [text], shown)] : block(make("p", [text], shown));
  }
  const { word, user, own } = named as Named;
  return [make("span", [word], { class: `nbc-mention${own ? " nbc-own-mention" : ""}`, "data-user": user })];
}

/** One character reference, as CommonMark knows them in text. It is all that is ever given to the parser of HTML. */
const REFERENCE = /&(?:#\d{1,7}|#x[\da-f]{1,6}|\w+);/gi;

function decoded(text: string): string {
  return text.replace(REFERENCE, (reference) => {
    const area = document.createElement("textarea");
    area.innerHTML = reference;
    return area.textContent ?? "";
  });
}
