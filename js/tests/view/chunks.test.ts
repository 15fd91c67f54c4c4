/** Where the lazy parts come from: the hub's page, also where that is found only later, else Python. */

import type { AnyModel } from "@anywidget/types";
import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { chunksFrom } from "../../src/view/chunks";

/** A page whose every file is this part. */
const PAGE = "data:text/javascript,export default () => ({ from: 'the page' })//";

/** A kernel that is told what is asked of it, and answers when the test says so. */
function kernel() {
  const listeners = new Set<(message: unknown) => void>();
  const asked: string[] = [];
  const model = {
    on: (_: string, listener: (message: unknown) => void) => listeners.add(listener),
    off: (_: string, listener: (message: unknown) => void) => listeners.delete(listener),
    send: ({ name }: { name: string }) => asked.push(name),
  } as unknown as AnyModel;
  const answers = (text: string | null) => {
    for (const listener of [...listeners]) listener({ t: "chunk", name: asked.at(-1), text });
  };
  return { model, asked, answers, listeners };
}

test("of the hub's page where that is known, and the kernel is not asked", async () => {
  const { model, asked } = kernel();
  expect(await chunksFrom(signal(PAGE), model).get("compose")).toEqual({ from: "the page" });
  expect(asked).toEqual([]);
});

test("of the hub's page as soon as that is found, while the kernel is busy", async () => {
  const { model, asked } = kernel();
  const page = signal<string | null>(null);
  const found = chunksFrom(page, model).get("compose");
  expect(asked).toEqual([expect.stringMatching(/^compose-/)]);
  page.value = PAGE;
  expect(await found).toEqual({ from: "the page" });
});

test("of Python where there is no page; what it has not, nobody has, and is asked for again", async () => {
  const { model, asked, answers, listeners } = kernel();
  const chunks = chunksFrom(signal(null), model);
  const found = chunks.get("compose");
  answers(null);
  expect(await found).toBeNull();
  vi.stubGlobal("URL", { createObjectURL: () => PAGE, revokeObjectURL: () => {} });
  const again = chunks.get("compose");
  answers("whatever the blob is made of");
  expect(await again).toEqual({ from: "the page" });
  vi.unstubAllGlobals();
  expect(asked).toHaveLength(2);
  expect(listeners.size).toBe(0);
});

test("without page and kernel there is none", async () => {
  expect(await chunksFrom(signal(null)).get("compose")).toBeNull();
});
