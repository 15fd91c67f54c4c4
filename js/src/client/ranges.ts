/**
 * Which messages of a timeline are loaded: a list of ranges without holes, at most CLIENT_MESSAGES in all. Pure, part of the reducer; same
 * rules as ranges.py: a timeline is the conversation's own, or one thread; ranges ascend and never overlap or touch; messages ascend by
 * `seq`; a message is replaced only by one with a higher `v`. What changes is replaced and returned, so that views can compare by identity.
 */

import type { AnyDurable, History, Message, Page } from "../protocol/messages.gen";
import { CLIENT_MESSAGES, PAGE_MESSAGES } from "../protocol/tables.gen";
import { changed, followed, spaced } from "./changes";
import type { Range } from "./state";

/** The range that the next event extends, or null if the loaded messages do not reach the cursor. */
export function live(ranges: Range[], cursor: number): Range | null {
  const newest = ranges.at(-1);
  return newest?.last === cursor ? newest : null;
}

/**
 * The cursor moves to the next seq (`cursor`: as it was before): the live range grows with it, and drops its oldest message when all is full.
 * Somebody may look at an older range meanwhile: it gives only where the live one is down to a page. `message` is what the event adds to
 * this timeline, if anything; `notice` is the event itself, where it is shown by itself.
 */
export function extend(
  ranges: Range[],
  cursor: number,
  message: Message | null,
  notice: AnyDurable | null = null,
): Range[] {
  const newest = live(ranges, cursor);
  if (newest === null) return ranges;
  const grown = { ...newest, last: cursor + 1, messages: message ? [...newest.messages, message] : newest.messages };
  if (notice) grown.notices = followed(newest.notices, notice, newest.messages.at(-1)?.seq ?? 0);
  const all = [...ranges.slice(0, -1), grown];
  const [oldest = grown] = all;
  return excessOf(all) > 0 ? dropOldest(all, grown.messages.length > PAGE_MESSAGES ? grown : oldest, 1) : all;
}

/** Change a message as an event leaves it, if it is loaded here. */
export function touch(ranges: Range[], seq: number, event: AnyDurable): Range[] {
  if (!holds(ranges, seq)) return ranges;
  const fix = (message: Message) => (message.seq === seq ? changed(message, event) : message);
  return ranges.map((one) => (holds([one], seq) ? { ...one, messages: one.messages.map(fix) } : one));
}

/** Whether this message is loaded here. */
export function holds(ranges: Range[], seq: number): boolean {
  return ranges.some((one) => one.first <= seq && seq <= one.last && one.messages.some((each) => each.seq === seq));
}

/**
 * Put a loaded page among the ranges and join those that now touch. With `keepOld` (somebody pages up) newer messages make room, else older
 * ones do; see `trim`.
 */
function merge(ranges: Range[], added: Range, keepOld: boolean): Range[] {
  const isApart = (one: Range) => one.last + 1 < added.first || added.last + 1 < one.first;
  const joined = join([...ranges.filter((one) => !isApart(one)), added]);
  const all = [...ranges.filter(isApart), joined].sort((a, b) => a.first - b.first);
  return trim(all, joined, keepOld);
}

function join(parts: Range[]): Range {
  const first = Math.min(...parts.map((one) => one.first));
  const messages = newestVersions(parts.flatMap((one) => one.messages));
  return {
    first,
    last: Math.max(...parts.map((one) => one.last)),
    messages,
    notices: spaced(newestVersions(parts.flatMap((one) => one.notices)), messages),
    has_before: parts.filter((one) => one.first === first).every((one) => one.has_before),
  };
}

/** Each once, ascending; what has no version, as it came first. */
function newestVersions<T extends { seq: number; v?: number }>(all: T[]): T[] {
  const best = new Map<number, T>();
  for (const one of all) {
    const known = best.get(one.seq);
    if (!known || (one.v ?? 0) > (known.v ?? 0)) best.set(one.seq, one);
  }
  return [...best.values()].sort((a, b) => a.seq - b.seq);
}

/**
 * Drop what is too much, last of all what somebody looks at now. First go the ranges of earlier jumps. Then the newest range gives its oldest
 * messages, so that it stays live; only where it is looked at itself, or has no more to give, what is looked at is cut, at one of its ends.
 */
function trim(all: Range[], lookedAt: Range, keepOld: boolean): Range[] {
  let ranges = all;
  for (let excess = excessOf(ranges); excess > 0; excess = excessOf(ranges)) {
    const spare = ranges.find((one) => one !== lookedAt);
    if (!spare && keepOld) return [withoutNewest(lookedAt, excess)];
    ranges = dropOldest(ranges, spare ?? lookedAt, excess);
  }
  return ranges;
}

function excessOf(ranges: Range[]): number {
  return ranges.reduce((sum, one) => sum + one.messages.length, 0) - CLIENT_MESSAGES;
}

function withoutNewest(range: Range, cut: number): Range {
  const messages = range.messages.slice(0, -cut);
  const dropped = range.messages[messages.length] as Message;
  return bounded({ ...range, last: dropped.seq - 1, messages });
}

/** Without what happened beyond its ends. */
function bounded(range: Range): Range {
  const { first, last, notices } = range;
  return { ...range, notices: notices.filter(({ seq }) => first <= seq && seq <= last) };
}

/** Drop so many messages at the beginning of a range, or the whole range where it has no more. */
function dropOldest(ranges: Range[], within: Range, count: number): Range[] {
  const messages = within.messages.slice(count);
  if (messages.length === 0) return ranges.filter((one) => one !== within);
  const dropped = within.messages[count - 1] as Message;
  const rest = bounded({ ...within, first: dropped.seq + 1, has_before: true, messages });
  return ranges.map((one) => (one === within ? rest : one));
}

/** Put a page of the same epoch among the ranges, with its fixups; `asked` is the command that it answers. Null if nothing of it is of use. */
export function addPage(ranges: Range[], cursor: number, page: Page, asked: History | null): Range[] | null {
  // What is above the cursor comes as events too, and then once.
  const messages = page.messages.filter((one) => one.seq <= cursor).map((one) => fixed(one, page.fixups));
  const bounds = boundsOf(page, messages, asked);
  const last = Math.min(bounds.last, cursor);
  if (bounds.first > last) return null;
  const { has_before, notices } = page;
  const added = bounded({ first: bounds.first, last, messages, has_before, notices });
  return merge(ranges, added, typeof asked?.before === "number");
}

/** The seqs that a page covers; other events may lie between the asked bound and the nearest message. */
function boundsOf(page: Page, messages: Message[], asked: History | null): { first: number; last: number } {
  let first = messages[0]?.seq ?? page.as_of + 1;
  let last = messages.at(-1)?.seq ?? 0;
  if (typeof asked?.before === "number") {
    first = Math.min(first, asked.before);
    last = asked.before - 1;
  } else if (!page.has_after) last = page.as_of;
  if (typeof asked?.after === "number") first = asked.after + 1;
  if (!page.has_before) first = 1;
  return { first, last };
}

/** A message as the events leave it that came after it was read. */
export function fixed(message: Message, fixups: AnyDurable[]): Message {
  return fixups.reduce(changed, message);
}
