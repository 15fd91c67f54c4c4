/**
 * What an event changes in a row of the list: preview, unread messages, mentions, unread threads. Pure functions of the row and the event, part
 * of the reducer, used only for events above the row's `last_seq`; same as counts.py. A count that has reached its cap stays there until the
 * hub tells another.
 */

import type { Deleted, Edited, Message, Posted, Summary, ThreadUnread } from "../protocol/messages.gen";
import { MENTIONS_CAP, PREVIEW_CHARS, THREADS_UNREAD, UNREAD_CAP } from "../protocol/tables.gen";
import { inConversation, mentioned } from "./changes";

/** The row after a message was written. */
export function posted(summary: Summary, event: Posted, me: string | undefined): Summary {
  let row = summary;
  if (inConversation(event)) {
    const { seq, author, name, at } = event;
    const text = short(event.text || (event.forwarded?.text ?? ""));
    row = { ...row, last: { seq, author, name, at, text, deleted: false } };
    if (row.joined && author !== me && seq > row.read) {
      const named = Number(mentioned(users(event), me));
      const mentions = Math.min(MENTIONS_CAP, row.mentions + named);
      row = { ...row, unread: Math.min(UNREAD_CAP, row.unread + 1), mentions };
    }
  }
  if (event.thread === null || me === undefined || !event.followers.includes(me)) return row;
  return replied(row, event, event.thread, me);
}

/** The row after a message was changed: its preview may be of that one. */
export function edited(row: Summary, event: Edited): Summary {
  return row.last?.seq === event.message ? { ...row, last: { ...row.last, text: short(event.text) } } : row;
}

/** The row after a message was deleted: it counts no more, and its text is gone. */
export function deleted(summary: Summary, event: Deleted, me: string | undefined): Summary {
  let row = summary;
  if (row.last?.seq === event.message) row = { ...row, last: { ...row.last, text: "", deleted: true } };
  if (event.writer === me) return row;
  if (row.joined && inConversation(event) && event.message > row.read) {
    const named = Number(mentioned(event.mentions, me));
    const mentions = less(row.mentions, MENTIONS_CAP, named);
    row = { ...row, unread: less(row.unread, UNREAD_CAP, 1), mentions };
  }
  const entry = thread(row, event.thread);
  if (!entry || me === undefined || !event.followers.includes(me) || event.message <= entry.read) return row;
  return withThread(row, { ...entry, unread: entry.unread - 1 });
}

/** What is unread of a thread, or undefined if nothing is. */
export function thread(row: Summary, root: number | null): ThreadUnread | undefined {
  return row.threads.find((one) => one.root === root);
}

/** The row with this entry in place of the one of the same thread; none where nothing is unread. */
export function withThread(row: Summary, entry: ThreadUnread): Summary {
  if (entry.unread <= 0) return { ...row, threads: row.threads.filter((one) => one.root !== entry.root) };
  if (!thread(row, entry.root)) return { ...row, threads: [...row.threads, entry].slice(-THREADS_UNREAD) };
  return { ...row, threads: row.threads.map((one) => (one.root === entry.root ? entry : one)) };
}

/** A reply in a thread that one takes part in; an own one means that all before it was read. */
function replied(row: Summary, { author, seq }: Posted, root: number, me: string): Summary {
  const entry = thread(row, root);
  const others = { ...row, threads: row.threads.filter((one) => one.root !== root) };
  if (author === me) return others;
  if (!entry) return withThread(others, { root, read: seq - 1, unread: 1 });
  // It moves to the end: the newest.
  return seq <= entry.read ? row : withThread(others, { ...entry, unread: entry.unread + 1 });
}

function short(text: string): string {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  return [...words.join(" ")].slice(0, PREVIEW_CHARS).join("");
}

const users = ({ mentions }: Posted | Message): string[] => mentions.map((one) => one.user);

const less = (count: number, cap: number, by: number): number => (count >= cap ? count : Math.max(0, count - by));

/**
 * What is unread among loaded messages that reach down to the marker: messages, and those that mention one. Null where that cannot be seen: a
 * page has brought a message as it is after events that are still to come and will be counted then; an edit has changed whom a message
 * names, and only what it named when it was written counts.
 */
export function counted(
  messages: Message[],
  read: number,
  cursor: number,
  me: string | undefined,
): { unread: number | null; mentions: number | null } {
  const above = messages.filter((one) => one.seq > read);
  if (above.some((one) => one.v > cursor)) return { unread: null, mentions: null };
  const all = above.filter((one) => one.author !== me && one.deleted === null);
  const named = all.filter((one) => mentioned(users(one), me)).length;
  const isSure = all.every((one) => one.edited_at === null);
  return { unread: Math.min(UNREAD_CAP, all.length), mentions: isSure ? Math.min(MENTIONS_CAP, named) : null };
}
