/**
 * What the parts of a link share: what is known, what is to be done, and the commands that wait for a reply. Pure, part of the link; same as
 * wire.py. It decides nothing: each part puts its commands and outputs here, in order, and the shell takes them from the link.
 */

import type { AnyCommand } from "../protocol/messages.gen";
import type { Asked } from "./chat";
import { encodeCommand } from "./codec";
import type { Lifeline } from "./lifeline";
import type { Output } from "./outputs";
import { type Flight, Requests } from "./requests";
import { emptyState, type Touched } from "./state";

export class Wire {
  /** What is known of the hub; another object once it turns out to be another hub. */
  state = emptyState();
  readonly requests = new Requests();
  #touched: Touched = new Set();
  #outputs: Output[] = [];

  constructor(
    readonly kind: "page" | "session" | "bot",
    readonly life: Lifeline,
  ) {}

  /** Have this done, after what was put before. */
  put(...outputs: Output[]): void {
    this.#outputs.push(...outputs);
  }

  /** Have listeners told that this has changed. */
  touch(what: Iterable<string>): void {
    for (const one of what) this.#touched.add(one);
  }

  /** What is to be done, and what has changed. */
  take(): Output[] {
    if (this.#touched.size > 0) this.put({ do: "touched", what: this.#touched });
    const outputs = this.#outputs;
    this.#outputs = [];
    this.#touched = new Set();
    return outputs;
  }

  /** Send a command of the link's own. */
  ask(command: Asked, now: number): void {
    this.send(this.requests.add(command, now, true));
  }

  /** Send a command that has its ref. */
  send(flight: Flight): void {
    flight.sent = true;
    this.transmit(flight.command);
  }

  /** Send this, whoever waits for the reply. */
  transmit(command: AnyCommand): void {
    this.put({ do: "transmit", data: encodeCommand(command) });
  }

  /** Whether this is who the hub takes us for. */
  isMe(user: string): boolean {
    return user === this.state.me?.id;
  }
}
