/**
 * What a durable event does to a message, and which are lines of their own: the one place in TypeScript. Pure; twin of src/nbchat/protocol/changes.py, held to it by the shared
 * vectors. Applying is idempotent: an event at or below a message's `v` changes nothing. A new kind of event that changes messages is a case
 * in `touched` and one in `changed`.
 */

import type { AnyDurable, Deleted, Message, Posted, Reacted, Reaction, Replies } from "../protocol/messages.gen";
import { FOLLOWERS, NOTICED, NOTICES } from "../protocol/tables.gen";
import type { Unknown } from "./codec";

/** The message that an event begins. */
export function messageOf(event: Posted): Message {
  const { t: _, conversation: _in, name: _name, followers: _who, ...message } = event;
  const rest = { edited_at: null, deleted: null, reactions: [], pinned: null, replies: null };
  return { ...message, ...rest, v: event.seq };
}

/** The seqs of the earlier messages that the event changes: its object, and the root of the thread. */
export function touched(event: AnyDurable): number[] {
  switch (event.t) {
    case "posted":
      return event.thread === null ? [] : [event.thread];
    case "deleted":
      return event.thread === null ? [event.message] : [event.message, event.thread];
    case "edited":
    case "reacted":
    case "pinned":
      return [event.message];
    default:
      return [];
  }
}

/** A message as an event leaves it; the same one where the event is none of its business, or is known. */
export function changed(message: Message, event: AnyDurable): Message {
  if (event.seq <= message.v || !touched(event).includes(message.seq)) return message;
  return { ...message, ...fields(message, event), v: event.seq };
}

/** The fields of a message that an event which touches it sets. */
function fields(message: Message, event: AnyDurable): Partial<Message> {
  switch (event.t) {
    case "posted":
      return { replies: replied(message.replies, event) };
    case "edited":
      return { text: event.text, mentions: event.mentions, ...(event.grown ? {} : { edited_at: event.at }) };
    case "deleted":
      return event.message === message.seq
        ? { text: "", mentions: [], forwarded: null, reactions: [], pinned: null, deleted: event.author }
        : { replies: message.replies && { ...message.replies, count: Math.max(0, message.replies.count - 1) } };
    case "reacted":
      return { reactions: reacted(message.reactions, event) };
    case "pinned":
      return { pinned: event.on ? event.author : null };
    default:
      throw new TypeError(`${event.t} touches a message, and nothing says how`);
  }
}

function replied(replies: Replies | null, { author, seq, at }: Posted): Replies {
  const known = replies?.users ?? [];
  const users = known.includes(author) || known.length >= FOLLOWERS ? known : [...known, author];
  return { count: (replies?.count ?? 0) + 1, last_seq: seq, last_at: at, users };
}

function reacted(reactions: Reaction[], { emoji, author, on }: Reacted): Reaction[] {
  const found = reactions.find((one) => one.emoji === emoji);
  if (found === undefined) return on ? [...reactions, { emoji, users: [author] }] : reactions;
  const others = found.users.filter((user) => user !== author);
  const users = on ? [...others, author] : others;
  return reactions.map((one) => (one === found ? { emoji, users } : one)).filter((one) => one.users.length > 0);
}

/** Whether people see the event as a line of its own between the messages of the conversation. */
export function noticed(event: AnyDurable | Unknown): event is AnyDurable {
  return NOTICED.some((kind) => kind === event.t) && (event.t !== "pinned" || event.on);
}

/**
 * Those that are kept, of notices and messages that ascend by seq: between two messages the newest NOTICES. So it does not matter in which
 * pieces they came.
 */
export function spaced(notices: AnyDurable[], messages: Message[]): AnyDurable[] {
  // Where the message stands that comes next; both lists are walked once.
  let place = 0;
  const gaps = notices.map(({ seq }) => {
    while ((messages[place]?.seq ?? seq) < seq) place += 1;
    return place;
  });
  // The one that would be too many before it stands in another gap.
  return notices.filter((_, index) => gaps[index] !== gaps[index + NOTICES]);
}

/** The same where one more happens behind the last message, whose seq is `last`: of the others only the oldest there can be too many. */
export function followed(notices: AnyDurable[], next: AnyDurable, last: number): AnyDurable[] {
  const over = notices.at(-NOTICES);
  return [...(over && over.seq > last ? notices.filter((one) => one !== over) : notices), next];
}

/** Whether it stands in the conversation's own timeline, and not only in a thread. */
export function inConversation(message: Message | Posted | Deleted): boolean {
  return message.thread === null || message.also;
}

/** Whether these mentions mean this person. */
export function mentioned(users: string[], me: string | undefined): boolean {
  return me !== undefined && (users.includes(me) || users.includes("@all"));
}
