/** Changing what the person wants of a conversation or of somebody: own rows, shown at once and told to the hub when it is there. */

import type { Chat } from "../client/chat";
import type { Prefs, Summary } from "../protocol/messages.gen";
import { prefsOf, sectionsOf } from "./prefs";

const HOUR_MS = 3_600_000;
/** "Until tomorrow" ends when a working day begins, o'clock. */
const MORNING = 8;

export function setPrefs(chat: Chat, id: string, change: Partial<Prefs>): void {
  chat.setOwn(`prefs:${id}`, { ...prefsOf(chat, id), ...change });
}

export function block(chat: Chat, user: string, on: boolean): void {
  chat.setOwn(`block:${user}`, on ? Date.now() + chat.offset.peek() : null);
}

export type MuteTime = "hour" | "tomorrow" | "ever";

/** `Prefs.mute_until` for a choice; `now` is the hub's clock, ms. */
export function muteUntil(time: MuteTime, now: number): number {
  if (time === "ever") return 0;
  if (time === "hour") return now + HOUR_MS;
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, MORNING).getTime();
}

const starred = (chat: Chat): Summary[] => sectionsOf(chat, chat.conversations.peek()).starred;

/** Star it, behind the others that are; or no more. */
export function star(chat: Chat, id: string, on: boolean): void {
  setPrefs(chat, id, { star: on, order: on ? starred(chat).length : null });
  renumber(chat, starred(chat));
}

/** Whether a starred one can go up (-1) or down (1). */
export function canMove(chat: Chat, id: string, by: -1 | 1): boolean {
  const rows = starred(chat);
  const at = rows.findIndex((row) => row.id === id);
  return at >= 0 && rows[at + by] !== undefined;
}

/** Move a starred one up (-1) or down (1). */
export function move(chat: Chat, id: string, by: -1 | 1): void {
  const rows = starred(chat);
  const at = rows.findIndex((row) => row.id === id);
  const [one, other] = [rows[at], rows[at + by]];
  if (!one || !other) return;
  rows[at] = other;
  rows[at + by] = one;
  renumber(chat, rows);
}

/** Every place is written down, because those that were starred on another device at the same time may share one. */
function renumber(chat: Chat, rows: Summary[]): void {
  rows.forEach((row, order) => {
    if (prefsOf(chat, row.id).order !== order) setPrefs(chat, row.id, { order });
  });
}

/** Everything in it counts as read, its threads too. */
export function markRead(chat: Chat, { id, last_seq, threads }: Summary): void {
  chat.read(id, last_seq);
  for (const { root } of threads) chat.read(id, last_seq, root);
}
