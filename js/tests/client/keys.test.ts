/** Client keys: new each time, and in the order of the time at which they were made, as in src/nbchat/client/keys.py. */

import { afterEach, expect, test, vi } from "vitest";
import { randomKey } from "../../src/util/keys";

afterEach(() => {
  vi.useRealTimers();
});

test("keys of one moment differ", () => {
  vi.useFakeTimers({ now: 1_763_800_000_000 });
  const keys = Array.from({ length: 1_000 }, randomKey);
  expect(new Set(keys).size).toBe(1_000);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});

test("a later key comes after an earlier one", () => {
  const moments = [0, 1, 255, 1_763_800_000_000, 4_102_444_800_000];
  vi.useFakeTimers();
  const keys = moments.map((now) => {
    vi.setSystemTime(now);
    return randomKey();
  });
  expect(keys).toEqual([...keys].sort());
  expect(keys.map((key) => Number.parseInt(key.slice(0, 12), 16))).toEqual(moments);
});
