/**
 * Times as people read them: the clock, the day, and the short form of the list. All by Intl: what has words in the language of the view,
 * what is only figures as the browser has them.
 */

import { intl, S } from "./strings";

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = { weekday: "long", day: "numeric", month: "long" };
const FAR_DAY = { day: "numeric", month: "long", year: "numeric" };
const shortFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "numeric" });
const farShortFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "numeric", year: "2-digit" });

/** A time that there is: of others, which only a hub that is broken names, the formats throw. */
const real = (at: number): number => (Math.abs(at) <= 864e13 ? at : 0);

/** The day that was asked for last: a timeline asks for a thousand times of few days. */
let day = { from: 0, to: 0, number: 0 };

/** A number that is the same for all times of one local day, and one more on the next day. */
export function dayNumber(time: number): number {
  const at = real(time);
  if (at < day.from || at >= day.to) {
    const date = new Date(at);
    const [y, m, d] = [date.getFullYear(), date.getMonth(), date.getDate()] as const;
    const number = Math.round(Date.UTC(y, m, d) / 86_400_000);
    day = { from: +new Date(y, m, d), to: +new Date(y, m, d + 1), number };
  }
  return day.number;
}

/** "10:30" */
export const clock = (at: number): string => clockFormat.format(real(at));

const sameYear = (at: number, now: number): boolean => new Date(at).getFullYear() === new Date(now).getFullYear();

/** "Today", "Yesterday", "Monday, 2 May", "2 May 2024" */
export function dayLabel(at: number, now: number): string {
  const ago = dayNumber(now) - dayNumber(at);
  if (ago === 0) return S.today;
  if (ago === 1) return S.yesterday;
  return intl(Intl.DateTimeFormat, sameYear(at, now) ? DAY : FAR_DAY).format(real(at));
}

/** "10:30" today, "Yesterday", else "2/5", with the year where it is another one. */
export function shortTime(at: number, now: number): string {
  const ago = dayNumber(now) - dayNumber(at);
  if (ago <= 0) return clock(at);
  if (ago === 1) return S.yesterday;
  return (sameYear(at, now) ? shortFormat : farShortFormat).format(real(at));
}

/** "10:30" today, else "Yesterday at 10:30": the whole time, for tooltips and screen readers. */
export function fullTime(at: number, now: number): string {
  return dayNumber(at) === dayNumber(now) ? clock(at) : S.at(dayLabel(at, now), clock(at));
}

/** Steps of "5 minutes ago": up to how many ms which unit, in ms. */
const STEPS: [unit: Intl.RelativeTimeFormatUnit, ms: number, below: number][] = [
  ["minute", 60_000, 3_600_000],
  ["hour", 3_600_000, 86_400_000],
  ["day", 86_400_000, 7 * 86_400_000],
];

/** "5 minutes ago", "3 hours ago", "yesterday"; above a week the date. */
export function ago(at: number, now: number): string {
  const passed = Math.max(now - at, 0);
  const step = STEPS.find(([, , below]) => passed < below);
  if (!step) return dayLabel(at, now);
  return intl(Intl.RelativeTimeFormat, { numeric: "auto" }).format(-Math.floor(passed / step[1]), step[0]);
}
