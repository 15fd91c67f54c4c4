/** The list of conversations: what a row says, in which order they stand, what is muted, and the menu of a row. */

import { describe, expect, test, vi } from "vitest";
import type { OwnRow, Prefs, Summary } from "../../src/protocol/messages.gen";
import { type Answer, CONNECTED, conversation, person, ScriptedChat, SETTINGS, summary } from "../kit/chat";
import { drawn, type Stage, stage } from "../kit/stage";
import { NOW, team } from "../kit/team";
import { until } from "../kit/until";

const DAY = 86_400_000;

function wish(chat: ScriptedChat, id: string, more: Partial<Prefs>): void {
  const value: Prefs = { level: "all", mute_until: null, star: false, order: null, ...more };
  const key = `prefs:${id}`;
  const row: OwnRow = { key, value, v: 1, unread: null, mentions: null };
  chat.own.value = new Map(chat.own.value).set(key, row);
}

/** Four groups, a to d. */
function groups(more: Record<string, Partial<Summary>> = {}): ScriptedChat {
  const chat = new ScriptedChat();
  chat.conversations.value = ["a", "b", "c", "d"].map((id) => summary(id, { last_seq: 9, ...more[id] }));
  return chat;
}

const titles = ({ texts }: Stage) => texts(".nbc-item-title");
const row = ({ all }: Stage, title: string) => {
  const found = all(".nbc-item").find((one) => one.querySelector(".nbc-item-title")?.textContent?.includes(title));
  if (!found) throw new Error(`The list has no ${title}.`);
  return found;
};
const prefs = (chat: ScriptedChat, id: string) => chat.own.value.get(`prefs:${id}`)?.value as Prefs;

/** Asks for the menu of a row, as the menu key does. */
async function menuOf(shown: Stage, title: string): Promise<void> {
  const item = row(shown, title);
  item.focus();
  item.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
  await drawn();
}

