/** A hub at the far end of a transport, for tests of the page's shell: it welcomes, stores and tells, and loses what it is told to lose. */

import { vi } from "vitest";
import { HubClient } from "../../src/client/hub";
import type { AnyCommand, AnyFromHub, Message, Post, Summary, Welcome } from "../../src/protocol/messages.gen";
import type { Dial, Transport, TransportEvents } from "../../src/transport/transport";

export const ADA = { id: "ada", name: "Ada" };
export const BOB = { id: "bob", name: "Bob" };

export function row(id: string, changes: Partial<Summary> = {}): Summary {
  return {
    id,
    kind: "group",
    title: id,
    handle: null,
    peer: null,
    epoch: "e1",
    last_seq: 10,
    last: null,
    created_at: 1,
    joined: true,
    members: 2,
    read: 0,
    unread: 0,
    ...changes,
  };
}

export function message(seq: number, author = "bob"): Message {
  return { seq, v: seq, key: `${author}-${seq}`, author, at: seq, text: `m${seq}`, via: "page" };
}

export class ScriptedHub {
  readonly heard: AnyCommand[] = [];
  rows = [row("c1")];
  store = "s1";
  me = ADA;
  /** Whether posts are stored and acknowledged; else they get no answer. */
  answers = true;
  dials = 0;
  #seq = 10;
  #events: TransportEvents | null = null;

  readonly dial: Dial = (events) => {
    this.dials += 1;
    this.#events = events;
    events.via("direct", "http://h/nbchat/");
    queueMicrotask(() => this.#events === events && events.opened());
    const transport: Transport = {
      send: (data) => this.#hear(JSON.parse(data)),
      close: () => {
        if (this.#events === events) this.#events = null;
      },
    };
    return transport;
  };

  /** A page's shell on this hub; ends with the signal. */
  client(storage: Storage | null, until: AbortSignal, name = "hub"): HubClient {
    const hub = new HubClient({ dial: this.dial, http: null, name, storage });
    until.addEventListener("abort", () => hub.end());
    hub.start();
    return hub;
  }

  says(...items: AnyFromHub[]): void {
    this.#events?.received(JSON.stringify(items));
  }

  hangsUp(code: number | null = null): void {
    const events = this.#events;
    this.#events = null;
    events?.closed(code);
  }

  /** The texts that were stored, in order. */
  get stored(): string[] {
    const seen = new Map<string, string>();
    for (const one of this.heard) if (one.t === "post") seen.set(one.key, one.text);
    return [...seen.values()];
  }

  #hear(command: AnyCommand): void {
    if (command.t === "post" && !this.answers) return;
    this.heard.push(command);
    const reply = this.#reply(command);
    // As over a network: never from within the call.
    queueMicrotask(() => this.says(...reply));
  }

  #reply(command: AnyCommand): AnyFromHub[] {
    const { ref } = command;
    switch (command.t) {
      case "hello":
        return [this.#welcome(ref)];
      case "post":
        return this.#post(command);
      case "watch": {
        const summary = this.rows.find((one) => one.id === command.conversation) ?? row(command.conversation);
        return [snapshotOf(summary), { t: "done", ref }];
      }
      case "open":
        return [{ t: "opened", ref, conversation: command.name }];
      case "join":
        return [{ t: "error", ref, code: "unknown_conversation", text: "There is none.", retry_after: null }];
      case "history":
        return [
          {
            t: "page",
            ref,
            conversation: command.conversation,
            epoch: "e1",
            messages: [message(7), message(8)],
            as_of: 10,
            has_before: true,
            has_after: true,
            fixups: [],
            people: [],
          },
        ];
      default:
        return [{ t: "done", ref }];
    }
  }

  #post({ ref, key, conversation, text }: Post): AnyFromHub[] {
    this.#seq += 1;
    const seq = this.#seq;
    const { id: author, name } = this.me;
    return [
      { t: "posted", conversation, seq, at: seq, author, name, key, text, via: "page" },
      { t: "accepted", ref, conversation, key, seq, at: seq },
    ];
  }

  #welcome(ref: number): Welcome {
    return {
      t: "welcome",
      ref,
      me: this.me,
      owner: true,
      store: this.store,
      now: Date.now() + 5_000,
      limits: { text: 10_000, frame: 65_536, send_rate: 5, send_burst: 20 },
      reconnect_cap: 20,
      uv: 0,
      own: [],
      conversations: this.rows,
      people: [ADA, BOB],
      more: false,
    };
  }
}

export function snapshotOf(summary: Summary): AnyFromHub {
  return {
    t: "snapshot",
    summary,
    as_of: summary.last_seq,
    messages: [message(9), message(10)],
    has_before: true,
    people: [ADA, BOB],
    members: ["ada", "bob"],
    online: 1,
    presence: [],
    marks: [],
    receipts: true,
    typing: [],
    typing_count: 0,
  };
}

/** Let everything that is due now happen. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}
