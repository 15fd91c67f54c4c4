/**
 * The chat as views see it (`Chat`): signals over a HubClient, which other widgets of the page share. Holds no protocol state; what
 * it shows before the hub has answered is the widget's seed.
 */

import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AnyReply, History, Limits, OwnRow, Person, Summary } from "../protocol/messages.gen";
import type { Asked, Chat, ChatError, Connection, Extra, Pending, Question } from "./chat";
import type { HubClient } from "./hub";
import { holds } from "./ranges";
import { lastAt } from "./reducer";
import type { Seed } from "./seed";
import { type Conversation, hasMessages, newConversation, type Range, type Removal } from "./state";

export class Model implements Chat {
  readonly connection: Signal<Connection>;
  readonly me = signal<Person | null>(null);
  readonly owner = signal(false);
  readonly limits = signal<Limits | null>(null);
  readonly conversations = signal<Summary[]>([]);
  readonly more = signal(false);
  readonly question = signal<Question | null>(null);
  readonly own: Signal<ReadonlyMap<string, OwnRow>> = signal(new Map());
  readonly removals: Signal<ReadonlyMap<string, Removal>> = signal(new Map());
  readonly offset = signal(0);
  readonly pageUrl = signal<string | null>(null);
  readonly #people = signal(new Map<string, Person>());
  readonly #conversations = new Map<string, Signal<Conversation | undefined>>();
  readonly #pending = new Map<string, Signal<Pending[]>>();
  readonly #paging = new Map<string, Promise<boolean>>();

  constructor(
    readonly hub: HubClient,
    private readonly until: AbortSignal,
    private readonly seed: Seed | null = null,
  ) {
    this.connection = signal(hub.connection);
    hub.listen((what) => batch(() => this.#changed(what)), until);
    this.#changed(new Set(["list", "people", "me", "own", "connection"]));
  }

  conversation(id: string): ReadonlySignal<Conversation | undefined> {
    return getOr(this.#conversations, id, () => signal(this.#conversationNow(id)));
  }

  pending(id: string): ReadonlySignal<Pending[]> {
    return getOr(this.#pending, id, () => signal(this.#pendingNow(id)));
  }

  name(user: string, fallback?: string): string {
    return this.#people.value.get(user)?.name ?? fallback ?? user;
  }

  person(user: string): Person | undefined {
    return this.#people.value.get(user);
  }

  // -------------------------------------------------------------------------------------------------------- what changed

  #changed(what: ReadonlySet<string>): void {
    const { state, limits } = this.hub.link;
    if (what.has("connection")) this.#connectionChanged();
    if (what.has("list")) this.#listChanged();
    if (what.has("people")) this.#people.value = this.#peopleNow();
    if (what.has("me")) {
      this.me.value = state.me ?? this.seed?.me ?? null;
      this.owner.value = state.owner;
    }
    if (what.has("own")) this.own.value = new Map(state.own);
    this.limits.value = limits;
    this.offset.value = state.offset;
    for (const id of what) {
      const conversation = this.#conversations.get(id);
      if (conversation) conversation.value = this.#conversationNow(id);
      const pending = this.#pending.get(id);
      const waiting = this.#pendingNow(id);
      // Nothing, again, is no news.
      if (pending && (waiting.length || pending.peek().length)) pending.value = waiting;
    }
  }

  #connectionChanged(): void {
    this.connection.value = this.hub.connection;
    this.question.value = this.hub.question;
    this.pageUrl.value = this.hub.pageUrl;
  }

  #listChanged(): void {
    const { state } = this.hub.link;
    const rows = [...state.conversations.values()].map((one) => one.summary).filter((row) => row.joined);
    const shown = state.me === null ? (this.seed?.conversations ?? []) : rows;
    this.conversations.value = [...shown].sort((a, b) => lastAt(b) - lastAt(a));
    this.more.value = state.more;
    this.removals.value = state.removals;
  }

  #peopleNow(): Map<string, Person> {
    const seeded = (this.seed?.people ?? []).map((person) => [person.id, person] as const);
    return new Map([...seeded, ...this.hub.link.state.people]);
  }

