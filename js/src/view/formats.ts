/** Markdown by keyboard and by button: from a text and what is selected in it to the edit that marks it, or takes the marks away. Pure. */

import { type Edit, put } from "./edit-text";

export interface Selected {
  text: string;
  start: number;
  end: number;
}

export type Format = "bold" | "italic" | "code" | "link" | "bullets" | "numbers" | "quote";

const URL = /^(?:https?:\/\/|mailto:)\S+$/i;

/** Marks around the selection, or none where they are there; spaces at its ends stay outside, as Markdown needs it. */
function around({ text, start, end }: Selected, mark: string): Edit {
  const chosen = text.slice(start, end);
  const lead = /^\s*/.exec(chosen)?.[0].length ?? 0;
  const tail = chosen.trim() ? (/\s*$/.exec(chosen)?.[0].length ?? 0) : 0;
  const from = start + (chosen.trim() ? lead : 0);
  const to = end - tail;
  const inner = text.slice(from, to);
  const size = mark.length;
  if (inner.length >= 2 * size && isMarked(runAt(inner, "start"), runAt(inner, "end"), mark)) {
    const bare = inner.slice(size, -size);
    return { from, to, insert: bare, select: [from, from + bare.length] };
  }
  if (isMarked(runAt(text.slice(0, from), "end"), runAt(text.slice(to), "start"), mark))
    return { from: from - size, to: to + size, insert: inner, select: [from - size, to - size] };
  return { from, to, insert: mark + inner + mark, select: [from + size, to + size] };
}

/** The stars or backticks that a text begins or ends with. */
const runAt = (text: string, side: "start" | "end"): string =>
  (side === "start" ? /^(?:\*+|`+)/ : /(?:\*+|`+)$/).exec(text)?.[0] ?? "";

/** Whether these runs mark what is between them so: one star is italic, two are bold, three are both. */
function isMarked(left: string, right: string, mark: string): boolean {
  const n = Math.min(left.length, right.length);
  if (left[0] !== mark[0] || right[0] !== mark[0]) return false;
  return mark === "**" ? n >= 2 : n === 1 || (mark === "*" && n >= 3);
}

/** Backticks, more of them where the text has some; a fence around several lines. */
function code(selected: Selected): Edit {
  const { text, start, end } = selected;
  const chosen = text.slice(start, end);
  if (chosen.includes("\n")) return fence(selected);
  if (!chosen.includes("`")) return around(selected, "`");
  if (/^`[^`]+`$/.test(chosen)) return around(selected, "`");
  const insert = `\`\` ${chosen} \`\``;
  return { from: start, to: end, insert, select: [start + 3, start + 3 + chosen.length] };
}

