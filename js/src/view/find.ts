/** Finds single messages in what the client has loaded: ranges of the conversation and of its threads, and asides. Pure. */

import type { Conversation, Range } from "../client/state";
import type { Message } from "../protocol/messages.gen";

/** The ranges of one timeline: of a thread, or of the conversation itself. */
export function rangesOf(conversation: Conversation, thread: number | null): Range[] {
  return thread === null ? conversation.ranges : (conversation.threads.get(thread) ?? []);
}

/** The range that has this seq, if it is loaded. */
export function rangeAt(ranges: Range[], seq: number): Range | undefined {
  return ranges.find((one) => one.first <= seq && seq <= one.last);
}

function inRange({ messages }: Range, seq: number): Message | undefined {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const message = messages[middle] as Message;
    if (message.seq === seq) return message;
    if (message.seq < seq) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** A loaded message of one timeline. */
export function inTimeline(conversation: Conversation, thread: number | null, seq: number): Message | undefined {
  const range = rangeAt(rangesOf(conversation, thread), seq);
  return range && inRange(range, seq);
}

/** A message by its seq; null: the hub has none; undefined: it is not loaded (`Chat.want` asks for it). */
export function findMessage(conversation: Conversation, seq: number): Message | null | undefined {
  for (const thread of [null, ...conversation.threads.keys()]) {
    const found = inTimeline(conversation, thread, seq);
    if (found) return found;
  }
  return conversation.asides.get(seq);
}

/** The newest own message of a timeline that can still be edited. */
export function findLastOwn(conversation: Conversation, thread: number | null, me: string): Message | undefined {
  const messages = rangesOf(conversation, thread).at(-1)?.messages ?? [];
  return messages.findLast((one) => one.author === me && one.deleted === null);
}
