// @vitest-environment jsdom -- the one that DOMPurify supports; happy-dom loses the first element.
/** The libraries as they ship: the sanitiser without its default lists must refuse at least what the whole one refuses. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { trimDompurify, trimMarked } from "../../tools/trim.mjs";
import { hostile } from "../kit/hostile";

const source = await readFile(
  createRequire(import.meta.url)
    .resolve("dompurify")
    .replace("purify.cjs.js", "purify.es.mjs"),
  "utf8",
);
const url = (text: string) => `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
const whole = (await import(/* @vite-ignore */ url(source))).default;
const trimmed = (await import(/* @vite-ignore */ url(trimDompurify(source)))).default;
const rules = { ALLOWED_TAGS: ["p", "a", "b", "code"], ALLOWED_ATTR: ["href", "class"], ALLOW_DATA_ATTR: false };

test("the lists are gone", () => {
  expect(source.length - trimDompurify(source).length).toBeGreaterThan(5_000);
});

test.each([...hostile, "<p class=x>kept <b>bold</b> <a href=https://example.org>link</a></p>"])(
  "the same verdict: %s",
  (html) => {
    expect(trimmed(window).sanitize(html, rules)).toBe(whole(window).sanitize(html, rules));
  },
);

test("another DOMPurify stops the build", () => {
  expect(() => trimDompurify("export default 1")).toThrow(/finds no list/);
});

test("marked has its parts left, and another marked stops the build", async () => {
  const source = await readFile(
    createRequire(import.meta.url)
      .resolve("marked")
      .replace("umd", "esm"),
    "utf8",
  );
  const { Lexer, Parser, ...rest } = await import(/* @vite-ignore */ url(trimMarked(source)));
  expect(Parser.parse(Lexer.lex("*a*"))).toBe("<p><em>a</em></p>\n");
  expect(Object.keys(rest).sort()).toEqual(["Renderer", "Tokenizer", "getDefaults"]);
  expect(() => trimMarked("export default 1")).toThrow(/does not know this marked/);
});
