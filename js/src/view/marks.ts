/**
 * What messages have besides CommonMark, as extensions of marked: math, and the words that name people. Pure. Both only mark a place: math is set
 * by a lazy chunk (code.ts asks for it), and until then, and without it, the reader sees the source.
 *
 * Math is as in Jupyter: `$…$`, `\(…\)`, `$$…$$`, `\[…\]`. For a single dollar Pandoc's rule holds (pandoc.org/MANUAL.html, tex_math_dollars):
 * the opening one has no space after it, the closing one none before it and no digit behind it; here, besides, neither touches a word from
 * outside, and the formula is on one line. So "$5 and $6", "US$5-US$6" and "$HOME/bin:$PATH" are text. Code is never math.
 */

import type { Token, TokenizerThis, Tokens } from "marked";

/** A word of a text that names somebody, as the hub found it; `own`: it names the reader (or everybody). */
export interface Named {
  word: string;
  user: string;
  own: boolean;
}

const BLOCK = /^ {0,3}(?:\$\$((?:[^$`]|\$(?!\$))+)\$\$|\\\[((?:[^\\`]|\\(?!\]))+)\\\])[ \t]*(?:\n|$)/;
const DISPLAY = /^(?:\$\$((?:[^$`]|\$(?!\$))+)\$\$|\\\[((?:[^\\`]|\\(?!\]))+)\\\])/;
const INLINE = /^(?:\$((?:\\[^\n]|[^$`\\\n])+)\$(?![A-Za-z0-9])|\\\(((?:[^\\`\n]|\\(?!\)))+)\\\))/;
const HAS_MATH = /\$[^$]*\$|\\[([]/;

/** What the text just before this place ends with. */
const before = (tokens: Token[] | undefined): string => tokens?.at(-1)?.raw.at(-1) ?? "";
const isWord = (char: string): boolean => /[A-Za-z0-9]/.test(char);

/** As the hub finds words that name people (hub/mentions.py): no word goes on before them or behind them. */
const inWord = /[\p{L}\p{N}\p{M}@]$/u;
const goesOn = /^_?[\p{L}\p{N}\p{M}]/u;

function math(type: string, match: RegExpExecArray | null, isDisplay: boolean): Tokens.Generic | undefined {
  const source = match?.[1] ?? match?.[2] ?? "";
  if (!match || !source.trim()) return undefined;
  return { type, raw: match[0], text: match[0].trim(), isDisplay };
}

function inlineMath(source: string, tokens: Token[]): Tokens.Generic | undefined {
  const display = DISPLAY.exec(source);
  if (display) return math("math", display, true);
  const found = INLINE.exec(source);
  const single = found?.[1];
  if (single !== undefined && (isWord(before(tokens)) || /^\s|\s$/.test(single))) return undefined;
  return math("math", found, false);
}

/**
 * The extensions that this text needs, or null: most need none, and then marked has nothing to ask at each place.
 */
export function marksFor(text: string, named: readonly Named[]) {
  const byLength = [...named].sort((a, b) => b.word.length - a.word.length);
  const mention = (source: string, tokens: Token[]): Tokens.Generic | undefined => {
    const fits = ({ word }: Named) => source.startsWith(word) && !goesOn.test(source.slice(word.length));
    const found = source[0] === "@" && !inWord.test(before(tokens)) && byLength.find(fits);
    return found ? { type: "mention", raw: found.word, named: found } : undefined;
  };
  const hasMath = HAS_MATH.test(text);
  if (!hasMath && !byLength.length) return null;
  return {
    inline: [
      function (this: TokenizerThis, source: string, tokens: Token[]) {
        return mention(source, tokens) ?? (hasMath ? inlineMath(source, tokens) : undefined);
      },
    ],
    block: [(source: string) => (hasMath ? math("mathBlock", BLOCK.exec(source), true) : undefined)],
    startInline: [(source: string) => source.search(hasMath ? /[@$]|\\[([]/ : /@/)],
    startBlock: [(source: string) => (hasMath ? source.search(/\n {0,3}(?:\$\$|\\\[)/) : -1)],
    renderers: {},
    childTokens: {},
  };
}

export type Marks = NonNullable<ReturnType<typeof marksFor>>;
