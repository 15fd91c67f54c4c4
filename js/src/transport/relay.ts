/**
 * The same frames through the kernel, for pages without a hub at their origin (marimo, VS Code, Colab): the ChatSession pipes them to
 * its hub, under its own identity. Only an answer of Python shows that it is there: a dead kernel makes `send` throw, a new kernel
 * with a restored widget swallows what it is sent, a busy one answers late.
 *
 *     view -> Python {"t": "relay.open" | "relay.frame" | "relay.pong" | "relay.close", "view": id, "data": frame}
 *     Python -> view {"t": "relay.opened" | "relay.frame" | "relay.ping" | "relay.closed", "view": id, "frames": [...], "code": n}
 */

import type { AnyModel } from "@anywidget/types";
import { randomKey } from "../util/keys";
import type { Transport, TransportEvents } from "./transport";

/** Without an answer for this long people are told that the kernel is busy, ms. */
export const BUSY_AFTER = 3_000;

type FromPython = { t: string; view: string; frames?: string[]; code?: number | null };

export function relay(model: AnyModel, events: TransportEvents): Transport {
  return new Relay(model, events);
}

class Relay implements Transport {
  readonly #view = randomKey();
  #over = false;
  #busy: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: AnyModel,
    private readonly events: TransportEvents,
  ) {
    events.via("relay", null);
    model.on("msg:custom", this.#heard);
    this.#tell("relay.open");
  }

  send(data: string): void {
    if (!this.#over) this.#tell("relay.frame", data);
  }

  close(): void {
    if (this.#over) return;
    this.#tell("relay.close");
    this.#end();
  }

  readonly #heard = (content: FromPython) => {
    if (this.#over || content?.view !== this.#view) return;
    this.#notBusy();
    switch (content.t) {
      case "relay.opened":
        this.events.opened();
        break;
      case "relay.frame":
        for (const frame of content.frames ?? []) if (!this.#over) this.events.received(frame);
        break;
      case "relay.ping":
        this.#tell("relay.pong");
        break;
      case "relay.closed":
        this.#closed(content.code ?? null);
    }
  };

  #tell(t: string, data?: string): void {
    try {
      this.model.send(data === undefined ? { t, view: this.#view } : { t, view: this.#view, data });
    } catch {
      // The comm is closed: the kernel is gone. Said later, because the caller is in the middle of something.
      queueMicrotask(() => {
        if (this.#over) return;
        this.events.noted("kernel_gone");
        this.#closed(null);
      });
      return;
    }
    if (t !== "relay.pong") this.#busy ??= setTimeout(() => this.events.noted("kernel_busy"), BUSY_AFTER);
  }

  #notBusy(): void {
    clearTimeout(this.#busy);
    this.#busy = undefined;
    this.events.noted("");
  }

  #closed(code: number | null): void {
    this.#end();
    this.events.closed(code);
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#busy);
    this.model.off("msg:custom", this.#heard);
  }
}
