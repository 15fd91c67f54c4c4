/** What stays as it is while a message comes: parts that show nothing of it, rows that are read, and lines that would be gone in a moment. */

import { describe, expect, test, vi } from "vitest";
import type { Conversation } from "../../src/client/state";
import { message, type ScriptedChat } from "../kit/chat";
import { drawn, FakeIntersections, type Stage, stage } from "../kit/stage";
import { NOW, team } from "../kit/team";
import { until } from "../kit/until";

function change(chat: ScriptedChat, more: (known: Conversation) => Partial<Conversation>): void {
  const known = chat.conversation("team");
  if (known.value) known.value = { ...known.value, ...more(known.value) };
}

const types = (chat: ScriptedChat, ...users: string[]) =>
  change(chat, () => ({ typing: users, typing_count: users.length }));

const reads = (chat: ScriptedChat, read: number, unread = 0) => {
  change(chat, ({ summary }) => ({ summary: { ...summary, read, unread } }));
  chat.conversations.value = chat.conversations.value.map((row) => ({ ...row, read, unread }));
};

/** Lets Preact draw what has changed; no timer runs meanwhile. */
const atOnce = () => new Promise<void>((done) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(done))));

/** What comes into the page below these from now on, as selectors that it fits. */
function comes(shown: Stage, ...selectors: string[]): string[] {
  const seen: string[] = [];
  const look = (changes: MutationRecord[]) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node instanceof Element)
        seen.push(...selectors.filter((one) => node.matches(one) || node.querySelector(one)));
    }
  };
  new MutationObserver(look).observe(shown.root, { childList: true, subtree: true });
  return seen;
}

describe("who types", () => {
  test("and sends in the same moment is not shown typing", async () => {
    const chat = team();
    const shown = await stage(chat, "team");
    const seen = comes(shown, ".nbc-dots", "article");
    types(chat, "bob");
    await atOnce();
    types(chat);
    chat.arrives("team", message(4, "bob", "done", { at: NOW }));
    await drawn();
    expect(seen).toEqual(["article"]);
  });

  test("changes nothing of the messages and of the header", async () => {
    const chat = team();
    const shown = await stage(chat, "team");
    const touched: Node[] = [];
    const watcher = new MutationObserver((changes) => touched.push(...changes.map(({ target }) => target)));
    for (const one of [".nbc-scroll", ".nbc-header"])
      watcher.observe(shown.find(one), { attributes: true, childList: true, subtree: true, characterData: true });
    types(chat, "bob");
    await until(() => expect(shown.texts(".nbc-typing")).toEqual(["Bob is typing…"]));
    expect(touched).toEqual([]);
  });
});

describe("what is read at once", () => {
  test("gets no badge in the list, which would be gone again", async () => {
    const chat = team();
    const shown = await stage(chat, "team");
    const seen = comes(shown, ".nbc-badge");
    reads(chat, 3, 1);
    await atOnce();
    reads(chat, 4);
    await drawn();
    expect(seen).toEqual([]);
  });

  test("gets one where it stays unread, and at once where nobody looks", async () => {
    const chat = team();
    const shown = await stage(chat, "team");
    reads(chat, 3, 2);
    await until(() => expect(shown.texts(".nbc-badge")).toEqual(["22 unread"]));
    const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    reads(chat, 3, 3);
    await atOnce();
    expect(shown.texts(".nbc-badge")).toEqual(["33 unread"]);
    visibility.mockRestore();
  });
});

test("only what is unread is looked at, and again what is marked so", async () => {
  const chat = team();
  reads(chat, 1, 1);
  await stage(chat, "team");
  const watched = () =>
    FakeIntersections.all.flatMap(({ targets }) => [...targets].map((row) => (row as HTMLElement).dataset["seq"]));
  expect(watched().sort()).toEqual(["2", "3"]);
  reads(chat, 2);
  await drawn();
  expect(watched()).toEqual(["3"]);
  reads(chat, 3);
  await drawn();
  expect(watched()).toEqual([]);
  reads(chat, 1, 1);
  await drawn();
  expect(watched().sort()).toEqual(["2", "3"]);
});

test("a row is drawn again by what changes it, though its neighbours are not", async () => {
  const chat = team();
  const shown = await stage(chat, "team");
  const before = shown.all("article");
  chat.people.value = new Map([...chat.people.value, ["bob", "Robert"]]);
  change(chat, () => ({ marks: new Map([["bob", { user: "bob", delivered: 3, read: 3 }]]) }));
  await drawn();
  expect(shown.texts(".nbc-name")).toEqual(["Robert"]);
  expect(shown.find(".nbc-ticks").className).toContain("nbc-read");
  expect(shown.all("article")).toEqual(before);
});