describe("a row", () => {
  test("says the preview, what is unread, when, and whether the person is here", async () => {
    const chat = team();
    const last = { seq: 3, author: "ada", name: "Ada", at: NOW - DAY, text: "see **you**", deleted: false };
    chat.has(conversation(summary("bob", { kind: "direct", title: "", peer: "bob", unread: 2, last }), []));
    const { find, press, chosen } = await stage(chat, "team");
    const first = find(".nbc-item");
    expect(first.querySelector(".nbc-item-title")?.textContent).toBe("Bob");
    expect(first.querySelector(".nbc-item-last")?.textContent).toBe("You: see you");
    expect(first.querySelector(".nbc-item-time")?.textContent).toBe("Yesterday");
    expect(first.querySelector(".nbc-badge")?.textContent).toBe("22 unread");
    expect(first.querySelector(".nbc-dot")?.className).toContain("nbc-on");
    first.click();
    await drawn();
    expect(chosen).toEqual(["bob"]);
    await press("Back to the list");
    expect(find(".nbc-frame").dataset["pane"]).toBe("list");
  });

  test("tells mentions and threads apart from unread messages", async () => {
    const chat = groups({ b: { unread: 3, mentions: 2, threads: [{ root: 2, read: 2, unread: 4 }] } });
    const shown = await stage(chat);
    const badges = [...row(shown, "b").querySelectorAll(".nbc-badges .nbc-hidden")].map((one) => one.textContent);
    expect(badges).toEqual(["1 thread has new replies", "2 mentions of you", "3 unread"]);
    expect(row(shown, "a").querySelector(".nbc-badge")).toBeNull();
  });

  test("says what one has begun to write there, until it is open", async () => {
    const last = { seq: 3, author: "bob", name: "Bob", at: NOW, text: "done?", deleted: false };
    const chat = groups({ a: { last } });
    chat.setOwn("draft:a", "not **yet**");
    const shown = await stage(chat, "b");
    const said = () => row(shown, "a").querySelector(".nbc-item-last")?.textContent;
    expect(said()).toBe("Draft: not yet");
    shown.ui.choose("a");
    await drawn();
    expect(said()).toBe("Bob: done?");
    shown.ui.choose("b");
    chat.setOwn("draft:a", null);
    await drawn();
    expect(said()).toBe("Bob: done?");
  });

  test.each([
    ["Grace Hopper", "Grace"],
    ["Dr. Hopper", "Dr. Hopper"],
    ["G Hopper", "G Hopper"],
    ["Linus", "Linus"],
  ])("names its author briefly: %s", async (name, brief) => {
    const { texts } = await stage(
      groups({ a: { last: { seq: 3, author: "x", name, at: NOW, text: "ok", deleted: false } } }),
    );
    expect(texts(".nbc-item-last")[0]).toBe(`${brief}: ok`);
  });

  test("cuts the end of what is said, whatever the direction of who says it", async () => {
    const last = { seq: 3, author: "bob", name: "בוב", at: NOW, text: "left to right", deleted: false };
    const shown = await stage(groups({ a: { last } }));
    const [by, , text] = row(shown, "a").querySelectorAll(".nbc-item-last > *");
    expect([by?.tagName, by?.textContent]).toEqual(["BDI", "בוב"]);
    expect([text?.getAttribute("dir"), text?.textContent]).toEqual(["auto", "left to right"]);
  });

  test("says who brought one in, until something is written there", async () => {
    const last = { seq: 3, author: "bob", name: "Bob", at: NOW, text: "before you came", deleted: false };
    const chat = groups({ a: { last, read: 5 }, b: { read: 1 }, c: { last, read: 3 }, d: { read: 1 } });
    chat.people.value = new Map([
      ["ada", "Ada"],
      ["grace", "Grace Hopper"],
    ]);
    const joined = { t: "joined", seq: 5, at: NOW, author: "grace", name: "Grace", person: person("ada", "Ada") };
    const created = { t: "created", seq: 1, at: NOW, author: "grace", name: "Grace", people: [person("ada", "Ada")] };
    const happened: Record<string, object[]> = { a: [joined], d: [created] };
    chat.onAsk = (command) =>
      command.t === "history"
        ? ({ t: "page", notices: happened[command.conversation] ?? [] } as unknown as Answer)
        : undefined;
    const shown = await stage(chat, "c");
    const said = (id: string) => row(shown, id).querySelector(".nbc-item-last")?.textContent;
    await until(() => expect(said("a")).toBe("Grace Hopper invited you"));
    expect([said("b"), said("c")]).toEqual(["No messages yet", "Bob: before you came"]);
    expect(said("d")).toBe("Grace Hopper invited you");
    chat.conversations.value = chat.conversations.value.map((one) => ({
      ...one,
      last: { ...last, seq: 9, text: "welcome" },
    }));
    await drawn();
    expect(said("a")).toBe("Bob: welcome");
    expect(chat.asked.filter(([, what]) => (what as { t?: string })?.t === "history")).toHaveLength(3);
  });

  test("has no words of what was deleted", async () => {
    const last = { seq: 3, author: "bob", name: "Bob", at: NOW, text: "", deleted: true };
    const { texts } = await stage(groups({ a: { last } }));
    expect(texts(".nbc-item-last")[0]).toBe("Bob: Deleted");
  });

  test("of a person has their dot, emoji and colour, also where they are not looked at", async () => {
    const chat = new ScriptedChat();
    chat.profiles.value = new Map([["bob", person("bob", "Bob", { emoji: "🎧", color: "teal" })]]);
    chat.people.value = new Map([["bob", "Bob"]]);
    chat.conversations.value = [
      summary("d1", { kind: "direct", title: "", peer: "bob", online: true }),
      summary("d2", { kind: "direct", title: "", peer: "cy", online: null }),
    ];
    const { texts, all } = await stage(chat);
    expect(texts(".nbc-item-title")).toEqual(["Bob 🎧", "cy"]);
    expect(all(".nbc-item .nbc-dot").map((one) => one.className)).toEqual(["nbc-dot nbc-on"]);
    expect(all(".nbc-item .nbc-avatar")[0]?.style.background).toContain("178");
  });
});

