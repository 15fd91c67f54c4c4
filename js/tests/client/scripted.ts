/** A hub at the far end of a transport, for tests of the page's shell: it welcomes, stores and tells, and loses what it is told to lose. */

import { vi } from "vitest";
import type { Question } from "../../src/client/chat";
import { HubClient } from "../../src/client/hub";
import type {
  AnyCommand,
  AnyFromHub,
  History,
  Message,
  Own,
  OwnRow,
  Post,
  Posted,
  Summary,
  Welcome,
} from "../../src/protocol/messages.gen";
import type { Dial, Transport, TransportEvents } from "../../src/transport/transport";
import { message as anyMessage, person, summary } from "../kit/chat";

export const ADA = person("ada", "Ada");
export const BOB = person("bob", "Bob");

export function row(id: string, changes: Partial<Summary> = {}): Summary {
  return summary(id, { last_seq: 10, created_at: 1, ...changes });
}

export function message(seq: number, author = "bob"): Message {
  return anyMessage(seq, author, `m${seq}`, { key: `${author}-${seq}`, at: seq });
}

export class ScriptedHub {
  readonly heard: AnyCommand[] = [];
  rows = [row("c1")];
  store = "s1";
  me = ADA;
  /** Whether posts are stored and acknowledged; else they get no answer. */
  answers = true;
  /** It hears nothing any more, and nobody is told. */
  isCutOff = false;
  dials = 0;
  uv = 0;
  readonly #owns = new Map<string, Map<string, OwnRow>>();
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

  /** It does not let in, and asks who this browser is. */
  asks(question: Omit<Question, "knew">): void {
    this.#events?.asked(question);
    this.hangsUp(4001);
  }

  /** The own state of who is here now. */
  get own(): Map<string, OwnRow> {
    const own = this.#owns.get(this.me.id) ?? new Map<string, OwnRow>();
    this.#owns.set(this.me.id, own);
    return own;
  }

  /** The texts that were stored, in order. */
  get stored(): string[] {
    const seen = new Map<string, string>();
    for (const one of this.heard) if (one.t === "post") seen.set(one.key, one.text);
    return [...seen.values()];
  }

  #hear(command: AnyCommand): void {
    if (this.isCutOff || (command.t === "post" && !this.answers)) return;
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
        return [this.#page(command)];
      case "lookup":
        return [
          {
            t: "found",
            ref,
            conversation: command.conversation,
            epoch: "e1",
            messages: command.seqs.filter((seq) => seq <= 10).map((seq) => message(seq)),
            as_of: 10,
            fixups: [],
            people: [],
          },
        ];
      case "set_own":
        return [this.writes(command.key, command.value), { t: "done", ref }];
      default:
        return [{ t: "done", ref }];
    }
  }

  /** A row of the person's own state gets this value, from here or from another device. */
  writes(key: string, value: OwnRow["value"]): Own {
    this.uv += 1;
    const row = { key, value, v: this.uv, unread: null, mentions: null };
    this.own.set(key, row);
    return { t: "own", uv: this.uv, rows: [row] };
  }

  /** Two messages of the endless past, or the three around one. A thread has its root and one reply. */
  #page({ ref, conversation, before, after, around, thread }: History): AnyFromHub {
    const start = before ? before - 2 : after ? after + 1 : (around ?? 9) - 1;
    const seqs = thread ? [thread, thread + 1] : around ? [start, around, around + 1] : [start, start + 1];
    const messages = seqs.map((seq) => ({ ...message(seq), thread: thread && seq !== thread ? thread : null }));
    const [has_before, has_after] = [!thread, !thread && (seqs.at(-1) ?? 0) < 10];
    return {
      t: "page",
      ref,
      conversation,
      epoch: "e1",
      messages,
      as_of: 10,
      has_before,
      has_after,
      fixups: [],
      people: [],
      notices: [],
    };
  }

  #post({ ref, key, conversation, text }: Post): AnyFromHub[] {
    this.#seq += 1;
    const seq = this.#seq;
    const { id: author, name } = this.me;
    return [
      posted(seq, { conversation, author, name, key, text }),
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
      uv: this.uv,
      own: [...this.own.values()],
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
    standings: [],
    commands: [],
    notices: [],
  };
}

/** A message that Bob wrote, unless it is said otherwise. */
export function posted(seq: number, more: Partial<Posted> = {}): Posted {
  return {
    t: "posted",
    conversation: "c1",
    seq,
    at: seq,
    author: "bob",
    name: "Bob",
    key: `bob-${seq}`,
    text: "hi",
    via: "page",
    reply: null,
    thread: null,
    also: false,
    followers: [],
    mentions: [],
    forwarded: null,
    ...more,
  };
}

/** Let everything that is due now happen. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}
