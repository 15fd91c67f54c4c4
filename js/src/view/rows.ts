/**
 * From what the client knows to the rows of a timeline: day lines, the unread divider, messages in runs, and last what is not
 * acknowledged yet. Pure: the same state gives the same rows, and a row keeps its key for as long as it means the same thing.
 */

import type { Pending } from "../client/chat";
import type { Conversation } from "../client/state";
import type { Message } from "../protocol/messages.gen";
import { dayNumber } from "./time";

/** Messages of one author that follow each other within this time share one name and avatar. */
export const RUN_MS = 5 * 60_000;

export interface MessageRow {
  kind: "message";
  /** Author and client key: the row of a pending message stays the same row when it is acknowledged. */
  key: string;
  /** null while it is pending. */
  seq: number | null;
  pending: Pending | null;
  author: string;
  at: number;
  text: string;
  via: Message["via"];
  own: boolean;
  /** First of its run: shows name, avatar and time. */
  first: boolean;
}

export type Row =
  | { kind: "start"; key: "start"; more: boolean }
  | { kind: "day"; key: string; at: number }
  | { kind: "unread"; key: "unread" }
  | MessageRow;

/** The loaded messages that reach up to now, oldest first. */
export function newestMessages(conversation: Conversation): Message[] {
  return conversation.ranges.at(-1)?.messages ?? [];
}

function ofMessage(message: Message, me: string): MessageRow {
  const { seq, author, at, text, via, key } = message;
  return {
    kind: "message",
    key: `m/${author}/${key}`,
    seq,
    pending: null,
    author,
    at,
    text,
    via,
    own: author === me,
    first: true,
  };
}

function ofPending(pending: Pending, me: string): MessageRow {
  const { key, at, text } = pending;
  return {
    kind: "message",
    key: `m/${me}/${key}`,
    seq: null,
    pending,
    author: me,
    at,
    text,
    via: "page",
    own: true,
    first: true,
  };
}

function isFirst(row: MessageRow, before: Row | undefined): boolean {
  if (before?.kind !== "message") return true;
  return before.author !== row.author || before.via !== row.via || row.at - before.at > RUN_MS;
}

/** Whether the loaded messages reach up to now; after much paging up the newest have made room (client/ranges.ts). */
export function isLive(conversation: Conversation): boolean {
  const newest = conversation.ranges.at(-1);
  return !newest || newest.last >= conversation.cursor;
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
): Row[] {
  const messages = newestMessages(conversation);
  const there = new Set<string>();
  const rows: Row[] = [{ kind: "start", key: "start", more: conversation.ranges.at(-1)?.has_before ?? false }];
  let divided = unreadAfter === null;
  const add = (row: MessageRow) => {
    const last = rows.at(-1);
    if (last?.kind !== "message" || dayNumber(last.at) !== dayNumber(row.at)) {
      rows.push({ kind: "day", key: `d/${dayNumber(row.at)}/${row.seq ?? "p"}`, at: row.at });
    }
    if (!divided && row.seq !== null && row.seq > (unreadAfter ?? 0) && !row.own) {
      divided = true;
      rows.push({ kind: "unread", key: "unread" });
    }
    row.first = isFirst(row, rows.at(-1));
    rows.push(row);
  };
  for (const message of messages) {
    const row = ofMessage(message, me);
    there.add(row.key);
    add(row);
  }
  for (const one of isLive(conversation) ? pending : []) {
    const row = ofPending(one, me);
    if (!there.has(row.key)) add(row);
  }
  return rows;
}

/**
 * How many messages of others wait below: what the list says is unread. An open channel that one only looks at has no such number: there
 * what is above the seq that was last seen, and as much as is not loaded.
 */
export function countNew({ summary, ranges, cursor }: Conversation, rows: Row[], seen: number): number {
  if (summary.joined) return summary.unread;
  const loaded = rows.filter((row) => row.kind === "message" && !row.own && (row.seq ?? 0) > seen).length;
  return loaded + Math.max(0, cursor - Math.max(seen, ranges.at(-1)?.last ?? cursor));
}

/** The seq of the newest message that the hub has. */
export function newestSeq(rows: Row[]): number {
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index];
    if (row?.kind === "message" && row.seq !== null) return row.seq;
  }
  return 0;
}
