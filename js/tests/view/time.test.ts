/** Times as the list and the day lines show them. */

import { expect, test } from "vitest";
import { clock, dayLabel, dayNumber, fullTime, shortTime } from "../../src/view/time";

const at = (year: number, month: number, day: number, hour = 10, minute = 30) =>
  new Date(year, month - 1, day, hour, minute).getTime();
const NOW = at(2026, 5, 4, 12, 0);

test("the clock today, the word yesterday, then the date", () => {
  expect(shortTime(at(2026, 5, 4), NOW)).toBe("10:30");
  expect(shortTime(at(2026, 5, 3, 23, 59), NOW)).toBe("Yesterday");
  expect(shortTime(at(2026, 2, 5), NOW)).toMatch(/^[25]\D[25]$/);
  expect(shortTime(at(2024, 2, 5), NOW)).toContain("24");
});

test("day lines", () => {
  expect(dayLabel(NOW, NOW)).toBe("Today");
  expect(dayLabel(at(2026, 5, 3, 0, 1), NOW)).toBe("Yesterday");
  expect(dayLabel(at(2024, 5, 3), NOW)).toContain("2024");
});

test("the whole time names the day unless it is today", () => {
  expect(fullTime(at(2026, 5, 4), NOW)).toBe(clock(at(2026, 5, 4)));
  expect(fullTime(at(2026, 5, 3), NOW)).toBe("Yesterday at 10:30");
});

test("days are counted through the change to summer time", () => {
  expect(dayNumber(at(2026, 3, 30, 0, 30)) - dayNumber(at(2026, 3, 28, 23, 30))).toBe(2);
});