/** A code block of what is selected, on lines of its own. */
export function fence({ text, start, end }: Selected): Edit {
  const chosen = text.slice(start, end).replace(/^\n+|\n+$/g, "");
  const longest = Math.max(2, ...[...chosen.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  const head = start > 0 && text[start - 1] !== "\n" ? "\n" : "";
  const tail = end < text.length && text[end] !== "\n" ? "\n" : "";
  const insert = `${head}${ticks}\n${chosen}\n${ticks}${tail}`;
  const inner = start + head.length + ticks.length + 1;
  return { from: start, to: end, insert, select: [inner, inner + chosen.length] };
}

/** `[text](url)`: with the caret where something is still to be written. */
function link({ text, start, end }: Selected, placeholder: string): Edit {
  const chosen = text.slice(start, end);
  if (URL.test(chosen.trim())) {
    const insert = `[${placeholder}](${chosen.trim()})`;
    return { from: start, to: end, insert, select: [start + 1, start + 1 + placeholder.length] };
  }
  const insert = `[${chosen}](https://)`;
  const at = start + insert.length - 1;
  return chosen
    ? { from: start, to: end, insert, select: [at - "https://".length, at] }
    : { from: start, to: end, insert, select: [start + 1, start + 1] };
}

/** A URL that is pasted over a text makes it a link; null: it is no URL, or nothing is selected. */
export function pasteLink({ text, start, end }: Selected, pasted: string): Edit | null {
  const chosen = text.slice(start, end).trim();
  if (!chosen || chosen.includes("\n") || URL.test(chosen) || !URL.test(pasted.trim())) return null;
  return put(start, end, `[${chosen}](${pasted.trim()})`);
}

const PREFIX = { bullets: /^[-*+] /, numbers: /^\d{1,9}[.)] /, quote: /^> ?/ };

/** A mark before each line that the selection touches, or none where all have it; another kind of list is changed into this one. */
function lines({ text, start, end }: Selected, kind: keyof typeof PREFIX): Edit {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", end);
  const to = next < 0 ? text.length : next;
  const all = text.slice(from, to).split("\n");
  const has = all.every((line) => PREFIX[kind].test(line));
  const bare = (line: string) =>
    kind === "quote"
      ? line.replace(has ? PREFIX.quote : "", "")
      : line.replace(PREFIX.bullets, "").replace(PREFIX.numbers, "");
  const mark = (at: number) => (has ? "" : kind === "quote" ? "> " : kind === "bullets" ? "- " : `${at + 1}. `);
  const insert = all.map((line, at) => mark(at) + bare(line)).join("\n");
  const selected: [number, number] =
    start === end ? [from + insert.length, from + insert.length] : [from, from + insert.length];
  return { from, to, insert, select: selected };
}

/** The edit that a format is. `placeholder` stands for the text of a link that has none. */
export function edit(format: Format, selected: Selected, placeholder: string): Edit {
  switch (format) {
    case "bold":
      return around(selected, "**");
    case "italic":
      return around(selected, "*");
    case "code":
      return code(selected);
    case "link":
      return link(selected, placeholder);
    default:
      return lines(selected, format);
  }
}

/** Cmd where the keyboard has one: there Ctrl+B, E and K move the caret. */
export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/**
 * The format that a key stands for: as in Slack, GitHub and Element. The digits go by place (`code`), because Shift changes them with the keyboard.
 * JupyterLab's own Ctrl+B and its like do not act inside the view (mount.tsx). No browser keeps them for itself but Firefox Ctrl+Shift+P: there
 * the preview has its button.
 */
export function formatOf({ key, code, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): Format | "preview" | null {
  if (altKey || (isMac() ? ctrlKey || !metaKey : metaKey || !ctrlKey)) return null;
  const shifted: Record<string, Format | "preview"> = {
    Digit7: "numbers",
    Digit8: "bullets",
    Digit9: "quote",
    KeyP: "preview",
  };
  const plain: Record<string, Format> = { b: "bold", i: "italic", e: "code", k: "link" };
  return (shiftKey ? shifted[code] : plain[key.toLowerCase()]) ?? null;
}

/** A paste of several lines that is more code than prose. */
export function looksLikeCode(text: string): boolean {
  const all = text
    .replace(/\s+$/, "")
    .split("\n")
    .filter((line) => line.trim());
  if (all.length < 2 || /^(?:```|~~~|> |[-*] |\d+\. )/m.test(text)) return false;
  const signs = all.filter((line) => CODE.test(line)).length;
  return signs / all.length >= 0.4;
}

/** A line of code, of a log or of a traceback: deeper than its neighbours, ends as statements do, or has an operator of programs. */
const CODE =
  /^(?: {2,}|\t)\S|[{};]\s*$|^\s*(?:def |class |import |from \S+ import|for .*:$|if .*:$|return\b|const |let |var |function |#include|public |SELECT |>>> |\$ |File "|Traceback|@\w+)|\w\(.*\)\s*[:;{]?$|[\w\])]\s*(?:[-+*/|&]?=|==|=>|->|:=)\s*\S/;
