/**
 * Own state that is set here: shown at once, told to the hub when there is a connection, one command a row at a time. Pure, part of the link;
 * same as writes.py. While a row waits or is under way, what the hub says of it is kept back, so that an older value never shows for a
 * moment; when it is done the hub's newest word holds. A refusal brings back what was there. Drafts, which change with every key, are told
 * at most every DRAFT_EVERY.
 */

import type { OwnRow } from "../protocol/messages.gen";
import { DRAFT_EVERY } from "../protocol/tables.gen";
import { setOwn } from "./own";
import type { Wire } from "./wire";

type Value = OwnRow["value"];

const isDraft = (key: string): boolean => key.startsWith("draft:");

export class Writes {
  #waiting = new Map<string, Value>();
  #flying = new Map<string, Value>();
  /** What held before it was set here, for the case of a refusal. */
  readonly #before = new Map<string, OwnRow | undefined>();
  /** What the hub has said meanwhile. */
  readonly #heard = new Map<string, OwnRow>();
  readonly #shown = new Map<string, OwnRow>();
  /** Drafts that were under way when the connection broke, and were not set since. */
  readonly #unsure = new Set<string>();
  /** Drafts not before this time. */
  #drafts = Number.NEGATIVE_INFINITY;

  constructor(private readonly wire: Wire) {}

  /** Set a row; nothing is told where it has this value already. */
  put(key: string, value: Value, now: number): void {
    const { state } = this.wire;
    const before = state.own.get(key);
    const touched = setOwn(state, key, value);
    if (touched.size === 0) return;
    if (!this.#shown.has(key)) this.#before.set(key, before);
    this.#shown.set(key, state.own.get(key) as OwnRow);
    this.#unsure.delete(key);
    this.#waiting.delete(key);
    this.#waiting.set(key, value);
    this.wire.touch(touched);
    this.pump(now);
  }

  /** Tell what may be told now; with `hurry` drafts too. */
  pump(now: number, hurry = false): void {
    if (!this.wire.life.live) return;
    const isEarly = now < this.#drafts && !hurry;
    for (const [key, value] of [...this.#waiting]) {
      if (this.#flying.has(key) || (isEarly && isDraft(key))) continue;
      this.#waiting.delete(key);
      this.#unsure.delete(key);
      this.#flying.set(key, value);
      const heard = this.#heard.get(key);
      if (heard) this.#before.set(key, heard);
      this.#heard.delete(key);
      if (isDraft(key)) this.#drafts = now + DRAFT_EVERY;
      this.wire.ask({ t: "set_own", key, value }, now);
    }
  }

  /** When `pump` may have something next; other rows than drafts go as soon as they can. */
  due(): number | null {
    return [...this.#waiting.keys()].some((key) => isDraft(key) && !this.#flying.has(key)) ? this.#drafts : null;
  }

  /** Whether nothing of this row waits or is under way. */
  isTold(key: string): boolean {
    return !this.#shown.has(key);
  }

  /** Whether the hub was told this value, and has not answered. */
  isUnderWay(key: string, value: Value): boolean {
    return this.#flying.has(key) && this.#flying.get(key) === value;
  }

  /**
   * The hub has told rows: those that are set here stay as they are shown. A draft that may have arrived before the connection broke gives way
   * to a newer row: another device may have sent it since, and it must not come back.
   */
  holdBack(): void {
    const { own } = this.wire.state;
    for (const [key, shown] of this.#shown) {
      const row = own.get(key);
      if (row === shown || row === undefined) continue;
      if (this.#unsure.delete(key)) {
        for (const map of [this.#waiting, this.#heard, this.#before, this.#shown]) map.delete(key);
        continue;
      }
      const kept = { ...row, value: shown.value };
      this.#heard.set(key, row);
      this.#shown.set(key, kept);
      own.set(key, kept);
    }
  }

  /** The hub has it: from here on its newest word holds. */
  done(key: string): void {
    this.#landed(key, this.#heard.get(key));
  }

  /** The hub will not have it: what was there before is shown again. */
  refused(key: string): void {
    const nothing = { key, value: null, v: 0, unread: null, mentions: null };
    this.#landed(key, this.#heard.get(key) ?? this.#before.get(key) ?? nothing);
  }

  /** The connection is gone: what was under way waits again, unless it was set anew. */
  lost(): void {
    for (const key of this.#flying.keys()) if (isDraft(key) && !this.#waiting.has(key)) this.#unsure.add(key);
    this.#waiting = new Map([...this.#flying, ...this.#waiting]);
    this.#flying = new Map();
  }

  #landed(key: string, row: OwnRow | undefined): void {
    if (!this.#flying.delete(key) || this.#waiting.has(key)) return;
    const shown = this.#shown.get(key);
    for (const map of [this.#heard, this.#before, this.#shown]) map.delete(key);
    if (!row || row === shown) return;
    this.wire.state.own.set(key, row);
    this.wire.touch(["own"]);
  }
}
