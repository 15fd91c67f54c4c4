/**
 * Single messages that views asked for beside what is loaded: quoted, pinned, saved ones, and roots of threads. Pure, part of the reducer; same
 * as asides.py. They follow the same events as loaded messages do, so a quote of a message that is deleted becomes a tombstone.
 */

import type { AnyDurable, Found, Message } from "../protocol/messages.gen";
import { ASIDES } from "../protocol/tables.gen";
import { changed } from "./changes";
import { fixed, holds } from "./ranges";
import type { Conversation } from "./state";

/**
 * Keep single messages of the same epoch; of those that were asked for and are not there, that they are not. Where an event has come that the
 * answer does not know, nobody can say so: that seq is still missing.
 */
export function addFound(conversation: Conversation, found: Found, asked: number[]): void {
  const asides = new Map(conversation.asides);
  // The one that was asked for last is at the end; the one that was asked for longest ago goes where there are too many.
  const put = (seq: number, message: Message | null) => {
    asides.delete(seq);
    asides.set(seq, message);
    const [oldest] = asides.keys();
    if (asides.size > ASIDES && oldest !== undefined) asides.delete(oldest);
  };
  const isSaid = (seq: number) => seq <= found.as_of || seq > conversation.cursor;
  for (const seq of asked.filter(isSaid)) put(seq, asides.get(seq) ?? null);
  for (const message of found.messages.map((one) => fixed(one, found.fixups))) {
    const known = asides.get(message.seq);
    put(message.seq, known && known.v > message.v ? known : message);
  }
  conversation.asides = asides;
}

/** Change one as an event leaves it, if it is here. */
export function touch(conversation: Conversation, seq: number, event: AnyDurable): void {
  const known = conversation.asides.get(seq);
  if (known) conversation.asides = new Map(conversation.asides).set(seq, changed(known, event));
}

/** A message was written: if somebody has asked for it too early, it is there now. */
export function begin(conversation: Conversation, message: Message): void {
  if (conversation.asides.has(message.seq)) {
    conversation.asides = new Map(conversation.asides).set(message.seq, message);
  }
}

/** Those of these messages that are nowhere loaded, and have not been looked up. */
export function missing(conversation: Conversation, seqs: number[]): number[] {
  const loaded = [conversation.ranges, ...conversation.threads.values()].flat();
  return seqs.filter((seq) => !conversation.asides.has(seq) && !holds(loaded, seq));
}
