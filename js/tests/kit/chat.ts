/**
 * A scripted `Chat` for the views: what a test or the dev harness puts into it is what the views see, and what the views ask is written
 * down in `asked`. It stands only at the edge of the views (client/chat.ts); it knows no protocol, no order and no network.
 */

import { type Signal, signal } from "@preact/signals";
import type {
  Asked as AskedCommand,
  Chat,
  ChatError,
  Connection,
  Extra,
  Pending,
  Question,
} from "../../src/client/chat";
import type { Conversation, Removal } from "../../src/client/state";
import type {
  AnyReply,
  Left,
  Limits,
  Message,
  OwnRow,
  Person,
  Settings,
  Summary,
} from "../../src/protocol/messages.gen";

export function person(id: string, name: string, more: Partial<Person> = {}): Person {
  return { id, name, status: "", emoji: "", color: "", hide_seen: false, ...more };
}

export const ME: Person = person("ada", "Ada");

export const SETTINGS: Settings = { topic: "", picture: "", archived: false, slow: 0, announcements: false };

export const CONNECTED: Connection = { state: "connected", via: "direct", attempt: 0, retry_at: null, note: "" };

export function summary(id: string, more: Partial<Summary> = {}): Summary {
  return {
    id,
    kind: "group",
    title: id,
    handle: null,
    peer: null,
    epoch: "e1",
    last_seq: 1,
    last: null,
    created_at: 0,
    joined: true,
    members: 2,
    read: 0,
    unread: 0,
    mentions: 0,
    threads: [],
    settings: SETTINGS,
    role: more.joined === false ? null : "member",
    muted: null,
    online: null,
    ...more,
  };
}

export function message(seq: number, author: string, text: string, more: Partial<Message> = {}): Message {
  return {
    seq,
    v: seq,
    key: `key-${seq}`,
    author,
    at: seq * 60_000,
    text,
    via: "page",
    edited_at: null,
    deleted: null,
    reply: null,
    thread: null,
    also: false,
    mentions: [],
    forwarded: null,
    reactions: [],
    pinned: null,
    replies: null,
    ...more,
  };
}

export function conversation(about: Summary, messages: Message[], more: Partial<Conversation> = {}): Conversation {
  const last = messages.at(-1)?.seq ?? 1;
  return {
    summary: { ...about, last_seq: last },
    cursor: last,
    ranges: [{ first: messages[0]?.seq ?? 1, last, messages, has_before: false, notices: [] }],
    watched: true,
    members: [],
    members_named: false,
    online: 0,
    presence: new Map(),
    marks: new Map(),
    receipts: true,
    typing: [],
    typing_count: 0,
    threads: new Map(),
    thread_typing: new Map(),
    growing: new Map(),
    asides: new Map(),
    standings: new Map(),
    commands: [],
    ...more,
  };
}

export function pending(key: string, conversation: string, text: string, more: Partial<Pending> = {}): Pending {
  return {
    key,
    conversation,
    text,
    reply: null,
    thread: null,
    also: false,
    forward: null,
    at: 0,
    status: "sending",
    error: null,
    code: null,
    ...more,
  };
}

/** A reply without its ref. */
export type Answer = AnyReply extends infer R ? (R extends AnyReply ? Omit<R, "ref"> : never) : never;

/** One thing that a view asked for: the method and its arguments. */
export type Asked = [method: string, ...args: unknown[]];

