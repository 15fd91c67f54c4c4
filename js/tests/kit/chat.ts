/**
 * A scripted `Chat` for the views: what a test or the dev harness puts into it is what the views see, and what the views ask is written
 * down in `asked`. It stands only at the edge of the views (client/chat.ts); it knows no protocol, no order and no network.
 */

import { computed, type Signal, signal } from "@preact/signals";
import { type Chat, ChatError, type Connection, type Pending, type Question } from "../../src/client/chat";
import type { Conversation } from "../../src/client/state";
import type { Limits, Message, Person, Summary } from "../../src/protocol/messages.gen";

export const ME: Person = { id: "ada", name: "Ada" };

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
    ...more,
  };
}

export function message(seq: number, author: string, text: string, more: Partial<Message> = {}): Message {
  return { seq, v: seq, key: `key-${seq}`, author, at: seq * 60_000, text, via: "page", ...more };
}

export function conversation(about: Summary, messages: Message[], more: Partial<Conversation> = {}): Conversation {
  const last = messages.at(-1)?.seq ?? 1;
  return {
    summary: { ...about, last_seq: last },
    cursor: last,
    ranges: [{ first: messages[0]?.seq ?? 1, last, messages, has_before: false }],
    watched: true,
    members: [],
    online: 0,
    presence: new Map(),
    marks: new Map(),
    receipts: true,
    typing: [],
    typing_count: 0,
    ...more,
  };
}

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
  readonly unread = computed(() => this.conversations.value.reduce((sum, row) => sum + row.unread, 0));
  readonly question = signal<Question | null>(null);
  readonly offset = signal(0);
  readonly pageUrl = signal<string | null>("http://127.0.0.1:8888/nbchat/");
  readonly people = signal(new Map<string, string>([[ME.id, ME.name]]));
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
  readonly drafts = new Map<string, string>();
  readonly watching: string[] = [];
  private readonly byId = new Map<string, Signal<Conversation | undefined>>();
  private readonly pendingById = new Map<string, Signal<Pending[]>>();

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
    const range = known.ranges.at(-1) ?? { first: what.seq, last: what.seq, messages: [], has_before: false };
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

  watch(id: string, until: AbortSignal): void {
    this.watching.push(id);
    until.addEventListener("abort", () => this.watching.splice(this.watching.indexOf(id), 1));
  }

  send(id: string, text: string): Pending {
    this.asked.push(["send", id, text]);
    if (this.refuse) throw this.refuse;
    const { length } = this.pending(id).value;
    const pending: Pending = { key: `own-${length}`, conversation: id, text, at: 0, status: "sending", error: null };
    this.pending(id).value = [...this.pending(id).value, pending];
    return pending;
  }

  retry = (key: string) => void this.asked.push(["retry", key]);
  discard = (key: string) => void this.asked.push(["discard", key]);
  read = (id: string, seq: number) => void this.asked.push(["read", id, seq]);
  typing = (id: string, active: boolean) => void this.asked.push(["typing", id, active]);
  retryNow = () => void this.asked.push(["retryNow"]);

  async exists(id: string): Promise<boolean> {
    this.asked.push(["exists", id]);
    return !this.absent.has(id);
  }

  async older(id: string): Promise<boolean> {
    this.asked.push(["older", id]);
    return this.onOlder(id);
  }

  async newer(id: string): Promise<boolean> {
    this.asked.push(["newer", id]);
    return this.onNewer(id);
  }

  async newest(id: string): Promise<void> {
    this.asked.push(["newest", id]);
  }

  async open(name: string, create?: boolean): Promise<string> {
    this.asked.push(["open", name, create]);
    return name.replace(/^[@#]/, "");
  }

  async create(kind: "group" | "channel", title: string, members?: string[]): Promise<string> {
    this.asked.push(["create", kind, title, members]);
    return title;
  }

  async join(id: string): Promise<void> {
    this.asked.push(["join", id]);
  }

  async leave(id: string): Promise<void> {
    this.asked.push(["leave", id]);
  }

  async rename(name: string): Promise<void> {
    this.asked.push(["rename", name]);
    if (name === "Grace") throw new ChatError("bad_name", "'Grace' cannot be used as a name: it is somebody else's.");
  }

  async moreConversations(): Promise<void> {
    this.asked.push(["moreConversations"]);
  }

  async findPeople(query: string): Promise<Person[]> {
    return this.directory.filter((person) => person.name.toLowerCase().includes(query.toLowerCase()));
  }

  async findChannels(query: string): Promise<Summary[]> {
    return this.channels.filter((row) => row.title.includes(query));
  }

  async identify(choice: { owner: true } | { owner: false; name: string }): Promise<void> {
    this.asked.push(["identify", choice]);
  }

  async whereIsTheData(): Promise<{ where: string; backup: string; remove: string }> {
    return {
      where: "/home/ada/.local/share/jupyter/nbchat/hub.sqlite3",
      backup: 'sqlite3 /home/ada/.local/share/jupyter/nbchat/hub.sqlite3 ".backup chat.sqlite3"',
      remove: "Stop the server, then delete the folder /home/ada/.local/share/jupyter/nbchat",
    };
  }

  draft = (id: string): string => this.drafts.get(id) ?? "";
  setDraft = (id: string, text: string) => void this.drafts.set(id, text);
}
