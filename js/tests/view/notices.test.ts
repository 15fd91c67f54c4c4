/** What happened to a conversation, as lines between its messages. */

import { afterEach, describe, expect, test } from "vitest";
import type { AnyDurable, Described, Message, Settings } from "../../src/protocol/messages.gen";
import { NOTICES } from "../../src/protocol/tables.gen";
import * as hebrew from "../../src/view/lang-he.chunk";
import { speak } from "../../src/view/language";
import { conversation, message, person, ScriptedChat, SETTINGS, summary } from "../kit/chat";
import { drawn, stage } from "../kit/stage";

const NOON = new Date(2026, 4, 2, 12).getTime();
const DAY = 86_400_000;

afterEach(() => speak());

const at = (seq: number, author = "bob") => ({ conversation: "c", seq, at: NOON + seq, author, name: "Bob" });
const joined = (seq: number, id: string, by = id): AnyDurable => ({
  t: "joined",
  ...at(seq, by),
  person: person(id, id),
  role: "member",
  muted: null,
});
const left = (seq: number, user: string, by = user, more = {}): AnyDurable => ({
  t: "left",
  ...at(seq, by),
  user,
  banned: false,
  reason: "",
  ...more,
});
const described = (seq: number, changed: Described["changed"], settings: Partial<Settings> = {}): AnyDurable => ({
  t: "described",
  ...at(seq),
  title: "Plans",
  settings: { ...SETTINGS, ...settings },
  changed,
});
const said = (seq: number, more: Partial<Message> = {}) => message(seq, "bob", `m${seq}`, { at: NOON + seq, ...more });

/** The timeline of a conversation in which this happened between messages 10 and 20. */
async function shows(notices: AnyDurable[], messages = [said(10), said(20)], more = {}) {
  const chat = new ScriptedChat();
  chat.people.value = new Map([
    ["ada", "Ada"],
    ["bob", "Bob"],
    ["cy", "Cy"],
  ]);
  const range = { first: 1, last: 30, messages, has_before: false, notices };
  chat.has(conversation(summary("c", { read: 99, ...more }), messages, { ranges: [range], cursor: 30 }));
  return stage(chat, "c");
}

/** What a line says, without its time. */
const linesOf = async (...notices: AnyDurable[]) => {
  const { all } = await shows(notices);
  return all(".nbc-notice p").map((one) => one.firstChild?.textContent?.trim());
};

/** Rows in their order: what they say, or what they are. */
function order(all: (selector: string) => HTMLElement[]): string[] {
  return all(".nbc-rows > *").flatMap((row) => {
    if (row.matches(".nbc-unread")) return ["unread"];
    if (row.matches(".nbc-rule")) return ["day"];
    const words = row.querySelector(".nbc-text, .nbc-notice p")?.firstChild?.textContent?.trim();
    return words ? [words] : [];
  });
}

