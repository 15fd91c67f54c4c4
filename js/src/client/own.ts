/**
 * A person's own state: rows that the hub keeps for all their devices, and the markers and counts that follow. Pure, part of the reducer; same
 * as own.py. Of each row the newest version holds; what is set here is shown at once, with the version that is known, so that the hub's
 * own row replaces it.
 */

import type { Own, OwnRow } from "../protocol/messages.gen";
import * as counts from "./counts";
import { live } from "./ranges";
import type { Conversation, State, Touched } from "./state";

/** Take rows that have changed. */
export function apply(state: State, item: Own): Touched {
  // If one is missing, resuming from the old version brings it.
  if (item.uv <= state.uv + item.rows.length) state.uv = Math.max(state.uv, item.uv);
  return take(state, item.rows, new Set());
}

/**
 * Take rows that are no older; those about conversations that are `counted` stand in fresh summaries already. The same version again is
 * told after the answer to `read` (hub/own.py), with counts as of then.
 */
export function take(state: State, rows: OwnRow[], counted: Set<string>): Touched {
  const touched: Touched = new Set();
  for (const row of rows) {
    if (row.v < (state.own.get(row.key)?.v ?? 0)) continue;
    state.own.set(row.key, row);
    touched.add("own");
    for (const one of marker(state, row, counted)) touched.add(one);
  }
  return touched;
}

function marker(state: State, { key, value, unread, mentions }: OwnRow, counted: Set<string>): Touched {
  const [, kind, id = "", root] = /^(read|thread):([^/]*)\/?(.*)$/.exec(key) ?? [];
  const conversation = state.conversations.get(id);
  if (conversation === undefined || counted.has(id) || typeof value !== "number") return new Set();
  if (kind === "read") return mark(state, conversation, value, unread, mentions);
  return markThread(conversation, Number(root), value, unread ?? 0);
}

/** Show at once what is set here. */
export function setOwn(state: State, key: string, value: OwnRow["value"]): Touched {
  const known = state.own.get(key);
  if (known && JSON.stringify(known.value) === JSON.stringify(value)) return new Set();
  state.own.set(key, { key, value, v: known?.v ?? 0, unread: null, mentions: null });
  return new Set(["own"]);
}

/** Raise the own read marker before the hub confirms it; nothing for conversations that one only looks at. */
export function markRead(state: State, id: string, seq: number): Touched {
  const conversation = state.conversations.get(id);
  if (!conversation?.summary.joined || seq <= conversation.summary.read) return new Set();
  const none = seq >= conversation.summary.last_seq ? 0 : null;
  return mark(state, conversation, seq, none, none);
}

/** The same for a thread; nothing where nothing of it is unread. */
export function markThreadRead(state: State, id: string, root: number, seq: number): Touched {
  const conversation = state.conversations.get(id);
  const entry = conversation && counts.thread(conversation.summary, root);
  if (!entry || seq <= entry.read) return new Set();
  const { threads, cursor, summary } = conversation;
  const newest = live(threads.get(root) ?? [], cursor);
  let unread = seq >= summary.last_seq ? 0 : entry.unread;
  if (newest && newest.first <= seq + 1 && cursor >= summary.last_seq) {
    const replies = newest.messages.filter((one) => one.seq !== root);
    unread = counts.counted(replies, seq, cursor, state.me?.id).unread ?? unread;
  }
  return markThread(conversation, root, seq, unread);
}

/** Set the marker; where the loaded messages reach down to it they are counted: events may have come since. */
function mark(
  state: State,
  conversation: Conversation,
  read: number,
  unread: number | null,
  mentions: number | null,
): Touched {
  const { ranges, cursor, summary } = conversation;
  const newest = live(ranges, cursor);
  const isHere = newest && newest.first <= read + 1 && cursor >= summary.last_seq && summary.joined;
  const found = isHere ? counts.counted(newest.messages, read, cursor, state.me?.id) : null;
  const count = found?.unread ?? unread ?? summary.unread;
  const named = found?.mentions ?? mentions ?? Math.min(summary.mentions, count);
  conversation.summary = { ...summary, read, unread: count, mentions: named };
  return new Set(["list", summary.id]);
}

/** Set the marker in a thread; a negative one says that the person has left it. */
function markThread(conversation: Conversation, root: number, read: number, unread: number): Touched {
  const entry = { root, read, unread: read >= 0 ? unread : 0 };
  conversation.summary = counts.withThread(conversation.summary, entry);
  return new Set(["list", conversation.summary.id]);
}