export class ScriptedChat implements Chat {
  readonly asked: Asked[] = [];
  readonly connection: Signal<Connection> = signal(CONNECTED);
  readonly me: Signal<Person | null> = signal<Person | null>(ME);
  readonly owner = signal(true);
  readonly limits = signal<Limits | null>(null);
  readonly conversations = signal<Summary[]>([]);
  readonly more = signal(false);
  readonly question = signal<Question | null>(null);
  readonly own: Signal<ReadonlyMap<string, OwnRow>> = signal(new Map());
  readonly removals = signal<ReadonlyMap<string, Removal>>(new Map());
  readonly offset = signal(0);
  readonly pageUrl = signal<string | null>("http://127.0.0.1:8888/nbchat/");
  readonly people = signal(new Map<string, string>([[ME.id, ME.name]]));
  /** Who is more than a name. */
  readonly profiles = signal(new Map<string, Person>());
  /** What the directory and the channel search answer. */
  directory: Person[] = [];
  channels: Summary[] = [];
  /** Ids that the hub says are not there. */
  readonly absent = new Set<string>();
  /** What `send` throws next, if anything. */
  refuse: ChatError | null = null;
  /** What `older` does; answers whether there was a page. */
  onOlder: (id: string) => boolean = () => false;
  /** What `newer` does; answers whether there was a page. */
  onNewer: (id: string) => boolean = () => false;
  /** What `around` does; answers whether the hub has the message. */
  onAround: (id: string, seq: number) => boolean = () => false;
  /** What `olderReplies` does; answers whether there was a page. */
  onOlderReplies: (id: string, root: number) => boolean = () => false;
  /** What the hub answers to a command; `done` where it says nothing. Throws a ChatError where it refuses. */
  onAsk: (command: AskedCommand) => Answer | undefined = () => undefined;
  /** Threads that views have open, as `id/root`. */
  readonly threads: string[] = [];
  /** By id, or `id/root` for threads. */
  readonly drafts = new Map<string, string>();
  readonly watching: string[] = [];
  private readonly byId = new Map<string, Signal<Conversation | undefined>>();
  private readonly pendingById = new Map<string, Signal<Pending[]>>();

  /** Writes down what was asked; arguments at the end that were left out are left out here. */
  private note(method: string, ...args: unknown[]): void {
    while (args.length > 0 && args.at(-1) === undefined) args.pop();
    this.asked.push([method, ...args]);
  }

  conversation(id: string): Signal<Conversation | undefined> {
    let found = this.byId.get(id);
    if (!found) {
      found = signal<Conversation | undefined>(undefined);
      this.byId.set(id, found);
    }
    return found;
  }

  pending(id: string): Signal<Pending[]> {
    let found = this.pendingById.get(id);
    if (!found) {
      found = signal<Pending[]>([]);
      this.pendingById.set(id, found);
    }
    return found;
  }

  /** Puts a conversation into the list and gives it its contents. */
  has(one: Conversation): void {
    const { id } = one.summary;
    this.conversation(id).value = one;
    this.conversations.value = [one.summary, ...this.conversations.value.filter((row) => row.id !== id)];
  }

  /** A message arrives at the end. */
  arrives(id: string, what: Message): void {
    const known = this.conversation(id).value;
    if (!known) throw new Error(`The script has no conversation ${id}.`);
    const range = known.ranges.at(-1) ?? {
      first: what.seq,
      last: what.seq,
      messages: [],
      has_before: false,
      notices: [],
    };
    const grown = { ...range, last: what.seq, messages: [...range.messages, what] };
    const unread = known.summary.unread + Number(known.summary.joined && what.author !== this.me.value?.id);
    this.conversation(id).value = {
      ...known,
      cursor: what.seq,
      ranges: [grown],
      summary: { ...known.summary, unread, last_seq: what.seq },
    };
  }

  name(user: string, fallback?: string): string {
    return this.people.value.get(user) ?? fallback ?? user;
  }

  person(user: string): Person | undefined {
    const name = this.people.value.get(user);
    return this.profiles.value.get(user) ?? (name === undefined ? undefined : person(user, name));
  }

  watch(id: string, until: AbortSignal): void {
    this.watching.push(id);
    until.addEventListener("abort", () => this.watching.splice(this.watching.indexOf(id), 1));
  }

