/** The vectors of tests/vectors, which the Python suite reads too. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

const FOLDER = join(import.meta.dirname, "../../../tests/vectors");

export interface Play<Step> {
  name: string;
  kind?: "page" | "session" | "bot";
  steps: Step[];
  state?: unknown;
}

export function readPlays<Step>(folder: "reducer" | "link"): Play<Step>[] {
  const names = readdirSync(join(FOLDER, folder)).sort();
  return names.map((name) => JSON.parse(readFileSync(join(FOLDER, folder, name), "utf8")));
}

/** Maps as objects, so that a state can be compared with JSON. */
export function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]));
  if (value instanceof Set) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** Expected keys hold; lists and the conversations of a state have exactly these members. */
export function assertHolds(actual: unknown, expected: unknown, where: string): void {
  if (expected === null || typeof expected !== "object") {
    expect(actual, where).toEqual(expected);
    return;
  }
  const isExact =
    Array.isArray(expected) ||
    /\.(conversations|marks|presence|asides|threads|thread_typing|standings|removals)$/.test(where);
  if (isExact) expect(Object.keys(Object(actual)).sort(), where).toEqual(Object.keys(expected).sort());
  for (const [key, value] of Object.entries(expected)) assertHolds(Object(actual)[key], value, `${where}.${key}`);
}
