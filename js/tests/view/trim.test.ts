/** The library as it ships: what is cut out of it leaves what is used. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { trimMarked } from "../../tools/trim.mjs";

const url = (text: string) => `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;

test("marked has its parts left, and another marked stops the build", async () => {
  const source = await readFile(
    createRequire(import.meta.url)
      .resolve("marked")
      .replace("umd", "esm"),
    "utf8",
  );
  const { Lexer, ...rest } = await import(/* @vite-ignore */ url(trimMarked(source)));
  expect(Lexer.lex("*a*")[0]).toMatchObject({ type: "paragraph", tokens: [{ type: "em", text: "a" }] });
  expect(Object.keys(rest).sort()).toEqual(["Tokenizer", "getDefaults"]);
  expect(() => trimMarked("export default 1")).toThrow(/does not know this marked/);
});
