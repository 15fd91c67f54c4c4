/**
 * How often a link says what may be said seldom: typing, read markers and acknowledgements. Pure, part of the link: both classes keep
 * what is to be said and when, and say nothing themselves. Same as pacing.py.
 */

import { RECEIPTS_EVERY, TYPING_EVERY, TYPING_IDLE } from "../protocol/tables.gen";

/** What the hub was told about one's own typing, per conversation. */
export class Typist {
  readonly #strokes = new Map<string, { said: number; idle: number }>();

  /** A key was struck. Returns whether "typing" is to be said: at most every TYPING_EVERY. */
  key(conversation: string, now: number): boolean {
    const stroke = this.#strokes.get(conversation);
    if (stroke !== undefined && now - stroke.said < TYPING_EVERY) {
      stroke.idle = now + TYPING_IDLE;
      return false;
    }
    this.#strokes.set(conversation, { said: now, idle: now + TYPING_IDLE });
    return true;
  }

  /** Forget it, because it stopped or was posted. Returns whether "typing" had been said. */
  stop(conversation: string): boolean {
    return this.#strokes.delete(conversation);
  }

  /** Forget and return the conversations in which no key was struck for TYPING_IDLE. */
  idle(now: number): string[] {
    const quiet = [...this.#strokes].filter(([, stroke]) => stroke.idle <= now).map(([conversation]) => conversation);
    for (const conversation of quiet) this.#strokes.delete(conversation);
    return quiet;
  }

  due(): number | null {
    const times = [...this.#strokes.values()].map((stroke) => stroke.idle);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /** The connection is gone, and with it what the hub was told. */
  clear(): void {
    this.#strokes.clear();
  }
}

/** Read markers and acknowledgements for the hub, at most every RECEIPTS_EVERY; they outlive a connection. */
export class Marks {
  reads = new Map<string, number>();
  acks = new Map<string, number>();
  #next = Number.NEGATIVE_INFINITY;

  /** Have a read marker told; only the highest counts. */
  read(conversation: string, seq: number): void {
    this.reads.set(conversation, Math.max(seq, this.reads.get(conversation) ?? 0));
  }

  /** Have it told that all up to seq has come here. */
  ack(conversation: string, seq: number): void {
    this.acks.set(conversation, Math.max(seq, this.acks.get(conversation) ?? 0));
  }

  /** What is to be told now; empty when it is too early. */
  take(now: number): { reads: Map<string, number>; acks: Map<string, number> } {
    const told = { reads: new Map<string, number>(), acks: new Map<string, number>() };
    if (now < this.#next || this.due() === null) return told;
    const { reads, acks } = this;
    this.reads = told.reads;
    this.acks = told.acks;
    this.#next = now + RECEIPTS_EVERY;
    return { reads, acks };
  }

  due(): number | null {
    return this.reads.size + this.acks.size > 0 ? this.#next : null;
  }

  /** Nothing is to be told of this conversation any more. */
  forget(conversation: string): void {
    this.reads.delete(conversation);
    this.acks.delete(conversation);
  }
}