  thread(id: string, root: number, until: AbortSignal): void {
    const name = `${id}/${root}`;
    this.threads.push(name);
    until.addEventListener("abort", () => this.threads.splice(this.threads.indexOf(name), 1));
  }

  /** What is more than a text is written down as a third argument. */
  send(id: string, text: string, extra?: Extra): Pending {
    this.note("send", id, text, extra);
    if (this.refuse) throw this.refuse;
    const waiting = this.pending(id);
    const sent = pending(`own-${waiting.value.length}`, id, text, extra);
    waiting.value = [...waiting.value, sent];
    return sent;
  }

  retry = (key: string) => void this.asked.push(["retry", key]);
  discard = (key: string) => void this.asked.push(["discard", key]);
  read = (id: string, seq: number, thread?: number) => this.note("read", id, seq, thread);
  typing = (id: string, active: boolean, thread?: number) => this.note("typing", id, active, thread);
  want = (id: string, seqs: number[]) => void this.asked.push(["want", id, seqs]);
  retryNow = () => void this.asked.push(["retryNow"]);

  async ask(command: AskedCommand): Promise<AnyReply> {
    this.asked.push(["ask", command]);
    const answer = this.onAsk(command) ?? this.#found(command) ?? { t: "done" };
    return { ...answer, ref: 0 } as AnyReply;
  }

  /** What the directory knows, and the way into what one opens; a new conversation is called like its title. */
  #found(command: AskedCommand): Answer | undefined {
    const { t } = command;
    if (t === "open") return { t: "opened", conversation: command.name.replace(/^[@#]/, "") };
    if (t === "create") return { t: "opened", conversation: command.title };
    if (t !== "people" && t !== "channels") return undefined;
    const query = (command.query ?? "").toLowerCase();
    const people = this.directory.filter((one) => one.name.toLowerCase().includes(query));
    if (t === "people") return { t, people, more: false };
    return { t, channels: this.channels.filter((row) => row.title.includes(query)), people: [], more: false };
  }

  /** Somebody else takes this person out of a conversation that is here. */
  removes(id: string, left: Left): void {
    const title = this.conversations.value.find((row) => row.id === id)?.title ?? id;
    this.conversation(id).value = undefined;
    this.conversations.value = this.conversations.value.filter((row) => row.id !== id);
    this.removals.value = new Map(this.removals.value).set(id, { title, left });
  }

  /** Takes effect at once, as in the model. */
  setOwn(key: string, value: OwnRow["value"]): void {
    this.asked.push(["setOwn", key, value]);
    const v = (this.own.value.get(key)?.v ?? 0) + 1;
    this.own.value = new Map(this.own.value).set(key, { key, value, v, unread: null, mentions: null });
  }

  async around(id: string, seq: number): Promise<boolean> {
    this.asked.push(["around", id, seq]);
    return this.onAround(id, seq);
  }

  async olderReplies(id: string, root: number): Promise<boolean> {
    this.asked.push(["olderReplies", id, root]);
    return this.onOlderReplies(id, root);
  }

  async exists(id: string): Promise<boolean> {
    this.asked.push(["exists", id]);
    return !this.absent.has(id);
  }

  async older(id: string, at?: number): Promise<boolean> {
    this.note("older", id, at);
    return this.onOlder(id);
  }

  async newer(id: string, at?: number): Promise<boolean> {
    this.note("newer", id, at);
    return this.onNewer(id);
  }

  async newest(id: string): Promise<void> {
    this.asked.push(["newest", id]);
  }

  async join(id: string): Promise<void> {
    this.asked.push(["join", id]);
  }

  async moreConversations(): Promise<void> {
    this.asked.push(["moreConversations"]);
  }

  draft = (id: string, thread?: number): string => this.drafts.get(place(id, thread)) ?? "";
  setDraft = (id: string, text: string, thread?: number) => void this.drafts.set(place(id, thread), text);
}

const place = (id: string, thread?: number): string => (thread === undefined ? id : `${id}/${thread}`);
