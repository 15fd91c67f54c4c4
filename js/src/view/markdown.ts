/**
 * Message text to safe HTML. Pure but for DOMPurify, which needs the browser's parser.
 *
 * Two doors, both must be passed: marked's renderers write no HTML of a peer (raw HTML is shown as text, images become links, links are
 * http, https or mailto), and DOMPurify then keeps only the tags and attributes that this module itself writes. A message looks the
 * same for everybody, and loads nothing by being looked at.
 */

import DOMPurify from "dompurify";
import { getDefaults, Lexer, Parser, Renderer, Tokenizer, type Tokens } from "marked";
import { S } from "./strings";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);
}

function link(href: string, inner: string): string {
  if (!/^(https?:|mailto:)/i.test(href)) return inner;
  return `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer nofollow">${inner}</a>`;
}

class Safe extends Renderer {
  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return escapeHtml(text);
  }
  override image({ href, text }: Tokens.Image): string {
    return link(href, escapeHtml(S.imageLink(text || href)));
  }
  override link({ href, tokens }: Tokens.Link): string {
    return link(href, this.parser.parseInline(tokens));
  }
  // A heading of a message is no heading of the page: big enough to see, absent from the page's outline.
  override heading({ tokens, depth }: Tokens.Heading): string {
    return `<p class="nbc-h${Math.min(depth, 3)}">${this.parser.parseInline(tokens)}</p>\n`;
  }
  override listitem({ task, tokens }: Tokens.ListItem): string {
    return `<li${task ? ' class="nbc-task"' : ""}>${this.parser.parse(tokens)}</li>\n`;
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    return checked ? "☑ " : "☐ ";
  }
  override code({ text, lang }: Tokens.Code): string {
    const language = /^[\w+#-]+/.exec(lang ?? "")?.[0]?.toLowerCase() ?? "";
    return `<pre dir="ltr"><code data-lang="${escapeHtml(language)}">${escapeHtml(text)}</code></pre>\n`;
  }
}

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
const options = { ...getDefaults(), breaks: true, renderer: new Safe(), tokenizer: new Bounded() };

/** A text that cannot be parsed must not take the others of its conversation along. */
function parse(text: string): string {
  try {
    if (!NESTED.test(text)) return Parser.parse(Lexer.lex(text, options), options);
  } catch {
    // As plain text.
  }
  return `<p>${escapeHtml(text).replace(/\n/g, "<br>")}</p>\n`;
}

const allowed = {
  ALLOWED_TAGS: [
    ..."p br strong em del code pre a ul ol li blockquote hr span".split(" "),
    ..."table thead tbody tr th td".split(" "),
  ],
  ALLOWED_ATTR: ["href", "target", "rel", "class", "dir", "start", "align", "data-lang"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** Keeps what a highlighter writes: spans with classes, and text. */
export function cleanSpans(html: string): string {
  return DOMPurify.sanitize(html, { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"], ALLOW_DATA_ATTR: false });
}

const CACHE = 1_000;
const cache = new Map<string, string>();

/**
 * The HTML of a message text.
 *
 * Cached by the text itself: a message's HTML depends on nothing else, so an own message keeps its HTML when it is acknowledged, and an
 * edited one (same seq, another v) cannot show the old one. Holds CACHE texts, as many as a client keeps messages; the oldest goes.
 */
export function toHtml(text: string): string {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const html = DOMPurify.sanitize(parse(text), allowed);
  if (cache.size >= CACHE) cache.delete(cache.keys().next().value ?? "");
  cache.set(text, html);
  return html;
}

/** One line without marks, for previews and announcements. */
export function toLine(text: string): string {
  return text
    .replace(/```\w*|\*\*|`/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
