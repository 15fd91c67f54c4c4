/**
 * The life of a link's connection: when to connect, when to give up, how long to wait, what to tell people. Pure, part of the link,
 * which acts on what this decides. Same as lifeline.py, which draws the phases.
 */

import { CLIENT_SILENCE, CLOSES, HELLO_DEADLINE, PONG_WAIT } from "../protocol/tables.gen";
import { Backoff } from "./backoff";
import type { ConnectionInfo, HubError } from "./outputs";

export type Phase = "new" | "waiting" | "opening" | "greeting" | "live" | "stopped";
export type Step = "connect" | "hang up" | "ping" | null;

/** Seconds that a connection must live before the delays start anew: a hub that dies at once is not helped by haste. */
const STABLE = 10;
/** Seconds after a close that says trying soon is wrong (flood, too many connections): rate limits count in minutes. */
const LONG_WAIT = 60;
/** So many times HELLO_DEADLINE a handshake may last, and the welcome after it; lifeline.py says when and why. */
const MOST = 3;
/** An alarm that comes this many seconds late means that the machine slept, or that the browser held timers back. */
export const LATE = 5;

export class Lifeline {
  phase: Phase = "new";
  /** What the hub said last about why not, for people. */
  detail = "";
  /** Seconds, as `bye` asked. */
  retryAfter = 0;
  readonly #backoff: Backoff;
  /** Of the phase: next attempt, handshake, welcome. */
  #deadline = 0;
  #since = 0;
  #heard = 0;
  #pongBy: number | null = null;
  #attempt = 0;
  /** Attempts in a row whose time was up. */
  #givenUp = 0;
  #note: ConnectionInfo["note"] = "";
  /** Why the hub did not let this connection in. */
  #refusal: ConnectionInfo["note"] = "";
  #wasLive = false;

  constructor(jitter: () => number) {
    this.#backoff = new Backoff(jitter);
  }

  /** Whether commands can be sent. */
  get live(): boolean {
    return this.phase === "live";
  }

  /** Whether frames may come. */
  get open(): boolean {
    return this.phase === "greeting" || this.phase === "live";
  }

  get info(): ConnectionInfo {
    const trying = this.#wasLive || this.#attempt > 1 ? "reconnecting" : "connecting";
    return {
      state: this.live ? "connected" : this.phase === "stopped" ? "signed_out" : trying,
      attempt: this.#attempt,
      retry_at: this.phase === "waiting" ? this.#deadline : null,
      note: this.#note,
      detail: this.detail,
    };
  }

  /** An attempt begins; the handshake gets as long as the welcome after it. */
  connect(now: number): void {
    this.#enter("opening", now);
    this.#attempt += 1;
  }

  /** The transport is open and hello is sent. Returns until when the welcome is waited for. */
  opened(now: number): number {
    this.#enter("greeting", now);
    return this.#deadline;
  }

  #enter(phase: Phase, now: number): void {
    this.phase = phase;
    this.#deadline = now + HELLO_DEADLINE * (this.#givenUp > 1 ? MOST : 1);
  }

  /** The hub has let us in; `cap` is its upper bound for the delays. */
  welcomed(cap: number, now: number): void {
    this.phase = "live";
    this.#since = now;
    this.#backoff.cap = cap;
    this.#attempt = 0;
    this.#note = "";
    this.detail = "";
    this.#wasLive = true;
  }

  /** The hub did not let us in. Returns whether it is to be hung up, and asked again; else it hangs up. */
  refused({ code, text, retry_after }: HubError): boolean {
    this.detail = text;
    if (!code.startsWith("store_")) return false;
    this.#refusal = "cannot_store";
    this.retryAfter = retry_after ?? 0;
    return true;
  }

  /** Something came: the connection lives. */
  heard(now: number): void {
    this.#heard = now;
    this.#pongBy = null;
  }

  /** A ping was sent, and its answer is waited for, seconds. */
  pinged(now: number, wait = PONG_WAIT): void {
    this.#pongBy = now + wait;
  }

  /** The connection is gone; decides when to try again by the table of close codes. */
  lost(code: number | null, now: number): void {
    if (this.live && now - this.#since >= STABLE) this.#backoff.reset();
    this.#givenUp = !this.live && now >= this.#deadline ? this.#givenUp + 1 : 0;
    const name = CLOSES[code ?? 0];
    this.#pongBy = null;
    const isLong = name === "flood" || name === "too_many_connections";
    this.#note = isLong ? name : this.#refusal;
    this.#refusal = "";
    this.phase = name === "signed_out" ? "stopped" : "waiting";
    this.#deadline = now + (isLong ? LONG_WAIT : this.#backoff.delay(this.retryAfter));
    this.retryAfter = 0;
  }

  /** When something is to be decided next. */
  due(): number | null {
    if (this.live) return this.#pongBy ?? this.#heard + CLIENT_SILENCE;
    return this.phase === "new" || this.phase === "stopped" ? null : this.#deadline;
  }

  /** What is to be done about the time that has passed. */
  overdue(now: number): Step {
    const due = this.due();
    if (due === null || due > now) return null;
    if (this.phase === "waiting") return "connect";
    return this.live && this.#pongBy === null ? "ping" : "hang up";
  }

  /** What to do when the network is back or somebody looks again. */
  mayWake(): Step {
    if (this.phase === "waiting" && this.#note !== "flood") return "connect";
    return this.live && this.#pongBy === null ? "ping" : null;
  }
}
