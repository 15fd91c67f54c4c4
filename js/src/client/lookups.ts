/**
 * Single messages that views want on the screen, asked for many at once: at most BATCH, one command a conversation. Pure, part of the link; same
 * as lookups.py. What is loaded or was looked up already is not asked for; what a snapshot forgets is wanted anew by the views that draw it.
 */

import { ASIDES } from "../protocol/tables.gen";
import { missing } from "./asides";
import type { Wire } from "./wire";

/** Messages that one `lookup` may name (protocol). */
const BATCH = 50;

export class Lookups {
  readonly #wanted = new Map<string, number[]>();
  readonly #flying = new Map<string, number[]>();

  constructor(private readonly wire: Wire) {}

  /** A view wants these; where more are wanted than are kept, the newest wishes count. */
  want(id: string, seqs: number[], now: number): void {
    const flying = this.#flying.get(id) ?? [];
    const wanted = new Set([...(this.#wanted.get(id) ?? []), ...seqs.filter((seq) => !flying.includes(seq))]);
    this.#wanted.set(id, [...wanted].slice(-ASIDES));
    this.pump(now);
  }

  /** Ask for what is wanted of conversations that are known, where nothing is asked already. */
  pump(now: number): void {
    if (!this.wire.life.live) return;
    for (const [id, seqs] of [...this.#wanted]) {
      const known = this.wire.state.conversations.get(id);
      if (!known || this.#flying.has(id)) continue;
      const wanted = missing(known, seqs);
      this.#wanted.delete(id);
      if (wanted.length === 0) continue;
      if (wanted.length > BATCH) this.#wanted.set(id, wanted.slice(BATCH));
      this.#flying.set(id, wanted.slice(0, BATCH));
      this.wire.ask({ t: "lookup", conversation: id, seqs: wanted.slice(0, BATCH) }, now);
    }
  }

  /** The hub has said what there is, or that it will not say. */
  answered(id: string): void {
    this.#flying.delete(id);
  }

  /** The connection is gone: what was asked for is wanted again. */
  lost(): void {
    for (const [id, seqs] of this.#flying)
      this.#wanted.set(id, [...new Set([...seqs, ...(this.#wanted.get(id) ?? [])])]);
    this.#flying.clear();
  }

  /** The conversation is not ours any more. */
  forget(id: string): void {
    this.#wanted.delete(id);
  }
}
