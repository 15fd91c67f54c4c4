/** Markdown by keyboard: the text before with the selection in [brackets], and after. */

import { describe, expect, test, vi } from "vitest";
import type { Edit } from "../../src/view/edit-text";
import { edit, type Format, fence, formatOf, looksLikeCode, pasteLink, type Selected } from "../../src/view/formats";

/** `a [b] c` is the text "a b c" with b selected; `|` is a caret. */
function read(play: string): Selected {
  const start = play.search(/[[|]/);
  const bare = play.replace(/[[|]/, "");
  const end = play.includes("[") ? bare.indexOf("]") : start;
  return { text: bare.replace("]", ""), start, end };
}

function after(before: Selected, { from, to, insert, select: [start, end] }: Edit): string {
  const text = before.text.slice(0, from) + insert + before.text.slice(to);
  return start === end
    ? `${text.slice(0, start)}|${text.slice(end)}`
    : `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
}

const done = (format: Format, play: string): string => after(read(play), edit(format, read(play), "text"));

describe("marks around what is selected", () => {
  test.each<[Format, string, string]>([
    ["bold", "a [b] c", "a **[b]** c"],
    ["bold", "a **[b]** c", "a [b] c"],
    ["bold", "a [**b**] c", "a [b] c"],
    ["bold", "[word ]next", "**[word]** next"],
    ["bold", "|", "**|**"],
    ["italic", "[x]", "*[x]*"],
    ["italic", "**[x]**", "***[x]***"],
    ["italic", "*[x]*", "[x]"],
    ["code", "run [ls -l] now", "run `[ls -l]` now"],
    ["code", "run `[ls -l]` now", "run [ls -l] now"],
    ["code", "[a`b]", "`` [a`b] ``"],
    ["code", "[a\nb]", "```\n[a\nb]\n```"],
  ])("%s of %s", (format, before, expected) => expect(done(format, before)).toBe(expected));

  test("a fence is longer than the backticks inside", () => {
    const before = read("x [```\ny] z");
    expect(after(before, fence(before))).toBe("x \n````\n[```\ny]\n````\n z");
  });
});

describe("links", () => {
  test("a word gets a place for its address, selected", () => {
    const before = { text: "see docs now", start: 4, end: 8 };
    const made = edit("link", before, "text");
    expect(made.insert).toBe("[docs](https://)");
    expect("see [docs](https://) now".slice(...made.select)).toBe("https://");
  });

  test("an address gets a place for its text", () => {
    const made = edit("link", { text: "https://example.org", start: 0, end: 19 }, "text");
    expect(made.insert).toBe("[text](https://example.org)");
    expect(made.insert.slice(...made.select)).toBe("text");
  });

  test("an address that is pasted over a text makes it a link", () => {
    const over = { text: "the docs", start: 4, end: 8 };
    expect(pasteLink(over, " https://example.org ")?.insert).toBe("[docs](https://example.org)");
    expect(pasteLink({ ...over, end: 4 }, "https://example.org")).toBeNull();
    expect(pasteLink(over, "two words")).toBeNull();
    expect(pasteLink({ text: "https://a.org", start: 0, end: 13 }, "https://b.org")).toBeNull();
  });
});

describe("lines", () => {
  test.each<[Format, string, string]>([
    ["bullets", "a\n[b\nc]\nd", "a\n[- b\n- c]\nd"],
    ["bullets", "[- b\n- c]", "[b\nc]"],
    ["numbers", "[a\nb]", "[1. a\n2. b]"],
    ["numbers", "[- a\n- b]", "[1. a\n2. b]"],
    ["quote", "a|", "> a|"],
    ["quote", "[> a\n> b]", "[a\nb]"],
    ["quote", "[- a\n- b]", "[> - a\n> - b]"],
  ])("%s of %j", (format, before, expected) => expect(done(format, before)).toBe(expected));
});

describe("keys", () => {
  const press = (key: string, code: string, more: KeyboardEventInit = {}) =>
    formatOf(new KeyboardEvent("keydown", { key, code, ...more }));

  test("Ctrl and a letter, Ctrl+Shift and a place", () => {
    expect(press("b", "KeyB", { ctrlKey: true })).toBe("bold");
    expect(press("k", "KeyK", { ctrlKey: true })).toBe("link");
    expect(press("*", "Digit8", { ctrlKey: true, shiftKey: true })).toBe("bullets");
    expect(press("P", "KeyP", { ctrlKey: true, shiftKey: true })).toBe("preview");
  });

  test("plain letters, Alt and AltGr are text", () => {
    expect(press("b", "KeyB")).toBeNull();
    expect(press("e", "KeyE", { altKey: true })).toBeNull();
    expect(press("e", "KeyE", { altKey: true, ctrlKey: true })).toBeNull();
    expect(press("B", "KeyB", { ctrlKey: true, shiftKey: true })).toBeNull();
  });

  test("on a Mac it is Cmd, and Ctrl moves the caret", () => {
    vi.stubGlobal("navigator", { platform: "MacIntel" });
    expect(press("b", "KeyB", { metaKey: true })).toBe("bold");
    expect(press("e", "KeyE", { ctrlKey: true })).toBeNull();
  });
});

describe("a paste that looks like code", () => {
  test.each([
    "def f(x):\n    return x + 1",
    "for (const a of b) {\n  run(a);\n}",
    "import numpy as np\nx = np.zeros(3)",
    'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nZeroDivisionError: division by zero',
    "SELECT *\nFROM t\nWHERE a = 1;",
  ])("%j is", (text) => expect(looksLikeCode(text)).toBe(true));

  test.each([
    "one line = 1",
    "Dear all,\n\nthe meeting is at ten.\nSee you there",
    "- first\n- second",
    "> quoted\n> words",
    "```\nx = 1\ny = 2\n```",
    "1. one\n2. two",
    "שלום לכולם\nמה שלומכם",
  ])("%j is not", (text) => expect(looksLikeCode(text)).toBe(false));
});
