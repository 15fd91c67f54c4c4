/**
 * The shell around the link in a page: transport, timers, waiting callers; `keeping` and `drafts` are what outlives the page. Shared by all widgets of a page, hence
 * without signals (each widget's module has a copy of its own of that library); whoever listens is told what changed.
 */

import type { AnyReply, OwnRow } from "../protocol/messages.gen";
import { TEXT_CHARS } from "../protocol/tables.gen";
import type { HubHttp } from "../transport/http";
import { type Dial, SIGNED_OUT, type Transport, type TransportEvents } from "../transport/transport";
import { now, sleepDetector } from "../util/clock";
import { randomKey } from "../util/keys";
import { localStore } from "../util/storage";
import { type Asked, ChatError, type Connection, type Extra, type Pending, type Question } from "./chat";
import { Drafts } from "./drafts";
import { Keeping } from "./keeping";
import { Link } from "./link";
import { type ConnectionInfo, type Output, pendingOf } from "./outputs";

/** A kernel that never answered for this long is taken to be gone, and the snapshot is shown, seconds. */
const FROZEN_AFTER = 20;
/** In which a hub on this machine answers, seconds. */
const NEAR_WAIT = 0.3;
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
  readonly #keeping: Keeping;
  readonly #drafts: Drafts;
  readonly #listeners = new Set<Listener>();
  readonly #waiting = new Map<number, { resolve(reply: AnyReply): void; reject(error: ChatError): void }>();
  /** How many views have something open. */
  readonly #open = new Map<string, number>();
  readonly #ended = new AbortController();
  readonly #slept = sleepDetector();
  #transport: Transport | null = null;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  #via: Connection["via"] = "none";
  #note: Connection["note"] = "";
  #silentSince = 0;
  #performing = false;
  /** The server has not let in since it said that it does not know who this is. */
  #isOut = false;

  constructor(options: HubOptions) {
    this.#options = options;
    const storage = options.storage === undefined ? localStore() : options.storage;
    this.link = new Link("page", "nbchat-page/1", randomKey, Math.random);
    this.#drafts = new Drafts(this.link, storage);
    this.#keeping = new Keeping(this.link, storage, options.name);
    const who = this.#keeping.remember(now());
    if (who) this.#drafts.use(who.store, who.user, now());
    this.#silentSince = now();
  }

  /** Begin to connect, and to listen to the page. */
  start(): void {
    const { signal } = this.#ended;
    if (signal.aborted) return;
    const network = (wait?: number) => () => {
      this.#wake(wait);
      this.#tell(["connection"]);
    };
    addEventListener("online", network(), { signal });
    // Not an end of the connection: a hub on this machine is reached without a network. But only such a one still answers.
    const near = network(NEAR_WAIT);
    addEventListener("offline", near, { signal });
    // Once more, because what was on its way may have come after the first question, and says nothing of the network.
    addEventListener("offline", () => setTimeout(() => navigator.onLine || near(), 2_000 * NEAR_WAIT), { signal });
    addEventListener("pageshow", () => this.#wake(), { signal });
    // A window that was beside another one the whole time was visible: there somebody may have signed in.
    addEventListener("focus", () => this.#isOut && this.#wake(), { signal });
    addEventListener("storage", (event) => this.#stored(event), { signal });
    const look = () => {
      if (document.visibilityState === "visible") this.#wake();
      else this.#do(() => this.link.flush(now()));
    };
    document.addEventListener("visibilitychange", look, { signal });
    this.#do(() => this.link.start(now()));
  }

  /** Somebody looks, or the network is back: try now. Who was signed out may have signed in again in another tab. */
  #wake(wait?: number): void {
    this.#do(() => (this.link.info.state === "signed_out" ? this.link.retryNow(now()) : this.link.wake(now(), wait)));
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
    // Nobody comes back who was never there.
    const isFirst = !this.link.state.me;
    const trying = this.link.isChanging ? "changing" : isFirst ? "connecting" : info.state;
    // Until somebody is let in nothing is shown again of what was emptied.
    const state = !this.#isOut ? trying : this.question ? "asking" : "signed_out";
    const retryAt = info.retry_at === null ? null : Date.now() + Math.max(0, info.retry_at - now()) * 1000;
    return {
      state: isFrozen ? "frozen" : state,
      via: isFrozen ? "none" : this.#via,
      attempt: isFirst ? 1 : info.attempt,
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
    const note = info.note || this.#note;
    if (note || info.state === "connected") return note;
    if (navigator.onLine === false) return "offline";
    // One that still says who we are over HTTP is there.
    return info.attempt >= UNREACHABLE_AFTER && !this.#options.http?.isKnown ? "unreachable" : "";
  }

  // -------------------------------------------------------------------------------------------------------------- commands

  /** Send a command; the reply, or a ChatError. */
  ask(command: Asked): Promise<AnyReply> {
    return new Promise((resolve, reject) => {
      this.#do(() => this.#waiting.set(this.link.request(command, now()), { resolve, reject }));
    });
  }

  /** Queue a message. Throws ChatError where it cannot be queued. */
  post(conversation: string, text: string, extra: Extra): Pending {
    const length = [...text].length;
    if (text.trim() === "" && !extra.forward) throw new ChatError("empty_text", "A message needs some text.");
    if (length > TEXT_CHARS) {
      throw new ChatError("text_too_long", `${length} characters; ${TEXT_CHARS} is the most. Split it.`);
    }
    // A page is emptied for whoever comes: what is typed into it just then is nobody's.
    if (this.link.isChanging) throw new ChatError("other_person", "Written before it was known who you are here.");
    const pending = pendingOf(randomKey(), conversation, text, this.link.moment(Date.now()), extra);
    if (!this.#keeping.put(pending)) {
      throw new ChatError("outbox_full", "Too many messages wait. Connect, then send again.");
    }
    if (this.link.state.me === null) this.#keeping.doubt(pending);
    this.#do(() => this.link.post(conversation, text, now(), pending.key, pending.at, extra));
    return pending;
  }

  retry(key: string): void {
    this.#do(() => this.link.retry(key, now()));
  }

  discard(key: string): void {
    this.#do(() => this.link.discard(key));
  }

  read(conversation: string, seq: number, thread?: number): void {
    this.#do(() => this.link.read(conversation, seq, now(), thread));
  }

  typing(conversation: string, active: boolean, thread?: number): void {
    this.#do(() => this.link.typing(conversation, active, now(), thread));
  }

  want(conversation: string, seqs: number[]): void {
    this.#do(() => this.link.want(conversation, seqs, now()));
  }

  setOwn(key: string, value: OwnRow["value"]): void {
    this.#do(() => this.link.setOwn(key, value, now()));
  }

  /** Also after the server's question was answered. */
  retryNow(): void {
    this.#do(() => this.link.retryNow(now()));
  }

  /** Watch a conversation until the signal aborts; the last watcher unwatches. */
  watch(id: string, until: AbortSignal): void {
    this.#share(id, until, {
      begin: () => this.link.watch(id, now()),
      end: () => this.link.unwatch(id, now()),
    });
  }

  /** Keep a thread loaded until the signal aborts, as long as one view wants it. */
  thread(id: string, root: number, until: AbortSignal): void {
    this.#share(`${id}/${root}`, until, {
      begin: () => this.link.thread(id, root, now()),
      end: () => this.link.unthread(id, root, now()),
    });
  }

  #share(name: string, until: AbortSignal, { begin, end }: { begin: () => void; end: () => void }): void {
    if (until.aborted) return;
    const before = this.#open.get(name) ?? 0;
    this.#open.set(name, before + 1);
    if (before === 0) this.#do(begin);
    until.addEventListener("abort", () => {
      const rest = (this.#open.get(name) ?? 1) - 1;
      this.#open.set(name, rest);
      if (rest === 0) this.#do(end);
    });
  }

  draft(conversation: string, thread?: number): string {
    return this.#drafts.get(conversation, thread);
  }

  setDraft(conversation: string, text: string, thread?: number): void {
    this.#do(() => this.#drafts.set(conversation, text, thread, now()));
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
        this.#drafts.sent();
        break;
      case "connect":
        this.#connect();
        break;
      case "hangup":
        this.#hangUp(output.code);
        break;
      case "keep":
        this.#keeping.put(output.pending);
        break;
      case "forget":
        this.#keeping.remove(output.key);
        break;
      case "resolved":
        this.#resolve(output.ref, output.reply);
        break;
      case "identity":
        this.#identified(output.store, output.user);
        break;
      case "touched":
        if (output.what.has("own")) this.#drafts.heard();
        this.#tell(output.what);
        this.#keeping.handOver(now());
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
    let asked: Question | null = null;
    const during = (use: () => void) => {
      if (mine === null || mine === this.#transport) this.#do(use);
    };
    const events: TransportEvents = {
      opened: () => during(() => this.link.connected(now())),
      received: (data) => during(() => this.link.received(data, now(), Date.now())),
      closed: (code) =>
        during(() => {
          this.#transport = null;
          if (code === SIGNED_OUT) this.question = asked;
          this.link.disconnected(code, now());
        }),
      via: (way, pageUrl) => {
        this.#via = way;
        this.pageUrl = pageUrl;
        this.#tell(["connection"]);
      },
      noted: (note) => this.#noted(note),
      asked: (question) => {
        asked = { ...question, knew: this.link.state.me ? "page" : this.#keeping.isKnown ? "browser" : null };
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
    if (info.state === "signed_out") this.#isOut = true;
    if (info.state === "connected") {
      this.#isOut = false;
      this.question = null;
      this.#note = "";
      this.#keeping.adopt(now());
    }
    this.#tell(["connection"]);
  }

  #tell(what: Iterable<string>): void {
    const all = new Set(what);
    for (const listener of [...this.#listeners]) guarded(() => listener(all));
  }

  #identified(store: string, user: string): void {
    if (this.#keeping.identified(store, user, now())) this.#drafts.use(store, user, now());
    this.#drafts.welcomed(now());
    this.#tell(["drafts"]);
  }

  #stored(event: StorageEvent): void {
    const key = this.#keeping.changedElsewhere(event);
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
