/**
 * The chat as views see it (`Chat`): signals over a HubClient, which other widgets of the page share. Holds no protocol state; what
 * it shows before the hub has answered is the widget's seed.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Limits, Person, Summary } from "../protocol/messages.gen";
import type { Chat, ChatError, Connection, Pending, Question } from "./chat";
import type { HubClient } from "./hub";
import { lastAt } from "./reducer";
import type { Seed } from "./seed";
import type { Conversation } from "./state";

export class Model implements Chat {
  readonly connection: Signal<Connection>;
  readonly me = signal<Person | null>(null);
  readonly owner = signal(false);
  readonly limits = signal<Limits | null>(null);
  readonly conversations = signal<Summary[]>([]);
  readonly more = signal(false);
  readonly unread: ReadonlySignal<number>;
  readonly question = signal<Question | null>(null);
  readonly offset = signal(0);
  readonly pageUrl = signal<string | null>(null);
  readonly #people = signal(new Map<string, Person>());
  readonly #conversations = new Map<string, Signal<Conversation | undefined>>();
  readonly #pending = new Map<string, Signal<Pending[]>>();
  readonly #paging = new Map<string, Promise<boolean>>();

  constructor(
    private readonly hub: HubClient,
    until: AbortSignal,
    private readonly seed: Seed | null = null,
  ) {
    this.connection = signal(hub.connection);
    this.unread = computed(() => this.conversations.value.reduce((sum, row) => sum + row.unread, 0));
    hub.listen((what) => batch(() => this.#changed(what)), until);
    this.#changed(new Set(["list", "people", "me", "connection"]));
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
    this.limits.value = limits;
    this.offset.value = state.offset;
    for (const id of what) {
      const conversation = this.#conversations.get(id);
      if (conversation) conversation.value = this.#conversationNow(id);
      const pending = this.#pending.get(id);
      if (pending) pending.value = this.#pendingNow(id);
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
    const range = { first, last: summary.last_seq, messages, has_before: false };
    return {
      summary,
      cursor: summary.last_seq,
      ranges: messages.length > 0 ? [range] : [],
      watched: false,
      members: [],
      online: 0,
      presence: new Map(),
      marks: new Map(),
      receipts: false,
      typing: [],
      typing_count: 0,
    };
  }

  #pendingNow(id: string): Pending[] {
    return this.hub.link.pending(id).map((one) => ({ ...one }));
  }

  // -------------------------------------------------------------------------------------------------------------- commands

  watch(id: string, until: AbortSignal): void {
    this.hub.watch(id, until);
  }

  send(id: string, text: string): Pending {
    return this.hub.post(id, text);
  }

  retry(key: string): void {
    this.hub.retry(key);
  }

  discard(key: string): void {
    this.hub.discard(key);
  }

  older(id: string): Promise<boolean> {
    const oldest = this.hub.link.state.conversations.get(id)?.ranges[0];
    if (!oldest?.has_before) return Promise.resolve(false);
    return this.#page(id, { before: oldest.first, after: null });
  }

  newer(id: string): Promise<boolean> {
    const known = this.hub.link.state.conversations.get(id);
    const newest = known?.ranges.at(-1);
    if (!known || !newest || newest.last >= known.cursor) return Promise.resolve(false);
    return this.#page(id, { before: null, after: newest.last });
  }

  async newest(id: string): Promise<void> {
    await this.hub.ask({ t: "watch", conversation: id, position: null });
  }

  async exists(id: string): Promise<boolean> {
    const asked = this.hub.ask({ t: "history", conversation: id, before: null, after: null, around: null, limit: 1 });
    return asked.then(
      () => true,
      (error: ChatError) => {
        if (error.code === "unknown_conversation") return false;
        throw error;
      },
    );
  }

  /** One page at a time for each conversation and direction. */
  #page(id: string, bound: { before: number | null; after: number | null }): Promise<boolean> {
    const key = `${id} ${bound.before === null ? "newer" : "older"}`;
    return getOr(this.#paging, key, () => {
      const asked = this.hub.ask({ t: "history", conversation: id, ...bound, around: null, limit: 50 });
      return asked.then(() => true).finally(() => this.#paging.delete(key));
    });
  }

  read(id: string, seq: number): void {
    this.hub.read(id, seq);
  }

  typing(id: string, active: boolean): void {
    this.hub.typing(id, active);
  }

  async open(name: string, create = true): Promise<string> {
    const reply = await this.hub.ask({ t: "open", name, create });
    return reply.t === "opened" ? reply.conversation : "";
  }

  async create(kind: "group" | "channel", title: string, members: string[] = []): Promise<string> {
    const reply = await this.hub.ask({ t: "create", kind, title, members, key: this.hub.newKey() });
    return reply.t === "opened" ? reply.conversation : "";
  }

  async join(id: string): Promise<void> {
    await this.hub.ask({ t: "join", conversation: id });
  }

  async leave(id: string): Promise<void> {
    await this.hub.ask({ t: "leave", conversation: id });
  }

  async rename(name: string): Promise<void> {
    await this.hub.ask({ t: "rename", name });
  }

  async moreConversations(): Promise<void> {
    await this.hub.ask({ t: "conversations", before: this.hub.link.state.tail || null, limit: 50 });
  }

  async findPeople(query: string): Promise<Person[]> {
    const reply = await this.hub.ask({ t: "people", query, limit: 50 });
    return reply.t === "people" ? reply.people : [];
  }

  async findChannels(query: string): Promise<Summary[]> {
    const reply = await this.hub.ask({ t: "channels", query, limit: 50 });
    return reply.t === "channels" ? reply.channels : [];
  }

  async identify(choice: { owner: true } | { owner: false; name: string }): Promise<void> {
    await this.hub.identify(choice);
  }

  async whereIsTheData(): Promise<{ where: string; backup: string; remove: string }> {
    return this.hub.whereIsTheData();
  }

  retryNow(): void {
    this.hub.retryNow();
  }

  draft(id: string): string {
    return this.hub.draft(id);
  }

  setDraft(id: string, text: string): void {
    this.hub.setDraft(id, text);
  }
}

function getOr<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
