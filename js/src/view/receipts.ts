/** Receipts to ticks: how far the others are with one of one's own messages. Pure. */

import type { Conversation } from "../client/state";
import type { MessageRow } from "./rows";

export type TickKind = "waiting" | "sending" | "failed" | "sent" | "delivered" | "seen" | "read";

export interface Tick {
  kind: TickKind;
  /** How many others have it (delivered) or have read it (seen, read). */
  n: number;
  of: number;
}

/**
 * What an own message shows. One tick above the limit of receipts and in open channels, else two as soon as some other person has
 * it, filled when all others have read it; in between (`seen`) the words say who has.
 */
export function tickOf(row: MessageRow, conversation: Conversation, me: string): Tick {
  if (row.pending) return { kind: row.pending.status, n: 0, of: 0 };
  if (!conversation.receipts) return { kind: "sent", n: 0, of: 0 };
  const seq = row.seq ?? 0;
  let delivered = 0;
  let read = 0;
  let of = 0;
  for (const mark of conversation.marks.values()) {
    if (mark.user === me) continue;
    of += 1;
    if (mark.delivered >= seq || mark.read >= seq) delivered += 1;
    if (mark.read >= seq) read += 1;
  }
  if (read) return { kind: read === of ? "read" : "seen", n: read, of };
  return delivered ? { kind: "delivered", n: delivered, of } : { kind: "sent", n: 0, of };
}

/** User ids of the others who have read up to a seq. */
export function readers(conversation: Conversation, seq: number, me: string): string[] {
  return [...conversation.marks.values()]
    .filter((mark) => mark.user !== me && mark.read >= seq)
    .map((mark) => mark.user);
}