describe("the words", () => {
  test("who came and went, by themselves or by others", async () => {
    const lines = await linesOf(
      joined(11, "cy"),
      joined(12, "dan", "bob"),
      left(13, "cy"),
      left(14, "dan", "bob", { reason: "spam" }),
      left(15, "eve", "bob", { banned: true }),
    );
    expect(lines).toEqual(["Cy joined", "Bob added dan", "Cy left", "Bob removed dan: “spam”", "Bob banned eve"]);
  });

  test("a run of people is one line", async () => {
    const many = ["cy", "dan", "eve", "fay", "gus"].map((id, index) => joined(11 + index, id));
    expect(await linesOf(...many)).toEqual([expect.stringMatching(/^Cy, dan,? and 3 others joined$/)]);
    expect(await linesOf(...many.slice(0, 3))).toEqual([expect.stringMatching(/^Cy, dan,? and eve joined$/)]);
    expect(await linesOf(joined(11, "cy"), joined(12, "dan", "bob"), joined(13, "eve", "bob"))).toEqual([
      "Cy joined",
      "Bob added dan and eve",
    ]);
  });

  test("each part that is another", async () => {
    const lines = await linesOf(
      described(11, ["title", "topic"], { topic: "lunch" }),
      described(12, ["picture"], { picture: "🎉" }),
      described(13, ["topic", "picture"]),
      described(14, ["archived"], { archived: true }),
      described(15, ["archived"]),
      described(16, ["slow", "announcements"], { slow: 300, announcements: true }),
      described(17, ["slow", "announcements"]),
    );
    expect(lines).toEqual([
      "Bob renamed the conversation to “Plans”",
      "Bob set the topic: lunch",
      "Bob set the picture: 🎉",
      "Bob took the topic away",
      "Bob took the picture away",
      "Bob archived the conversation",
      "Bob opened the conversation again",
      "Bob turned slow mode on: one message in 5 minutes",
      "Bob lets only moderators and owners write here",
      "Bob turned slow mode off",
      "Bob lets everybody write here",
    ]);
  });

  test("of roles and muting only what is about oneself", async () => {
    const ranked = (seq: number, user: string): AnyDurable => ({ t: "ranked", ...at(seq), user, role: "moderator" });
    const muted = (seq: number, user: string, until: number | null): AnyDurable => ({
      t: "muted",
      ...at(seq),
      user,
      until,
    });
    const lines = await linesOf(
      ranked(11, "cy"),
      ranked(12, "ada"),
      muted(13, "cy", NOON),
      muted(14, "ada", NOON),
      muted(15, "ada", null),
    );
    expect(lines).toEqual([
      "Bob made you a moderator",
      expect.stringMatching(/^Bob muted you until .*12:00$/),
      "Bob lets you write again",
    ]);
  });

  test("who made it, unless it is between two people; then nothing was before", async () => {
    const created = (kind: "group" | "direct"): AnyDurable => ({
      t: "created",
      ...at(1),
      kind,
      title: "Plans",
      handle: null,
      people: [],
    });
    expect(await linesOf(created("group"))).toEqual(["Bob created the conversation"]);
    expect(await linesOf(created("direct"))).toEqual([]);
    const more = Array.from({ length: NOTICES - 1 }, (_, index) => joined(2 + index, `p${index}`));
    const { all } = await shows([created("group"), ...more], [said(100)]);
    expect(all(".nbc-notice p").map((one) => one.textContent?.slice(0, 9))).toEqual(["Bob creat", "p0, p1, a"]);
  });

  test("where there were more, it says so", async () => {
    const many = Array.from({ length: NOTICES }, (_, index) =>
      described(110 + index, ["topic"], { topic: `t${index}` }),
    );
    const { all } = await shows(many, [said(10), said(200)]);
    expect(all(".nbc-notice p")[0]?.textContent).toBe("What happened before this is not shown.");
    expect(all(".nbc-notice")).toHaveLength(NOTICES + 1);
  });

  test("but not where all of them are there, right behind a message", async () => {
    const full = Array.from({ length: NOTICES }, (_, index) =>
      described(11 + index, ["topic"], { topic: `t${index}` }),
    );
    const { all } = await shows(full, [said(10), said(200)]);
    expect(all(".nbc-notice")).toHaveLength(NOTICES);
  });

  test("in Hebrew, too", async () => {
    const { texts } = await shows([joined(11, "cy")]);
    speak(hebrew.spoken);
    await drawn();
    expect(texts(".nbc-notice p")[0]).toMatch(/^הצטרפות לשיחה: \u2068Cy\u2069/);
  });

  test("a name that is another one since", async () => {
    const { chat, texts } = await shows([joined(11, "cy")]);
    chat.people.value = new Map(chat.people.value).set("cy", "Cyrus");
    await drawn();
    expect(texts(".nbc-notice p")[0]).toMatch(/^Cyrus joined/);
  });
});

describe("the place", () => {
  test("between the messages; the one after begins a run", async () => {
    const { all } = await shows([joined(5, "cy"), left(15, "cy"), joined(25, "cy")]);
    expect(order(all)).toEqual(["day", "Cy joined", "m10", "Cy left", "m20", "Cy joined"]);
    expect(all(".nbc-first")).toHaveLength(2);
  });

  test("on its own day, and before what is unread", async () => {
    const later = { ...left(15, "cy"), at: NOON + DAY } as AnyDurable;
    const messages = [said(10), said(20, { at: NOON + DAY }), said(30, { at: NOON + 2 * DAY })];
    const { all } = await shows([joined(12, "cy"), later], messages, { read: 10, unread: 2 });
    expect(order(all)).toEqual(["day", "m10", "Cy joined", "day", "Cy left", "unread", "m20", "day", "m30"]);
  });

  test("before what waits to be sent", async () => {
    const { chat, all } = await shows([joined(25, "cy")]);
    chat.send("c", "soon");
    await drawn();
    expect(order(all)).toEqual(["day", "m10", "m20", "Cy joined", "day", "soon"]);
  });
});

test("a line is read in its place, with its time, and no stop of the arrow keys", async () => {
  const { find, all, key } = await shows([joined(15, "cy")]);
  const line = find(".nbc-notice");
  expect(line.closest("[role=log]")).not.toBeNull();
  expect(line.querySelector("time")?.textContent).toMatch(/\d\d:\d\d$/);
  expect(line.title).toMatch(/\d\d:\d\d$/);
  const [first, last] = all("[data-seq]");
  first?.focus();
  await key(first as HTMLElement, "ArrowDown");
  expect(document.activeElement).toBe(last);
});

test("a pin leads to its message, unless that is deleted", async () => {
  const pin: AnyDurable = { t: "pinned", ...at(15), message: 10, on: true };
  const { ui, press } = await shows([pin]);
  await press("Show it");
  expect(ui.talk.target.peek() ?? document.activeElement?.getAttribute("data-seq")).toBe("10");
  const gone = await shows([pin], [said(10, { deleted: "bob", text: "" }), said(20)]);
  expect(gone.texts(".nbc-notice p").join()).toMatch(/Bob pinned a message/);
  expect(gone.all(".nbc-notice button")).toEqual([]);
});
