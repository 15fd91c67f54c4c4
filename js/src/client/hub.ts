/**
 * The shell around the link in a page: transport, timers, outbox, drafts, waiting callers. Shared by all widgets of a page, hence
 * without signals (each widget's module has a copy of its own of that library); whoever listens is told what changed.
 */

import type { AnyReply } from "../protocol/messages.gen";
import { TEXT_CHARS } from "../protocol/tables.gen";
import type { Answer, HubHttp } from "../transport/http";
import type { Dial, Transport, TransportEvents } from "../transport/transport";
import { now, sleepDetector } from "../util/clock";
import { randomKey } from "../util/keys";
import { localStore, readJson, writeJson } from "../util/storage";
import { type Asked, ChatError, type Connection, type Pending, type Question } from "./chat";
import { Link } from "./link";
import { Outbox } from "./outbox";
import type { ConnectionInfo, Output } from "./outputs";

/** A kernel that never answered for this long is taken to be gone, and the snapshot is shown, seconds. */
const FROZEN_AFTER = 20;
/** After so many attempts people are told that the server cannot be reached. */
const UNREACHABLE_AFTER = 3;

export interface HubOptions {
  dial: Dial;
  /** Null where there is no hub at the page's origin. */
  http: HubHttp | null;
  /** Under which this browser remembers who it was there. */
  name: string;
  /** Null: nothing outlives the page. */
  storage?: Storage | null;
}

/** What changed: as the link's `touched`, and "connection", "drafts". */
export type Listener = (what: ReadonlySet<string>) => void;

