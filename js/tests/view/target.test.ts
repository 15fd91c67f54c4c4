// @vitest-environment node
/** The oldest browsers of the build (js/build.mjs): esbuild rewrites newer syntax for them, but not the text of a selector, and one that is not known throws. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Chrome has these since 120, 105, 114 and 133, Safari since 16.4, 15.4, 17 and 26. */
const NEWER = /:(?:dir\(|has\(|popover-open|open\b)/;
/** What a module asks the document for. */
const ASKED = /\.(?:matches|closest|querySelector|querySelectorAll)(?:<[^>]*>)?\(\s*(["'`])(.*?)\1/gs;

test("no module asks with a selector that the oldest browsers do not know", () => {
  const modules = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
  const asked = modules.flatMap((name) =>
    [...readFileSync(`src/${name}`, "utf8").matchAll(ASKED)].map(([, , selector = ""]) => `${name}: ${selector}`),
  );
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter((one) => NEWER.test(one))).toEqual([]);
});