describe("the order", () => {
  test("starred ones in one's own order, then by the last event, archived ones folded", async () => {
    const chat = groups({ b: { settings: { ...SETTINGS, archived: true } } });
    wish(chat, "d", { star: true, order: 0 });
    wish(chat, "a", { star: true, order: 1 });
    const shown = await stage(chat);
    expect(titles(shown)).toEqual(["d", "a", "c"]);
    expect(shown.texts(".nbc-part")).toEqual(["Starred", "Conversations", "Archived (1)"]);
    await shown.press("Archived (1)");
    expect(titles(shown)).toEqual(["d", "a", "c", "b"]);
  });

  test("what mentions one in the folded ones is counted at their heading", async () => {
    const settings = { ...SETTINGS, archived: true };
    const shown = await stage(groups({ b: { mentions: 2, settings }, c: { mentions: 1, settings } }));
    const fold = () => shown.find(".nbc-fold").textContent;
    expect(fold()).toBe("Archived (2) @33 mentions of you");
    shown.find(".nbc-fold").click();
    await drawn();
    expect(fold()).toBe("Archived (2) ");
  });

  test("a search finds archived ones, too", async () => {
    const settings = { ...SETTINGS, archived: true };
    const chat = groups({ b: { title: "old plans", settings } });
    for (let n = 0; n < 3; n++) chat.has(conversation(summary(`c${n}`, { title: `Topic ${n}` }), []));
    const shown = await stage(chat);
    await shown.type(".nbc-filter", "plans");
    expect(titles(shown)).toEqual(["old plans"]);
    await shown.type(".nbc-filter", "zzz");
    expect(shown.texts(".nbc-list .nbc-empty p")).toEqual(["Nothing here matches “zzz”."]);
    await shown.press("Show all");
    expect(titles(shown)).toHaveLength(6);
  });

  test("arrow keys go from one part to the next; there is one Tab stop", async () => {
    const chat = groups();
    wish(chat, "d", { star: true });
    const shown = await stage(chat, "");
    expect(shown.all(".nbc-item").map((one) => one.tabIndex)).toEqual([0, -1, -1, -1]);
    row(shown, "d").focus();
    await shown.key(row(shown, "d"), "ArrowDown");
    expect(document.activeElement).toBe(row(shown, "a"));
    await shown.key(row(shown, "a"), "End");
    expect(document.activeElement).toBe(row(shown, "c"));
  });

  test("a list is not called empty before the hub has said so", async () => {
    const chat = new ScriptedChat();
    chat.connection.value = { ...CONNECTED, state: "connecting", attempt: 1 };
    const { texts } = await stage(chat);
    expect(texts(".nbc-list .nbc-empty, .nbc-welcome")).toEqual([]);
    chat.connection.value = CONNECTED;
    await until(() => expect(texts(".nbc-welcome > p:first-child")).toEqual(["No conversations yet."]));
  });

  test("an empty list says what to do", async () => {
    const { texts, press, all } = await stage(new ScriptedChat());
    expect(texts(".nbc-welcome > p:first-child")).toEqual(["No conversations yet."]);
    expect(all("button").filter((one) => one.textContent === "New conversation")).toHaveLength(1);
    await press("New conversation");
    expect(texts("[role=dialog] .nbc-title")).toEqual(["New conversation"]);
  });
});

test("who has no conversation yet sees which channels are open, and joins one at once", async () => {
  const chat = new ScriptedChat();
  const channel = (id: string, more: Partial<Summary> = {}) => summary(id, { kind: "channel", joined: false, ...more });
  chat.channels = ["jobs", "help", "random", "seminar"].map((id) => channel(id));
  chat.channels.unshift(channel("old", { settings: { ...SETTINGS, archived: true } }));
  const shown = await stage(chat);
  await until(() => expect(shown.texts(".nbc-list .nbc-person bdi:first-child")).toContain("jobs"));
  expect(shown.texts(".nbc-list .nbc-strong bdi")).toEqual(["jobs", "help", "random"]);
  await shown.press("Browse all 4 channels");
  expect(shown.ui.panel.value).toBe("browse");
  await shown.press("Join: help");
  expect(chat.asked).toContainEqual(["join", "help"]);
  expect(shown.chosen).toEqual(["help"]);
});