export class HubClient {
  readonly link: Link;
  question: Question | null = null;
  pageUrl: string | null = null;
  readonly #options: HubOptions;
  readonly #storage: Storage | null;
  readonly #listeners = new Set<Listener>();
  readonly #waiting = new Map<number, { resolve(reply: AnyReply): void; reject(error: ChatError): void }>();
  readonly #watched = new Map<string, number>();
  readonly #drafts = new Map<string, string>();
  readonly #ended = new AbortController();
  readonly #slept = sleepDetector();
  #who: { store: string; user: string } | null = null;
  #outbox: Outbox;
  /** What was written here without a connection, with the outbox of whom this browser was taken to be. */
  readonly #unsure = new Map<string, { pending: Pending; outbox: Outbox }>();
  #transport: Transport | null = null;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  #via: Connection["via"] = "none";
  #note: Connection["note"] = "";
  #silentSince = 0;
  #lastAt = 0;
  #performing = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#storage = options.storage === undefined ? localStore() : options.storage;
    this.link = new Link("page", "nbchat-page/1", randomKey, Math.random);
    this.#outbox = new Outbox(null, "", "");
    this.#remember();
    this.#silentSince = now();
  }

  /** Begin to connect, and to listen to the page. */
  start(): void {
    const { signal } = this.#ended;
    if (signal.aborted) return;
    addEventListener("online", () => this.#do(() => this.link.wake(now())), { signal });
    // Not an end of the connection: a hub on this machine is reached without a network. But a silent one is found in seconds.
    addEventListener("offline", () => this.#do(() => this.link.wake(now())), { signal });
    addEventListener("pageshow", () => this.#do(() => this.link.wake(now())), { signal });
    addEventListener("storage", (event) => this.#stored(event), { signal });
    const look = () => document.visibilityState === "visible" && this.#do(() => this.link.wake(now()));
    document.addEventListener("visibilitychange", look, { signal });
    this.#do(() => this.link.start(now()));
  }

  /** Let go of everything; what waits is in the outbox. */
  end(): void {
    this.#ended.abort();
    clearTimeout(this.#alarm);
    this.#hangUp(1000);
    const gone = new ChatError("closed", "The chat was closed before the hub answered.");
    for (const { reject } of this.#waiting.values()) reject(gone);
    this.#waiting.clear();
    this.#listeners.clear();
  }

  /** Be told of changes until the signal aborts. */
  listen(listener: Listener, until: AbortSignal): void {
    this.#listeners.add(listener);
    until.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  get connection(): Connection {
    const info = this.link.info;
    const isFrozen = this.#isFrozen(info);
    const state = info.state === "signed_out" && this.question ? "asking" : info.state;
    const retryAt = info.retry_at === null ? null : Date.now() + Math.max(0, info.retry_at - now()) * 1000;
    return {
      state: isFrozen ? "frozen" : state,
      via: isFrozen ? "none" : this.#via,
      attempt: info.attempt,
      retry_at: retryAt,
      note: this.#noteOf(info),
    };
  }

  /** Neither hub nor kernel has ever answered. */
  #isFrozen(info: ConnectionInfo): boolean {
    if (this.#via !== "relay" || info.state === "connected" || this.link.state.me !== null) return false;
    return this.#note === "kernel_gone" || now() - this.#silentSince > FROZEN_AFTER;
  }

  #noteOf(info: ConnectionInfo): Connection["note"] {
    if (info.note || this.#note) return info.note || this.#note;
    return info.attempt >= UNREACHABLE_AFTER && info.state !== "connected" ? "unreachable" : "";
  }

  // -------------------------------------------------------------------------------------------------------------- commands

  /** Send a command; the reply, or a ChatError. */
  ask(command: Asked): Promise<AnyReply> {
    return new Promise((resolve, reject) => {
      this.#do(() => this.#waiting.set(this.link.request(command, now()), { resolve, reject }));
    });
  }

  /** Queue a message. Throws ChatError where it cannot be queued. */
  post(conversation: string, text: string): Pending {
    const length = [...text].length;
    if (text.trim() === "") throw new ChatError("empty_text", "A message needs some text.");
    if (length > TEXT_CHARS) {
      throw new ChatError(
        "text_too_long",
        `This message has ${length} characters; ${TEXT_CHARS} is the most. Split it.`,
      );
    }
    const pending: Pending = {
      key: randomKey(),
      conversation,
      text,
      at: this.#stamp(),
      status: "waiting",
      error: null,
    };
    if (!this.#outbox.put(pending)) {
      throw new ChatError("outbox_full", "Too many messages wait in this browser already. Connect, then send again.");
    }
    if (this.#who !== null && this.link.info.state !== "connected")
      this.#unsure.set(pending.key, { pending, outbox: this.#outbox });
    this.#do(() => this.link.post(conversation, text, now(), pending.key, pending.at));
    return pending;
  }

  /** Later than any before it, so that the order in which they were written outlives the page. */
  #stamp(): number {
    this.#lastAt = Math.max(Date.now() + this.link.state.offset, this.#lastAt + 1);
    return this.#lastAt;
  }

  newKey(): string {
    return randomKey();
  }

  retry(key: string): void {
    this.#do(() => this.link.retry(key, now()));
  }

  discard(key: string): void {
    this.#do(() => this.link.discard(key));
  }

  read(conversation: string, seq: number): void {
    this.#do(() => this.link.read(conversation, seq, now()));
  }

  typing(conversation: string, active: boolean): void {
    this.#do(() => this.link.typing(conversation, active, now()));
  }

  retryNow(): void {
    this.#do(() => this.link.retryNow(now()));
  }

  /** Watch a conversation until the signal aborts; the last watcher unwatches. */
  watch(conversation: string, until: AbortSignal): void {
    if (until.aborted) return;
    this.#count(conversation, 1);
    until.addEventListener("abort", () => this.#count(conversation, -1));
  }

  #count(conversation: string, more: 1 | -1): void {
    const before = this.#watched.get(conversation) ?? 0;
    this.#watched.set(conversation, before + more);
    if (this.#ended.signal.aborted) return;
    if (before === 0) this.#do(() => this.link.watch(conversation, now()));
    if (before + more > 0) return;
    this.#watched.delete(conversation);
    this.#do(() => this.link.unwatch(conversation, now()));
  }

  /** Answer the server's question, then connect. Throws ChatError where the server refuses. */
  async identify(answer: Answer): Promise<void> {
    await this.#http().identify(answer);
    this.question = null;
    this.retryNow();
    this.#tell(["connection"]);
  }

  /** Throws ChatError for people who may not know, and where there is no way to ask. */
  whereIsTheData(): Promise<{ where: string; backup: string; remove: string }> {
    return this.#http().data();
  }

  #http(): HubHttp {
    if (this.#options.http !== null && this.#via === "direct") return this.#options.http;
    throw new ChatError("forbidden", "This page reaches its hub only through the kernel; ask in Python.");
  }

  draft(conversation: string): string {
    const kept = this.#who && this.#storage?.getItem(this.#draftKey(conversation));
    return this.#drafts.get(conversation) ?? kept ?? "";
  }

  setDraft(conversation: string, text: string): void {
    this.#drafts.set(conversation, text);
    if (!this.#who) return;
    const key = this.#draftKey(conversation);
    try {
      if (text === "") this.#storage?.removeItem(key);
      else this.#storage?.setItem(key, text);
    } catch {
      // No room: the draft lives as long as the page.
    }
  }

  #draftKey(conversation: string): string {
    const { store, user } = this.#who ?? { store: "", user: "" };
    return `nbchat:draft:${[store, user, conversation].map(encodeURIComponent).join(":")}`;
  }

  // ----------------------------------------------------------------------------------------------------------------- shell

  /** Use the link, perform what it wants, and set the alarm. */
  #do(use: () => unknown): void {
    if (this.#ended.signal.aborted) return;
    try {
      use();
    } finally {
      if (!this.#performing) this.#performAll();
    }
  }

  #performAll(): void {
    this.#performing = true;
    for (let outputs = this.link.take(); outputs.length > 0; outputs = this.link.take()) {
      for (const output of outputs) guarded(() => this.#perform(output));
    }
    this.#performing = false;
    this.#setAlarm();
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const due = this.link.timer();
    if (due === null) return;
    // A browser's timer takes at most 2^31 ms, and waking once a minute costs nothing.
    const wait = Math.min(Math.max(0, due - now()) * 1000, 60_000);
    this.#alarm = setTimeout(() => this.#do(() => this.#tick()), Math.ceil(wait));
  }

  #tick(): void {
    this.link.tick(now());
    if (this.#slept()) this.link.wake(now());
    if (this.link.info.state !== "connected") this.#tell(["connection"]);
  }

  #perform(output: Output): void {
    switch (output.do) {
      case "transmit":
        this.#transport?.send(output.data);
        break;
      case "connect":
        this.#connect();
        break;
      case "hangup":
        this.#hangUp(output.code);
        break;
      case "keep":
        this.#outbox.put(output.pending);
        break;
      case "forget":
        this.#outbox.remove(output.key);
        this.#unsure.delete(output.key);
        break;
      case "resolved":
        this.#resolve(output.ref, output.reply);
        break;
      case "identity":
        this.#identified(output.store, output.user);
        break;
      case "touched":
        this.#tell(output.what);
        this.#handOver();
        break;
      case "state":
        this.#connectionChanged(output.info);
        break;
      case "settled":
      case "refused":
        break; // `touched` says so too, and nobody waits for them here
    }
  }

  #resolve(ref: number, reply: AnyReply): void {
    const waiting = this.#waiting.get(ref);
    this.#waiting.delete(ref);
    if (reply.t === "error") waiting?.reject(new ChatError(reply.code, reply.text, reply.retry_after));
    else waiting?.resolve(reply);
  }

  #connect(): void {
    let mine: Transport | null = null;
    const during = (use: () => void) => {
      if (mine === null || mine === this.#transport) this.#do(use);
    };
    const events: TransportEvents = {
      opened: () => during(() => this.link.connected(now())),
      received: (data) => during(() => this.link.received(data, now(), Date.now())),
      closed: (code) =>
        during(() => {
          this.#transport = null;
          this.link.disconnected(code, now());
        }),
      via: (way, pageUrl) => {
        this.#via = way;
        this.pageUrl = pageUrl;
        this.#tell(["connection"]);
      },
      noted: (note) => this.#noted(note),
      asked: (question) => {
        this.question = question;
        this.#tell(["connection"]);
      },
    };
    mine = this.#options.dial(events);
    this.#transport = mine;
  }

  #hangUp(code: number): void {
    this.#transport?.close(code);
    this.#transport = null;
  }

  #noted(note: "" | "kernel_busy" | "kernel_gone"): void {
    if (note === "") this.#silentSince = now();
    if (note === this.#note) return;
    this.#note = note;
    this.#tell(["connection"]);
  }

  #connectionChanged(info: ConnectionInfo): void {
    if (info.state === "connected") {
      this.question = null;
      this.#note = "";
      // What other tabs left behind, because they were closed or crashed.
      this.link.adopt(this.#outbox.load(), now());
    }
    this.#tell(["connection"]);
  }

  #tell(what: Iterable<string>): void {
    const all = new Set(what);
    for (const listener of [...this.#listeners]) guarded(() => listener(all));
  }

  // ------------------------------------------------------------------------------------------------- who this browser was

  /** Begin with what is known from the last time, so that what was not sent is shown, and more can be written. */
  #remember(): void {
    const { store, user } = Object(readJson(this.#storage, this.#whoKey));
    if (typeof store !== "string" || typeof user !== "string") return;
    this.#use(store, user);
    this.link.expect(store, user);
    this.link.adopt(this.#outbox.load(), now());
  }

  #identified(store: string, user: string): void {
    const isSame = this.#who?.store === store && this.#who.user === user;
    if (!isSame) {
      this.#use(store, user);
      for (const pending of this.link.pending()) this.#outbox.put(pending);
      writeJson(this.#storage, this.#whoKey, { store, user });
    }
    this.link.adopt(this.#outbox.load(), now());
    this.#tell(["drafts"]);
  }

  /**
   * What was written here while this browser was taken for somebody else must not go out under that name. It is shown as failed, so that
   * its writer sends it again or not; where its writer cannot see the conversation, it stays with the other person.
   */
  #handOver(): void {
    const { me, conversations } = this.link.state;
    if (this.link.info.state !== "connected") return;
    for (const [key, { pending, outbox }] of this.#unsure) {
      if (outbox.prefix === this.#outbox.prefix) this.#unsure.delete(key);
      else if (conversations.has(pending.conversation)) {
        this.#unsure.delete(key);
        outbox.remove(key);
        const error = `Written before it was known that you are ${me?.name} here.`;
        const failed: Pending = { ...pending, status: "failed", error };
        this.#outbox.put(failed);
        this.link.adopt([failed], now());
      }
    }
  }

  #use(store: string, user: string): void {
    if (this.#who !== null) this.#drafts.clear(); // somebody else's
    this.#who = { store, user };
    this.#outbox = new Outbox(this.#storage, store, user);
    for (const [conversation, text] of this.#drafts) this.setDraft(conversation, text);
  }

  get #whoKey(): string {
    return `nbchat:who:${this.#options.name}`;
  }

  #stored(event: StorageEvent): void {
    const key = this.#outbox.changedElsewhere(event);
    if (key !== null) this.#do(() => this.link.discard(key));
  }
}

/** What fails in one widget, or for one output, must not end the chat of all the others. */
function guarded(use: () => void): void {
  try {
    use();
  } catch (error) {
    console.error("nbchat:", error);
  }
}
