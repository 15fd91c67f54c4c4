/**
 * From what the client knows to the rows of a timeline: day lines, the unread divider, messages in runs, and last what is not
 * acknowledged yet. Pure: the same state gives the same rows, and a row keeps its key for as long as it means the same thing.
 */

import type { JSX } from "preact";
import type { Pending } from "../client/chat";
import type { Conversation, Range } from "../client/state";
import type { Message } from "../protocol/messages.gen";
import { findMessage, rangeAt, rangesOf } from "./find";
import { dayNumber } from "./time";

/** Messages of one author that follow each other within this time share one name and avatar. */
export const RUN_MS = 5 * 60_000;

export interface MessageRow {
  kind: "message";
  /** Author and client key: the row of a pending message stays the same row when it is acknowledged. */
  key: string;
  /** null while it is pending. */
  seq: number | null;
  /** What the hub has; null while it is pending. */
  message: Message | null;
  pending: Pending | null;
  author: string;
  at: number;
  text: string;
  /** Its text is still being written: `text` is all so far. */
  growing: boolean;
  via: Message["via"];
  own: boolean;
  /** First of its run: shows name, avatar and time. */
  first: boolean;
}

export type Row =
  | { kind: "start"; key: "start"; more: boolean }
  | { kind: "day"; key: string; at: number }
  | { kind: "unread"; key: "unread" }
  | { kind: "replies"; key: "replies"; n: number }
  // What happened to the conversation: the lazy part puts it among the others (notices.tsx).
  | { kind: "notice"; key: string; draw: () => JSX.Element }
  | MessageRow;

/** Which timeline of a conversation, and which of its loaded ranges is on the screen. */
export interface Shown {
  /** The root of a thread; null: the conversation's own timeline. */
  thread: number | null;
  /** A seq of the range that one is in; null: the newest. */
  at: number | null;
}

/** The conversation's own timeline, where it is newest. */
export const NEWEST: Shown = { thread: null, at: null };

/** The range that is on the screen: the one that was asked for while it is loaded, else the newest. */
export function shownRange(conversation: Conversation, { thread, at }: Shown): Range | undefined {
  const ranges = rangesOf(conversation, thread);
  return (at === null ? undefined : rangeAt(ranges, at)) ?? ranges.at(-1);
}

/** The loaded messages that reach up to now, oldest first. */
export function newestMessages(conversation: Conversation, thread: number | null = null): Message[] {
  return shownRange(conversation, { thread, at: null })?.messages ?? [];
}

/** The row that a message had last. The client replaces what changes, so what comes next to a thousand rows costs one. */
const built = new WeakMap<Message, MessageRow>();

function ofMessage({ growing }: Conversation, message: Message, me: string): MessageRow {
  const { seq, author, at, via, key } = message;
  const grown = growing.get(seq);
  const own = author === me;
  const text = grown?.text ?? message.text;
  const known = built.get(message);
  if (known?.text === text && known.growing === !!grown && known.own === own) return known;
  return {
    kind: "message",
    key: `m/${author}/${key}`,
    seq,
    message,
    pending: null,
    author,
    at,
    text,
    growing: !!grown,
    via,
    own,
    first: true,
  };
}

function ofPending(pending: Pending, me: string): MessageRow {
  const { key, at, text } = pending;
  const what = { seq: null, message: null, pending, author: me, at, text, via: "page" as const, own: true };
  return { kind: "message", key: `m/${me}/${key}`, ...what, growing: false, first: true };
}

function isFirst(row: MessageRow, before: Row | undefined): boolean {
  if (before?.kind !== "message") return true;
  return before.author !== row.author || before.via !== row.via || row.at - before.at > RUN_MS;
}

/** Whether what is on the screen reaches up to now; older ranges do not, and after much paging up the newest have made room. */
export function isLive(conversation: Conversation, shown: Shown = NEWEST): boolean {
  const range = shownRange(conversation, shown);
  return !range || range.last >= conversation.cursor;
}

/** Whether what is not acknowledged stands in this timeline. */
const belongs = (one: Pending, thread: number | null): boolean =>
  thread === null ? one.thread === null || one.also : one.thread === thread;

/** The root on top of its thread, also where older replies are not loaded, and how many there are, if any. */
function beginThread(conversation: Conversation, root: number, me: string): Row[] {
  const message = findMessage(conversation, root);
  if (!message) return [];
  const n = message.replies?.count ?? 0;
  return [
    ofMessage(conversation, message, me),
    ...(n ? [{ kind: "replies" as const, key: "replies" as const, n }] : []),
  ];
}

/**
 * Rows, top to bottom.
 *
 * @param unreadAfter where reading stopped: the divider stands before the first message of somebody else above this seq; null: none
 */
export function buildRows(
  conversation: Conversation,
  pending: Pending[],
  me: string,
  unreadAfter: number | null,
  shown: Shown = NEWEST,
): Row[] {
  const { thread } = shown;
  const range = shownRange(conversation, shown);
  const more = range?.has_before ?? false;
  const rows: Row[] = thread === null ? [] : beginThread(conversation, thread, me);
  if (thread === null || more) rows.push({ kind: "start", key: "start", more });
  let divided = unreadAfter === null;
  const add = (row: MessageRow) => {
    const last = rows.at(-1);
    if (last?.kind !== "replies" && (last?.kind !== "message" || dayNumber(last.at) !== dayNumber(row.at))) {
      rows.push({ kind: "day", key: `d/${dayNumber(row.at)}/${row.seq ?? "p"}`, at: row.at });
    }
    if (!divided && row.seq !== null && row.seq > (unreadAfter ?? 0) && !row.own && !row.message?.deleted) {
      divided = true;
      rows.push({ kind: "unread", key: "unread" });
    }
    const first = isFirst(row, rows.at(-1));
    const placed = row.first === first ? row : { ...row, first };
    if (row.message) built.set(row.message, placed);
    rows.push(placed);
  };
  for (const message of range?.messages ?? []) if (message.seq !== thread) add(ofMessage(conversation, message, me));
  const waiting = isLive(conversation, shown) ? pending.filter((one) => belongs(one, thread)) : [];
  const there = new Set(waiting.length ? rows.map((row) => row.key) : []);
  for (const row of waiting.map((one) => ofPending(one, me))) if (!there.has(row.key)) add(row);
  return rows;
}

/**
 * How many messages of others wait below: what the list says is unread. An open channel that one only looks at has no such number: there
 * what is above the seq that was last seen, and as much as is not loaded.
 */
export function countNew(conversation: Conversation, rows: Row[], seen: number, thread: number | null = null): number {
  const { summary, cursor } = conversation;
  if (summary.joined) return markerOf(conversation, thread).unread;
  const loaded = rows.filter((row) => row.kind === "message" && !row.own && (row.seq ?? 0) > seen).length;
  return loaded + Math.max(0, cursor - Math.max(seen, rangesOf(conversation, thread).at(-1)?.last ?? cursor));
}

/** Where the person stands in a timeline: a thread without unread replies, or that one does not follow, is read to its end. */
export function markerOf({ summary }: Conversation, thread: number | null): { read: number; unread: number } {
  if (thread === null) return summary;
  return summary.threads.find((one) => one.root === thread) ?? { read: Number.MAX_SAFE_INTEGER, unread: 0 };
}

/** The seq of the newest message that the hub has. */
export function newestSeq(rows: Row[]): number {
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index];
    if (row?.kind === "message" && row.seq !== null) return row.seq;
  }
  return 0;
}
