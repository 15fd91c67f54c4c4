/** Times as people read them: the clock, the day, and the short form of the list. All by Intl, in the browser's language. */

import { S } from "./strings";

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const farDayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const shortFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "numeric" });
const farShortFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "numeric", year: "2-digit" });

/** A number that is the same for all times of one local day, and one more on the next day. */
export function dayNumber(at: number): number {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

/** "10:30" */
export const clock = (at: number): string => clockFormat.format(at);

const sameYear = (at: number, now: number): boolean => new Date(at).getFullYear() === new Date(now).getFullYear();

/** "Today", "Yesterday", "Monday, 2 May", "2 May 2024" */
export function dayLabel(at: number, now: number): string {
  const ago = dayNumber(now) - dayNumber(at);
  if (ago === 0) return S.today;
  if (ago === 1) return S.yesterday;
  return (sameYear(at, now) ? dayFormat : farDayFormat).format(at);
}

/** "10:30" today, "Yesterday", else "2/5", with the year where it is another one. */
export function shortTime(at: number, now: number): string {
  const ago = dayNumber(now) - dayNumber(at);
  if (ago <= 0) return clock(at);
  if (ago === 1) return S.yesterday;
  return (sameYear(at, now) ? shortFormat : farShortFormat).format(at);
}

/** "10:30" today, else "Yesterday at 10:30": the whole time, for tooltips and screen readers. */
export function fullTime(at: number, now: number): string {
  return dayNumber(at) === dayNumber(now) ? clock(at) : S.at(dayLabel(at, now), clock(at));
}
