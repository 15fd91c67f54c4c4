/** The style sheets of lazy parts: they come in any order, so no two may say the same of one class. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What comes together, by chunk. */
const LAZY = {
  compose: ["compose"],
  emoji: ["emoji"],
  sheets: ["sheet", "people"],
  talk: ["talk", "dialog", "side"],
  math: ["math"],
  highlight: ["code"],
};

const read = (name: string) => readFileSync(`src/view/css/${name}.css`, "utf8");

/** "class property" of each rule for a class alone. */
function said(css: string): Set<string> {
  const found = new Set<string>();
  const plain = css.replaceAll(/\/\*.*?\*\//gs, "").replaceAll(/@[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "");
  for (const [, selectors = "", body = ""] of plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const alone = selectors.split(",").map((one) => one.trim());
    const properties = body.split(";").map((one) => one.split(":")[0]?.trim());
    for (const name of alone.filter((one) => /^\.[\w-]+$/.test(one))) {
      for (const property of properties) if (property) found.add(`${name} ${property}`);
    }
  }
  return found;
}

test("no two lazy parts give one class the same property", () => {
  const first = new Map<string, string>();
  const twice: string[] = [];
  for (const [chunk, files] of Object.entries(LAZY)) {
    for (const one of new Set(files.flatMap((name) => [...said(read(name))]))) {
      const other = first.get(one);
      if (other) twice.push(`${one}: ${other} and ${chunk}`);
      first.set(one, chunk);
    }
  }
  expect(first.size).toBeGreaterThan(100);
  expect(twice).toEqual([]);
});
