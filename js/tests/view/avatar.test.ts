/** Avatars differ, and their initials can be read on each of them. */

import { expect, test } from "vitest";
import { PERSON_COLORS } from "../../src/protocol/tables.gen";
import { colourOf } from "../../src/view/avatar";

const chosen = PERSON_COLORS.map((color) => colourOf("ada", color));
const colours = new Set(Array.from({ length: 2_000 }, (_, n) => colourOf(`user${n}`)));

/** Relative luminance of `hsl(h s% l%)` (WCAG 2.2). */
function luminance(colour: string): number {
  const [hue = 0, s = 0, l = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  const amount = (s * Math.min(l, 100 - l)) / 10_000;
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    const value = l / 100 - amount * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4);
}

test("few people have the same colour", () => {
  expect(colours.size).toBe(48);
});

test("each colour that one can choose is another, and none is that of nobody's choice", () => {
  expect(new Set(chosen).size).toBe(PERSON_COLORS.length);
  expect(chosen).not.toContain(colourOf("ada"));
  expect(colourOf("ada", "no colour of ours")).toBe(colourOf("ada"));
});

test("white can be read on each", () => {
  for (const colour of [...colours, ...chosen]) expect(1.05 / (luminance(colour) + 0.05), colour).toBeGreaterThan(4.5);
});