  #conversationNow(id: string): Conversation | undefined {
    const known = this.hub.link.state.conversations.get(id);
    const seeded = this.#seeded(id);
    if (known === undefined) return this.hub.link.state.me === null ? seeded : undefined;
    // A row without messages yet: the seed's are better than none.
    const ranges = known.ranges.length > 0 ? known.ranges : (seeded?.ranges ?? []);
    return { ...known, ranges };
  }

  #seeded(id: string): Conversation | undefined {
    const summary = this.seed?.conversations.find((row) => row.id === id);
    if (!this.seed || !summary) return undefined;
    const messages = this.seed.open === id ? this.seed.messages : [];
    const first = messages[0]?.seq ?? summary.last_seq + 1;
    const range = { first, last: summary.last_seq, messages, has_before: false, notices: [] };
    return { ...newConversation(summary), ranges: messages.length > 0 ? [range] : [] };
  }

  #pendingNow(id: string): Pending[] {
    return this.hub.link.pending(id).map((one) => ({ ...one }));
  }

  // -------------------------------------------------------------------------------------------------------------- commands

  watch(id: string, until: AbortSignal): void {
    this.hub.watch(id, until);
  }

  thread(id: string, root: number, until: AbortSignal): void {
    this.hub.thread(id, root, until);
  }

  want(id: string, seqs: number[]): void {
    this.hub.want(id, seqs);
  }

  send(id: string, text: string, extra: Extra = {}): Pending {
    return this.hub.post(id, text, extra);
  }

  retry(key: string): void {
    this.hub.retry(key);
  }

  discard(key: string): void {
    this.hub.discard(key);
  }

  older(id: string, at?: number): Promise<boolean> {
    const ranges = this.hub.link.state.conversations.get(id)?.ranges ?? [];
    const range = at === undefined ? ranges[0] : rangeOf(ranges, at);
    return range?.has_before ? this.#page({ conversation: id, before: range.first }) : Promise.resolve(false);
  }

  newer(id: string, at?: number): Promise<boolean> {
    const known = this.hub.link.state.conversations.get(id);
    const range = at === undefined ? known?.ranges.at(-1) : rangeOf(known?.ranges ?? [], at);
    if (!known || !range || range.last >= known.cursor) return Promise.resolve(false);
    return this.#page({ conversation: id, after: range.last });
  }

  olderReplies(id: string, root: number): Promise<boolean> {
    const range = this.hub.link.state.conversations.get(id)?.threads.get(root)?.[0];
    if (!range?.has_before) return Promise.resolve(false);
    return this.#page({ conversation: id, before: range.first, thread: root });
  }

  async around(id: string, seq: number): Promise<boolean> {
    await this.#begun(id);
    const isThere = () => holds(this.hub.link.state.conversations.get(id)?.ranges ?? [], seq);
    if (!isThere()) await this.#page({ conversation: id, around: seq });
    return isThere();
  }

  /** The hub has sent the first messages of it: only then others have a place. */
  #begun(id: string): Promise<void> {
    const isHere = () => hasMessages(this.hub.link.state.conversations.get(id));
    if (isHere()) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = new AbortController();
      const look = () => {
        if (!isHere()) return;
        stop.abort();
        resolve();
      };
      this.until.addEventListener("abort", () => stop.abort(), { signal: stop.signal });
      this.hub.listen(look, stop.signal);
    });
  }

  async newest(id: string): Promise<void> {
    await this.hub.ask({ t: "watch", conversation: id, position: null });
  }

  async exists(id: string): Promise<boolean> {
    const asked = this.hub.ask({ t: "history", conversation: id, limit: 1 });
    return asked.then(
      () => true,
      (error: ChatError) => {
        if (error.code === "unknown_conversation" || error.code === "banned") return false;
        throw error;
      },
    );
  }

  /** One page at a time for each place and direction. */
  #page(what: Omit<History, "t" | "ref">): Promise<boolean> {
    const key = JSON.stringify(what);
    return getOr(this.#paging, key, () => {
      const asked = this.hub.ask({ t: "history", limit: 50, ...what });
      return asked.then(() => true).finally(() => this.#paging.delete(key));
    });
  }

  read(id: string, seq: number, thread?: number): void {
    this.hub.read(id, seq, thread);
  }

  typing(id: string, active: boolean, thread?: number): void {
    this.hub.typing(id, active, thread);
  }

  ask(command: Asked): Promise<AnyReply> {
    return this.hub.ask(command);
  }

  setOwn(key: string, value: OwnRow["value"]): void {
    this.hub.setOwn(key, value);
  }

  async join(id: string): Promise<void> {
    await this.hub.ask({ t: "join", conversation: id });
  }

  async moreConversations(): Promise<void> {
    await this.hub.ask({ t: "conversations", before: this.hub.link.state.tail || null, limit: 50 });
  }

  retryNow(): void {
    this.hub.retryNow();
  }

  draft(id: string, thread?: number): string {
    return this.hub.draft(id, thread);
  }

  setDraft(id: string, text: string, thread?: number): void {
    this.hub.setDraft(id, text, thread);
  }
}

function rangeOf(ranges: Range[], at: number): Range | undefined {
  return ranges.find((one) => one.first <= at && at <= one.last);
}

function getOr<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
