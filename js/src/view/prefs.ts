/**
 * What the person wants of conversations and of people, read out of the own rows that the hub keeps; and how a wish is changed. Reads
 * signals, so views follow another device. Tells nobody: nothing here is seen by others.
 */

import type { Chat } from "../client/chat";
import type { Prefs, Summary } from "../protocol/messages.gen";

/** What is on the screen is read before it would count, ms: a count that changes twice for each message costs more than the message. */
export const READ_WITHIN = 300;

const PLAIN: Prefs = { level: "all", mute_until: null, star: false, order: null };

export const prefsOf = (chat: Chat, id: string): Prefs =>
  (chat.own.value.get(`prefs:${id}`)?.value as Prefs | null | undefined) ?? PLAIN;

/** Whether nothing of it should draw the eye now; `now` is the hub's clock in ms. */
export const isQuiet = ({ level, mute_until }: Prefs, now: number): boolean =>
  level === "none" || mute_until === 0 || (mute_until ?? 0) > now;

/** How many unread messages of a row should draw the eye: none of a muted one, only mentions where the person wants no more. */
export function loud(chat: Chat, row: Summary, now: number): number {
  const prefs = prefsOf(chat, row.id);
  return isQuiet(prefs, now) ? 0 : prefs.level === "all" ? row.unread : row.mentions;
}

/** Whether the person blocks somebody: their messages in groups are folded, and they cannot write directly. */
export const isBlocked = (chat: Chat, user: string): boolean =>
  (chat.own.value.get(`block:${user}`)?.value ?? null) !== null;

export interface Sections {
  /** In the person's own order. */
  starred: Summary[];
  /** In the order of the list. */
  others: Summary[];
  archived: Summary[];
}

/** The list in its three parts. */
export function sectionsOf(chat: Chat, rows: Summary[]): Sections {
  const starred = rows.filter((row) => prefsOf(chat, row.id).star);
  const rest = rows.filter((row) => !starred.includes(row));
  const place = (row: Summary) => prefsOf(chat, row.id).order ?? Number.MAX_VALUE;
  return {
    starred: starred.sort((a, b) => place(a) - place(b)),
    others: rest.filter((row) => !row.settings.archived),
    archived: rest.filter((row) => row.settings.archived),
  };
}
