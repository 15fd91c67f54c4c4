/**
 * Commands that wait for their reply: refs, timeouts, and what becomes of them when the connection is lost. Pure, part of the link;
 * same as requests.py. Nearly every command may be sent again on the next connection, because doing it twice is doing it once. Those in ONCE
 * fail instead when their reply is lost: they do more the second time, or are refused although the first was done (requests.py says of
 * each why).
 */

import type { AnyCommand } from "../protocol/messages.gen";
import { COMMAND_TIMEOUT, RETRY } from "../protocol/tables.gen";
import type { Asked } from "./chat";
import type { HubError } from "./outputs";

const ONCE: AnyCommand["t"][] = ["leave", "remove", "make_link", "redeem", "read_all"];

/** One command; `ours` is asked by the link itself, so that nobody else waits for the reply. */
export interface Flight {
  command: AnyCommand;
  deadline: number;
  ours: boolean;
  sent: boolean;
}

export class Requests {
  #last = 0;
  readonly #flights = new Map<number, Flight>();
  #postponed: { at: number; command: AnyCommand }[] = [];

  /** A ref that was never used before. */
  mint(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Give a command its ref and begin to wait for the reply, at most COMMAND_TIMEOUT. */
  add(asked: Asked, now: number, ours: boolean): Flight {
    const command = { ...asked, ref: this.mint() } as AnyCommand;
    const flight = { command, deadline: now + COMMAND_TIMEOUT, ours, sent: false };
    this.#flights.set(command.ref, flight);
    return flight;
  }

  /** Those that wait for a connection, oldest first. */
  unsent(): Flight[] {
    return [...this.#flights.values()].filter((flight) => !flight.sent);
  }

  /** The flight that this reply ends, or undefined if nobody waits for it any more. */
  answered(ref: number): Flight | undefined {
    const flight = this.#flights.get(ref);
    this.#flights.delete(ref);
    return flight;
  }

  /** The connection is gone. Returns the link's own flights, which end here, and those that fail. */
  lost(): { ours: Flight[]; failed: [Flight, HubError][] } {
    const ours: Flight[] = [];
    const failed: [Flight, HubError][] = [];
    this.#postponed = [];
    for (const [ref, flight] of [...this.#flights]) {
      if (flight.ours) ours.push(flight);
      else if (flight.sent && ONCE.includes(flight.command.t)) failed.push([flight, disconnected(ref)]);
      else {
        flight.sent = false;
        continue;
      }
      this.#flights.delete(ref);
    }
    return { ours, failed };
  }

  /** Another store or user: nothing that was asked for goes on. Returns what others than the link wait for. */
  startOver(): [Flight, HubError][] {
    const ended = [...this.#flights.values()].filter((flight) => !flight.ours);
    this.#flights.clear();
    this.#postponed = [];
    return ended.map((flight) => [flight, elsewhere(flight.command.ref)]);
  }

  /** End and return those whose time is up. */
  expired(now: number): [Flight, HubError][] {
    const late = [...this.#flights].filter(([, flight]) => flight.deadline <= now);
    for (const [ref] of late) this.#flights.delete(ref);
    return late.map(([ref, flight]) => [flight, timeout(ref)]);
  }

  /** Have a command of the link's own asked once more at this time, on this connection. */
  postpone(command: AnyCommand, at: number): void {
    this.#postponed.push({ at, command });
  }

  /** The postponed commands whose time has come. */
  ripe(now: number): AnyCommand[] {
    const found = this.#postponed.filter(({ at }) => at <= now);
    this.#postponed = this.#postponed.filter(({ at }) => at > now);
    return found.map(({ command }) => command);
  }

  /** When `expired` or `ripe` may have something next. */
  due(): number | null {
    const times = [...[...this.#flights.values()].map((one) => one.deadline), ...this.#postponed.map(({ at }) => at)];
    return times.length > 0 ? Math.min(...times) : null;
  }
}

function timeout(ref: number): HubError {
  const text = `The hub did not answer within ${COMMAND_TIMEOUT} s. Try again.`;
  return { t: "error", ref, code: "timeout", text, retry_after: 0 };
}

function disconnected(ref: number): HubError {
  const text = "The connection was lost before the hub answered. Look whether it was done, then try again.";
  return { t: "error", ref, code: "disconnected", text, retry_after: null };
}

function elsewhere(ref: number): HubError {
  const text =
    "Asked for as another person, or of another hub, and not sent as who you are now. Look whether it was done.";
  return { t: "error", ref, code: "other_person", text, retry_after: null };
}

/** Whether trying again may help: the table of errors says, or for a code that it lacks, the error itself. */
export function mayRetry(error: HubError): boolean {
  return RETRY.includes(error.code) || error.retry_after !== null;
}
