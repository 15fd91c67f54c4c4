/**
 * Which unsent message goes next: in order in each conversation, at the announced rate. Pure, part of the link; sending.py says why
 * one message is in flight in each conversation. A retryable refusal keeps the message at the head and pauses: `slow` everything,
 * other errors this conversation, and the message has their code and text meanwhile. Any other refusal marks it failed, and the next goes on. So does UNREADABLE
 * times "malformed" without a ref, each after another transmission.
 */

import type { Limits } from "../protocol/messages.gen";
import { COMMAND_TIMEOUT } from "../protocol/tables.gen";
import { Backoff } from "./backoff";
import type { HubError, Pending } from "./outputs";

/** Seconds, the longest pause after an error; sending.py says why. */
const AGAIN_CAP = 5;
/** Transmissions of one message, each followed by a frame that the hub could not read, after which it is given up. */
const UNREADABLE = 3;

/** The messages of one conversation that wait, the head of which may be in flight. */
interface Line {
  backoff: Backoff;
  waiting: Pending[];
  /** Of the head's command, while it is in flight. */
  ref: number | null;
  /** In flight: when to send again. Else: not before. */
  until: number;
}

export class Sending {
  readonly #all = new Map<string, Pending>();
  readonly #lines = new Map<string, Line>();
  /** For the heads that this befell: refs of the transmissions after which a frame could not be read. */
  readonly #unread = new Map<string, Set<number>>();
  #open = false;
  #rate = 1;
  #burst = 1;
  #tokens = 0;
  #filled = 0;
  #paused = 0;

  constructor(private readonly jitter: () => number) {}

  /** Every message that is not acknowledged, oldest first. */
  all(): Pending[] {
    return [...this.#all.values()];
  }

  of(conversation: string): Pending[] {
    return this.all().filter((one) => one.conversation === conversation);
  }

  get(key: string): Pending | undefined {
    return this.#all.get(key);
  }

  /** Put a message at the end. */
  add(pending: Pending): void {
    this.#all.set(pending.key, pending);
    if (pending.status !== "failed") this.#line(pending).waiting.push(pending);
  }

  /** Put messages of an earlier run before those that wait; returns the ones that were not known. */
  adopt(orphans: Iterable<Pending>): Pending[] {
    const found = [...orphans].filter((one) => !this.#all.has(one.key)).sort((a, b) => a.at - b.at);
    const rest = this.all();
    this.#all.clear();
    for (const one of [...found, ...rest]) this.#all.set(one.key, one);
    for (const one of found.filter((one) => one.status !== "failed").reverse()) {
      one.status = "waiting";
      const line = this.#line(one);
      line.waiting.splice(line.ref === null ? 0 : 1, 0, one);
    }
    return found;
  }

  /** Begin to send at the rate that the hub announced; the bucket is taken to be full. */
  open(limits: Limits, now: number): void {
    this.#open = true;
    this.#rate = limits.send_rate;
    this.#burst = limits.send_burst;
    this.#tokens = this.#burst;
    this.#filled = this.#paused = now;
    for (const line of this.#lines.values()) line.until = now;
  }

  /** The connection is gone: what was in flight waits again, and is returned. */
  close(): Pending[] {
    this.#open = false;
    const flown = [...this.#lines.values()].filter((line) => line.ref !== null);
    return flown.map((line) => land(line));
  }

  /** What is to be transmitted now, each with the ref of its command. */
  take(now: number, mintRef: () => number): [number, Pending][] {
    if (!this.#open || now < this.#paused) return [];
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filled) * this.#rate + 1e-9);
    this.#filled = now;
    const taken: [number, Pending][] = [];
    for (const line of this.#lines.values()) {
      const [head] = line.waiting;
      if (head === undefined || now < line.until || this.#tokens < 1) continue;
      this.#tokens -= 1;
      line.ref = mintRef();
      line.until = now + COMMAND_TIMEOUT;
      head.status = "sending";
      taken.push([line.ref, head]);
    }
    return taken;
  }

  /** When `take` may have something next, or null. */
  due(): number | null {
    if (!this.#open || this.#lines.size === 0) return null;
    const first = Math.min(...[...this.#lines.values()].map((line) => line.until));
    return Math.max(first, this.#paused, this.#filled + Math.max(0, 1 - this.#tokens) / this.#rate);
  }

  /** The message whose command has this ref. */
  inFlight(ref: number): Pending | undefined {
    return this.#byRef(ref)?.waiting[0];
  }

  /** The hub has it: take it out. */
  settle(key: string): Pending | undefined {
    const pending = this.#all.get(key);
    this.#all.delete(key);
    if (pending !== undefined && pending.status !== "failed") this.#remove(pending);
    return pending;
  }

  /** Take out a message that is not on its way. */
  discard(key: string): Pending | undefined {
    return this.#all.get(key)?.status === "sending" ? undefined : this.settle(key);
  }

  /** Mark it failed; the next of its conversation goes on. */
  fail(pending: Pending, { code, text }: HubError): void {
    this.#remove(pending);
    pending.status = "failed";
    pending.code = code;
    pending.error = text;
  }

  /** Put a failed message at the end again. */
  retry(key: string): Pending | undefined {
    const pending = this.#all.get(key);
    if (pending?.status !== "failed") return undefined;
    pending.status = "waiting";
    pending.code = pending.error = null;
    this.#all.delete(key);
    this.add(pending);
    return pending;
  }

  /** The hub asks to try this one again; nothing of its conversation overtakes it. */
  pause(ref: number, { code, text, retry_after }: HubError, now: number): void {
    const line = this.#byRef(ref);
    if (line === undefined) return;
    const head = land(line);
    line.until = now + (retry_after ?? line.backoff.delay());
    if (code === "slow") {
      this.#tokens = 1;
      this.#paused = this.#filled = line.until;
    } else {
      head.code = code;
      head.error = text;
    }
  }

  /** The hub could not read a frame, nor say which. Returns the messages of which it is enough now. */
  unread(): Pending[] {
    const found: Pending[] = [];
    for (const { ref, waiting } of this.#lines.values()) {
      const [head] = waiting;
      if (ref === null || head === undefined) continue;
      const refs = (this.#unread.get(head.key) ?? new Set()).add(ref);
      this.#unread.set(head.key, refs);
      if (refs.size >= UNREADABLE) found.push(head);
    }
    return found;
  }

  #line(pending: Pending): Line {
    const known = this.#lines.get(pending.conversation);
    if (known !== undefined) return known;
    const line: Line = { backoff: new Backoff(this.jitter, AGAIN_CAP), waiting: [], ref: null, until: 0 };
    this.#lines.set(pending.conversation, line);
    return line;
  }

  #byRef(ref: number): Line | undefined {
    for (const line of this.#lines.values()) if (line.ref === ref) return line;
    return undefined;
  }

  #remove(pending: Pending): void {
    const line = this.#line(pending);
    this.#unread.delete(pending.key);
    if (line.ref !== null && line.waiting[0] === pending) {
      line.ref = null;
      line.until = 0;
      line.backoff.reset();
    }
    line.waiting = line.waiting.filter((one) => one !== pending);
    if (line.waiting.length === 0) this.#lines.delete(pending.conversation);
  }
}

function land(line: Line): Pending {
  const head = line.waiting[0] as Pending;
  line.ref = null;
  line.until = 0;
  head.status = "waiting";
  return head;
}
