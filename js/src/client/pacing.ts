/**
 * How often a link says what may be said seldom: typing, read markers and acknowledgements. Pure, part of the link: both classes keep
 * what is to be said and when, and say nothing themselves. Same as pacing.py.
 */

import type { AnyCommand } from "../protocol/messages.gen";
import { RECEIPTS_EVERY, TYPING_EVERY, TYPING_IDLE } from "../protocol/tables.gen";

/** A conversation, or the thread with this root in it: `id` or `id/root`, as in the keys of own state. */
export type Place = string;

export function placeOf(conversation: string, thread: number | null | undefined): Place {
  return typeof thread === "number" ? `${conversation}/${thread}` : conversation;
}

export function partsOf(place: Place): [conversation: string, thread: number | null] {
  const [conversation = "", root] = place.split("/");
  return [conversation, root === undefined ? null : Number(root)];
}

/** What the hub was told about one's own typing, in each place. */
export class Typist {
  readonly #strokes = new Map<string, { said: number; idle: number }>();

  /** A key was struck. Returns whether "typing" is to be said: at most every TYPING_EVERY. */
  key(place: Place, now: number): boolean {
    const stroke = this.#strokes.get(place);
    if (stroke !== undefined && now - stroke.said < TYPING_EVERY) {
      stroke.idle = now + TYPING_IDLE;
      return false;
    }
    this.#strokes.set(place, { said: now, idle: now + TYPING_IDLE });
    return true;
  }

  /** Forget it, because it stopped or was posted. Returns whether "typing" had been said. */
  stop(place: Place): boolean {
    return this.#strokes.delete(place);
  }

  /** Forget and return the places in which no key was struck for TYPING_IDLE. */
  idle(now: number): Place[] {
    const quiet = [...this.#strokes].filter(([, stroke]) => stroke.idle <= now).map(([place]) => place);
    for (const place of quiet) this.#strokes.delete(place);
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
  reads = new Map<Place, number>();
  acks = new Map<string, number>();
  /** Markers that the hub was told on this connection, and has not said back yet. */
  readonly #told = new Map<Place, number>();
  #next = Number.NEGATIVE_INFINITY;

  /** Have a read marker told; only the highest counts. */
  read(place: Place, seq: number): void {
    this.reads.set(place, Math.max(seq, this.reads.get(place) ?? 0));
  }

  /** Have it told that all up to seq has come here. */
  ack(conversation: string, seq: number): void {
    this.acks.set(conversation, Math.max(seq, this.acks.get(conversation) ?? 0));
  }

  /** Have told once more what was in flight when the connection broke, or what the hub could not store. */
  again(command: AnyCommand): void {
    if (command.t === "read") this.read(placeOf(command.conversation, command.thread), command.seq);
    if (command.t === "ack") for (const [id, seq] of Object.entries(command.cursors)) this.ack(id, seq);
  }

  /** What is to be told now; empty when it is too early, unless in a hurry. */
  take(now: number, hurry: boolean): { reads: Map<string, number>; acks: Map<string, number> } {
    const told = { reads: new Map<string, number>(), acks: new Map<string, number>() };
    if ((now < this.#next && !hurry) || this.due() === null) return told;
    const { reads, acks } = this;
    for (const [place, seq] of reads) this.#told.set(place, seq);
    this.reads = told.reads;
    this.acks = told.acks;
    this.#next = now + RECEIPTS_EVERY;
    return { reads, acks };
  }

  due(): number | null {
    return this.reads.size + this.acks.size > 0 ? this.#next : null;
  }

  /** The markers of which the hub may not know yet. */
  ahead(): [place: Place, seq: number][] {
    return [...this.#told, ...this.reads];
  }

  /** The hub has said where a marker stands. */
  heard(place: Place, seq: number): void {
    for (const known of [this.#told, this.reads])
      if ((known.get(place) ?? Number.POSITIVE_INFINITY) <= seq) known.delete(place);
  }

  /** The hub has stored this marker: what it says of it from now on is newer, also where it is lower. */
  taken(place: Place, seq: number): void {
    if (this.#told.get(place) === seq) this.#told.delete(place);
  }

  /** The hub was told after these that the marker goes back: what it says from now on holds, whichever of the two it has stored. */
  back(place: Place): void {
    this.#told.delete(place);
  }

  /** The connection is gone: what was told on it counts for nothing, and what was in flight is told `again`. */
  lost(): void {
    this.#told.clear();
  }

  /** Nothing is to be told of this conversation any more. */
  forget(conversation: string): void {
    for (const known of [this.#told, this.reads])
      for (const place of known.keys()) if (partsOf(place)[0] === conversation) known.delete(place);
    this.acks.delete(conversation);
  }
}
