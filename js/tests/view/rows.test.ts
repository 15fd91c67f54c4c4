/** Days, runs, the unread divider, and what happens to a pending message when it is acknowledged. */

import { describe, expect, test } from "vitest";
import type { Pending } from "../../src/client/chat";
import type { Conversation } from "../../src/client/state";
import type { Message } from "../../src/protocol/messages.gen";
import { buildRows, countNew, newestSeq, RUN_MS } from "../../src/view/rows";
import { conversation, message, summary, pending as waiting } from "../kit/chat";

const NOON = new Date(2026, 4, 2, 12).getTime();
const rowsOf = (messages: Message[], pending: Pending[] = [], unreadAfter: number | null = null) =>
  buildRows(conversation(summary("c"), messages), pending, "ada", unreadAfter);
const kinds = (...args: Parameters<typeof rowsOf>) => rowsOf(...args).map((row) => row.kind);

test("each day has its line", () => {
  const messages = [message(2, "bob", "a", { at: NOON }), message(3, "bob", "b", { at: NOON + 86_400_000 })];
  expect(kinds(messages)).toEqual(["start", "day", "message", "day", "message"]);
});

describe("runs", () => {
  const firsts = (...messages: Message[]) =>
    rowsOf(messages).flatMap((row) => (row.kind === "message" ? [row.first] : []));

  test("one name for what one author says within five minutes", () => {
    const at = (ms: number, seq: number, more = {}) => message(seq, "bob", "x", { at: NOON + ms, ...more });
    expect(firsts(at(0, 2), at(RUN_MS, 3), at(2 * RUN_MS + 1, 4))).toEqual([true, false, true]);
    expect(firsts(at(0, 2), message(3, "cy", "y", { at: NOON }), at(1, 4))).toEqual([true, true, true]);
    expect(firsts(at(0, 2), at(1, 3, { via: "session" }))).toEqual([true, true]);
  });

  test("the unread divider begins a new one", () => {
    const messages = [message(2, "bob", "a", { at: NOON }), message(3, "bob", "b", { at: NOON })];
    expect(kinds(messages, [], 2)).toEqual(["start", "day", "message", "unread", "message"]);
    expect(rowsOf(messages, [], 2).at(-1)).toMatchObject({ first: true });
  });
});

test("the divider stands before the first message of somebody else, not before one's own", () => {
  const messages = [message(2, "ada", "mine", { at: NOON }), message(3, "bob", "his", { at: NOON })];
  expect(kinds(messages, [], 1)).toEqual(["start", "day", "message", "unread", "message"]);
  expect(kinds(messages, [], 3)).not.toContain("unread");
});

test("a pending message keeps its row when it is acknowledged, and is never shown twice", () => {
  const pending = waiting("k1", "c", "hi", { at: NOON });
  const stored = message(2, "ada", "hi", { key: "k1", at: NOON });
  const before = rowsOf([], [pending]).at(-1);
  expect(rowsOf([stored], [pending]).filter((row) => row.kind === "message")).toHaveLength(1);
  expect(rowsOf([stored]).at(-1)?.key).toBe(before?.key);
  expect(before).toMatchObject({ seq: null, own: true });
});

test("somebody else with the same client key has a row of their own", () => {
  const messages = [message(2, "bob", "a", { key: "same" }), message(3, "eve", "b", { key: "same" })];
  expect(new Set(rowsOf(messages).map((row) => row.key)).size).toBe(rowsOf(messages).length);
});

test("above a thread's replies stands how many there are, and nothing where there are none", () => {
  const root = (count: number) =>
    message(2, "bob", "a", { at: NOON, replies: { count, last_seq: 2, last_at: NOON, users: [] } });
  const thread = (count: number) =>
    buildRows(conversation(summary("c"), [root(count)]), [], "ada", null, { thread: 2, at: null });
  expect(thread(2).map((row) => row.kind)).toEqual(["message", "replies"]);
  expect(thread(0).map((row) => row.kind)).toEqual(["message"]);
});

test("the newest seq skips what is pending", () => {
  const pending = waiting("p", "c", "x", { at: NOON, status: "waiting" });
  expect(newestSeq(rowsOf([message(2, "bob", "a"), message(4, "bob", "c")], [pending]))).toBe(4);
});

test("what is new is what the list says; without a number there, what others wrote and what is not loaded", () => {
  const messages = [message(2, "bob", "a"), message(3, "ada", "b"), message(4, "bob", "c")];
  const rows = rowsOf(messages);
  expect(countNew(conversation(summary("c", { unread: 7 }), messages), rows, 2)).toBe(7);
  const channel = summary("c", { joined: false });
  expect(countNew(conversation(channel, messages), rows, 2)).toBe(1);
  expect(countNew(conversation(channel, messages, { cursor: 9 }), rows, 2)).toBe(6);
  expect(countNew(conversation(channel, messages, { cursor: 9 }), rows, 8)).toBe(1);
});

test("what comes next to them leaves the rows of the others as they are; what changes one changes its row", () => {
  const messages = [message(2, "bob", "a"), message(3, "bob", "b")];
  const before = rowsOf(messages).slice(-2);
  const edited = { ...message(3, "bob", "c"), v: 5 };
  const after = rowsOf([messages[0] as Message, edited, message(4, "bob", "d")]).slice(-3);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).toMatchObject({ text: "c", first: false });
  const growing = new Map([[3, { text: "b and" }]]) as unknown as Conversation["growing"];
  const grown = buildRows(conversation(summary("c"), messages, { growing }), [], "ada", null).at(-1);
  expect(grown).toMatchObject({ text: "b and", growing: true, first: false });
  expect(buildRows(conversation(summary("c"), messages), [], "bob", null).at(-1)).toMatchObject({ own: true });
});

test("a row that begins a run in one timeline begins none in another", () => {
  const messages = [message(2, "bob", "a"), message(3, "bob", "b")];
  const whole = rowsOf(messages).at(-1);
  expect(rowsOf(messages.slice(1)).at(-1)).toMatchObject({ first: true });
  expect(whole).toMatchObject({ first: false });
});
