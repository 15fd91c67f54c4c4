/**
 * Which messages of a conversation are loaded: a list of ranges without holes, at most CLIENT_MESSAGES in all. Pure, part of the
 * reducer; same rules as ranges.py: ranges ascend and never overlap or touch; messages ascend by `seq`; a message is replaced
 * only by one with a higher `v`. Arrays that change are replaced, so that views can compare by identity.
 */

import type { AnyDurable, History, Message, Page } from "../protocol/messages.gen";
import { CLIENT_MESSAGES } from "../protocol/tables.gen";
import type { Conversation, Range } from "./state";

/** The range that the next event extends, or null if the loaded messages do not reach the cursor. */
export function live(conversation: Conversation): Range | null {
  const newest = conversation.ranges.at(-1);
  return newest?.last === conversation.cursor ? newest : null;
}

/** Move the cursor to the next seq; the live range grows with it and drops its oldest message when it is full. */
export function extend(conversation: Conversation, seq: number, message: Message | null): void {
  const newest = live(conversation);
  conversation.cursor = seq;
  if (newest === null) return;
  const grown = { ...newest, last: seq, messages: message ? [...newest.messages, message] : newest.messages };
  conversation.ranges = [...conversation.ranges.slice(0, -1), grown];
  if (message) trim(conversation, false);
}

/** Put a loaded range among the others and join those that now touch; with `keepOld` the newest messages make room. */
export function merge(conversation: Conversation, added: Range, keepOld: boolean): void {
  const isApart = (one: Range) => one.last + 1 < added.first || added.last + 1 < one.first;
  const apart = conversation.ranges.filter(isApart);
  const joined = join([...conversation.ranges.filter((one) => !isApart(one)), added]);
  conversation.ranges = [...apart, joined].sort((a, b) => a.first - b.first);
  trim(conversation, keepOld || joined !== conversation.ranges.at(-1));
}

function join(parts: Range[]): Range {
  const first = Math.min(...parts.map((one) => one.first));
  return {
    first,
    last: Math.max(...parts.map((one) => one.last)),
    messages: newestVersions(parts.flatMap((one) => one.messages)),
    has_before: parts.filter((one) => one.first === first).every((one) => one.has_before),
  };
}

function newestVersions(messages: Message[]): Message[] {
  const best = new Map<number, Message>();
  for (const message of messages) {
    const known = best.get(message.seq);
    if (known === undefined || message.v > known.v) best.set(message.seq, message);
  }
  return [...best.values()].sort((a, b) => a.seq - b.seq);
}

function trim(conversation: Conversation, keepOld: boolean): void {
  let excess = conversation.ranges.reduce((sum, one) => sum + one.messages.length, 0) - CLIENT_MESSAGES;
  const ranges = [...conversation.ranges];
  while (excess > 0) {
    const end = (keepOld ? ranges.pop() : ranges.shift()) as Range;
    const cut = Math.min(excess, end.messages.length);
    excess -= cut;
    if (cut === end.messages.length && ranges.length > 0) continue;
    if (keepOld) ranges.push(withoutNewest(end, cut));
    else ranges.unshift(withoutOldest(end, cut));
  }
  conversation.ranges = ranges;
}

function withoutNewest(range: Range, cut: number): Range {
  const kept = range.messages.slice(0, -cut);
  const dropped = range.messages[kept.length] as Message;
  return { ...range, last: dropped.seq - 1, messages: kept };
}

function withoutOldest(range: Range, cut: number): Range {
  const dropped = range.messages[cut - 1] as Message;
  return { ...range, first: dropped.seq + 1, has_before: true, messages: range.messages.slice(cut) };
}

/** Put a page of the same epoch among the ranges, with its fixups; `asked` is the command that it answers. False if of no use. */
export function addPage(conversation: Conversation, page: Page, asked: History | null): boolean {
  // What is above the cursor comes as events too, and then once.
  const messages = page.messages
    .filter((one) => one.seq <= conversation.cursor)
    .map((one) => page.fixups.reduce((message, event) => (event.seq > message.v ? fix(message, event) : message), one));
  const bounds = boundsOf(page, messages, asked);
  const last = Math.min(bounds.last, conversation.cursor);
  if (bounds.first > last) return false;
  const added = { first: bounds.first, last, messages, has_before: page.has_before };
  merge(conversation, added, typeof asked?.before === "number");
  return true;
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

/** An earlier message as an event leaves it. */
export function fix(message: Message, event: AnyDurable): Message {
  switch (event.t) {
    case "created":
    case "joined":
    case "left":
    case "posted":
      return message; // none of them changes an earlier message
  }
}
