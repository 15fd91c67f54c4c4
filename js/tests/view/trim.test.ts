/** The library as it ships: what is cut out of it leaves what is used. */

import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { signal } from "@preact/signals";
import { h, render } from "preact";
import { expect, test } from "vitest";
import { trimForTests, trimHooks, trimMarked, trimPreact, trimSignals, trimSignalsCore } from "../../tools/trim.mjs";
import { hostile } from "../kit/hostile";

const url = (text: string) => `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
const path = createRequire(import.meta.url)
  .resolve("marked")
  .replace("umd", "esm");
const source = await readFile(path, "utf8");
const whole = await import(/* @vite-ignore */ url(source));
const trimmed = await import(/* @vite-ignore */ url(trimMarked(source)));

const texts = [
  "# one\n## two ##\nthree\n===\nfour\n---\n\n***\n___",
  "*a* **b** ***c*** _d_ __e__ ~f~ ~~g~~ `h` ``i ` j`` a*b*c a_b_c **a*b** \\*k\\*",
  "one\ntwo  \nthree\\\nfour\n\n    indented\n\ttab\n",
  "```py\nx = 1\n```\n~~~\ny\n~~~\n````md\n```\n````",
  "> a\n> > b\n> - c\nlazy\n\n> # d",
  "- a\n- b\n  - c\n\n  d\n* e\n+ f\n1. g\n2) h\n10. i\n- [ ] j\n- [x] k\n\n- [x] l\n\n  m",
  "| a | b |\n|:--|--:|\n| `c|d` | \\| |\n| e |\n\na | b\n:-: | -\n1 | 2",
  "[a](https://b.c \"d\") ![e](f.png) [g][h] [h] <https://i.j> <k@l.m> www.n.o https://p.q/r_(s). t@u.v\n\n[h]: https://w.x 'y'",
  "<b>bold</b> <kbd>www.a.bc</kbd> <a href='x'>www.d.ef</a> <!-- c --> <div>\n*d*\n</div>\n\n<pre>\n*e*\n</pre> &amp; &copy;",
  ...hostile.filter((text) => text.length < 1_000),
];

/** Tokens without what no view reads. */
const read = (tokens: unknown) =>
  JSON.parse(JSON.stringify(tokens, (key, value) => (["inRawBlock", "escaped"].includes(key) ? undefined : value)));

test.each(texts)("reads as the whole library does: %s", (text) => {
  const options = { ...whole.getDefaults(), breaks: true };
  expect(read(trimmed.Lexer.lex(text, { ...options }))).toEqual(read(whole.Lexer.lex(text, { ...options })));
});

test("marked has its parts left, and is smaller", () => {
  expect(Object.keys(trimmed).sort()).toEqual(["Lexer", "Tokenizer", "getDefaults"]);
  expect(trimMarked(source).length).toBeLessThan(source.length - 5_000);
});

test("no regular expression looks behind, which Safari before 16.4 cannot read, and none is left in a table", () => {
  expect(source).toContain("(?<!");
  expect(trimMarked(source)).not.toMatch(/\(\?<[!=]/);
  expect(trimMarked(source)).not.toMatch(/\.rules\b|\.other\b/);
});

test("another marked stops the build", () => {
  expect(() => trimMarked("export default 1")).toThrow(/does not know this marked/);
  expect(() => trimMarked(source.replaceAll("this.options.pedantic", "this.options.strict"))).toThrow(/pedantic/);
  expect(() => trimMarked(source.replaceAll("rules.block.hr", "rules.block.rule"))).toThrow(/its rule rule/);
});

/** The text of a file of a package. */
const shipped = (file: string) => readFile(join(import.meta.dirname, "../../node_modules", file), "utf8");

test.each([
  ["@preact/signals/dist/signals.module.js", trimSignals, "ReactiveTextNode"],
  ["@preact/signals-core/dist/signals-core.module.js", trimSignalsCore, "watched"],
  ["preact/hooks/dist/hooks.mjs", trimHooks, '"function"==typeof requestAnimationFrame'],
  ["preact/dist/preact.mjs", trimPreact, "dangerouslySetInnerHTML"],
] as const)("the tests run on %s as it ships, and another version stops the build", async (file, trim, gone) => {
  const text = await shipped(file);
  expect(text).toContain(gone);
  expect(trim(text)).not.toContain(gone);
  expect(trimForTests.transform(text, join("/js/node_modules", file))).toBe(trim(text));
  expect(() => trim("export default 1")).toThrow(/does not know this/);
});

test("the views that are tested here stand on the trimmed Preact and signals", () => {
  expect(signal(0)).not.toHaveProperty("subscribe");
  const raw = document.createElement("div");
  render(h("b", { dangerouslySetInnerHTML: { __html: "<i>raw</i>" } }), raw);
  expect(raw.querySelector("i")).toBeNull();
});

test("no view uses what was cut", async () => {
  const views = join(import.meta.dirname, "../../src/view");
  const files = (await readdir(views)).filter((file) => file.endsWith(".tsx"));
  const texts = await Promise.all(files.map((file) => readFile(join(views, file), "utf8")));
  const gone =
    /dangerouslySet|createContext|createPortal|getDerived|getSnapshot|component(?:Will(?!Unmount)|Did)|forceUpdate|xlink|Capture=|default(?:Value|Checked)=|\b(?:download|rowSpan|colSpan|popover)=|\.subscribe\(|<(?:math|progress|template)\b/;
  expect(files.length).toBeGreaterThan(30);
  expect(texts.filter((text) => gone.test(text))).toEqual([]);
});