describe("the menu of a row", () => {
  test("stars, moves and takes the star away", async () => {
    const chat = groups();
    wish(chat, "a", { star: true, order: 0 });
    const shown = await stage(chat);
    await menuOf(shown, "c");
    await shown.press("Star");
    expect(titles(shown)).toEqual(["a", "c", "b", "d"]);
    await menuOf(shown, "c");
    await shown.press("Move up");
    expect(titles(shown)).toEqual(["c", "a", "b", "d"]);
    expect([prefs(chat, "c").order, prefs(chat, "a").order]).toEqual([0, 1]);
    await menuOf(shown, "c");
    expect(shown.texts("[role=menuitem]")).not.toContain("Move up");
    await shown.press("Remove the star");
    expect(titles(shown)).toEqual(["a", "b", "c", "d"]);
  });

  test("mutes until tomorrow or for ever; then the row is grey, and a mention still is not", async () => {
    const chat = groups({ a: { unread: 4, mentions: 1 } });
    const shown = await stage(chat);
    await menuOf(shown, "a");
    await shown.press("Mute…");
    await shown.press("Until tomorrow");
    const until = prefs(chat, "a").mute_until ?? 0;
    expect(until).toBeGreaterThan(Date.now());
    expect(new Date(until).getHours()).toBe(8);
    expect(row(shown, "a").className).toContain("nbc-is-quiet");
    expect(row(shown, "a").textContent).toContain("Muted");
    await menuOf(shown, "a");
    await shown.press("Unmute");
    expect(prefs(chat, "a").mute_until).toBeNull();
    expect(row(shown, "a").className).not.toContain("nbc-is-quiet");
  });

  test("a mute that is over is none", async () => {
    const chat = groups();
    wish(chat, "a", { mute_until: Date.now() - 1 });
    const shown = await stage(chat);
    expect(row(shown, "a").className).not.toContain("nbc-is-quiet");
  });

  test("says what one wants to be told of", async () => {
    const chat = groups();
    const shown = await stage(chat);
    await menuOf(shown, "b");
    const checked = () => shown.texts("[role=menuitemradio][aria-checked=true]");
    expect(checked()).toEqual(["All messages✓"]);
    await shown.press("Nothing");
    expect(prefs(chat, "b").level).toBe("none");
    expect(row(shown, "b").className).toContain("nbc-is-quiet");
    await menuOf(shown, "b");
    expect(checked()).toEqual(["Nothing✓"]);
  });

  test("marks it as read, with its threads", async () => {
    const chat = groups({ a: { unread: 4, threads: [{ root: 3, read: 3, unread: 1 }] } });
    const shown = await stage(chat);
    await menuOf(shown, "a");
    await shown.press("Mark as read");
    expect(chat.asked).toEqual([
      ["read", "a", 9],
      ["read", "a", 9, 3],
    ]);
    await menuOf(shown, "b");
    expect(shown.texts("[role=menuitem]")).not.toContain("Mark as read");
  });

  test("is walked by arrow keys, and Escape gives the focus back to the row", async () => {
    const shown = await stage(groups());
    await menuOf(shown, "b");
    expect(document.activeElement?.textContent).toBe("Star");
    await shown.key(document.activeElement as Element, "ArrowUp");
    expect(document.activeElement?.textContent).toBe("Leave this conversation…");
    await shown.key(document.activeElement as Element, "Escape");
    expect(shown.all("[role=menu]")).toEqual([]);
    expect(document.activeElement).toBe(row(shown, "b"));
  });

  test("opens by a long press, and the lifting of the finger chooses nothing", async () => {
    const shown = await stage(groups());
    const touch = (kind: string) =>
      row(shown, "b").dispatchEvent(
        new PointerEvent(kind, { bubbles: true, pointerType: "touch", clientX: 5, clientY: 5 }),
      );
    touch("pointerdown");
    touch("pointerup");
    vi.useFakeTimers();
    touch("pointerdown");
    vi.advanceTimersByTime(600);
    vi.useRealTimers();
    await drawn();
    expect(shown.all("[role=menu]")).toHaveLength(1);
    row(shown, "b").click();
    await drawn();
    expect(shown.chosen).toEqual([]);
    row(shown, "b").click();
    await drawn();
    expect(shown.chosen).toEqual(["b"]);
  });
});

test("what one muted counts neither in the tab's title nor at the way back", async () => {
  const chat = groups({ a: { unread: 4, mentions: 1 }, b: { unread: 2 } });
  chat.has(conversation(summary("open"), []));
  wish(chat, "a", { level: "mentions" });
  document.title = "notes";
  const shown = await stage(chat, "open");
  expect(document.title).toBe("(3) notes");
  wish(chat, "b", { mute_until: 0 });
  await drawn();
  expect(document.title).toBe("(1) notes");
  expect(shown.all(".nbc-back .nbc-mark")).toHaveLength(1);
  wish(chat, "a", { level: "none" });
  await drawn();
  expect(document.title).toBe("notes");
  expect(shown.all(".nbc-back .nbc-mark")).toEqual([]);
});

describe("everything", () => {
  test("what mentions me is counted, and opens beside", async () => {
    const shown = await stage(groups({ a: { mentions: 2 }, c: { mentions: 1 } }));
    await shown.press("3 mentions of you");
    expect(shown.ui.talk.side.value).toEqual({ kind: "mentions" });
  });

  test("can be marked as read", async () => {
    const shown = await stage(groups({ a: { unread: 2 } }), "");
    await shown.press("Menu");
    await shown.press("Mark all as read");
    expect(shown.chat.asked).toContainEqual(["ask", { t: "read_all" }]);
    expect(shown.texts("[aria-live=polite]")).toContain("Everything is marked as read.");
  });
});
