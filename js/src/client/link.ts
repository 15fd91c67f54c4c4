/**
 * A client's protocol state: what to send when, and what came back. Pure; same methods and rules as src/nbchat/client/link.py, whose
 * docstring numbers them, and the same vectors (tests/vectors/link). The parts: `lifeline` (connecting, heartbeats), `posting` and `sending`
 * (unsent messages), `watching` (what views have open), `lookups` (single messages), `writes` (own state), `telling` and `pacing`
 * (typing, markers), `requests` (replies), `reducer` (what is known); they share a `wire`, and `parts` says what each is told.
 *
 * The shell (hub.ts) calls an input or a command with the time in seconds of a monotonic clock, performs `take()`, sets an alarm for
 * `timer()` and then calls `tick`.
 */

import type { AnyDurable, AnyReply, Limits, OwnRow, Resume, Welcome } from "../protocol/messages.gen";
import { KNOWN_CONVERSATIONS } from "../protocol/tables.gen";
import type { Asked, Extra } from "./chat";
import { decodeFrame, type Item, type Unknown } from "./codec";
import { LATE, Lifeline, type Step } from "./lifeline";
import { type ConnectionInfo, type HubError, type Output, type Pending, pendingOf } from "./outputs";
import { Parts } from "./parts";
import { apply, follows, isDurable, lastAt, offline } from "./reducer";
import type { Flight } from "./requests";
import { emptyState, positions, type State } from "./state";
import { Wire } from "./wire";

export class Link {
  limits: Limits | null = null;
  /** Somebody else is here than before, and not let in yet. */
  isChanging = false;
  readonly #life: Lifeline;
  readonly #wire: Wire;
  readonly #parts: Parts;
  /** Store and user, as JSON. */
  #identity: string | null = null;
  #shown: ConnectionInfo;

  /** `mint` gives a new client key each time (util/keys.ts), `jitter` a random number in [0, 1). */
  constructor(
    kind: "page" | "session" | "bot",
    private readonly client: string,
    private readonly mint: () => string,
    jitter: () => number,
    pending: Iterable<Pending> = [],
  ) {
    this.#life = new Lifeline(jitter);
    this.#wire = new Wire(kind, this.#life);
    this.#parts = new Parts(this.#wire, jitter, pending);
    this.#shown = this.info;
  }

  // --------------------------------------------------------------------------------------------------- what a shell reads

  get info(): ConnectionInfo {
    return this.#life.info;
  }

  /** What is known; another object once the hub turns out to be another. */
  get state(): State {
    return this.#wire.state;
  }

  /** The unacknowledged messages (of one conversation), oldest first. */
  pending(conversation: string | null = null): Pending[] {
    const { queue } = this.#parts.posting;
    return conversation === null ? queue.all() : queue.of(conversation);
  }

  /** What is to be done now, in order; the caller performs all of it. */
  take(): Output[] {
    const outputs = this.#wire.take();
    const info = this.info;
    if (JSON.stringify(info) !== JSON.stringify(this.#shown)) {
      this.#shown = info;
      outputs.push({ do: "state", info });
    }
    return outputs;
  }

  /** When `tick` is wanted next, or null; it may be in the past. */
  timer(): number | null {
    const times = [this.#wire.requests.due(), this.#life.due()];
    if (this.#life.live) times.push(...this.#parts.due());
    const due = times.filter((time) => time !== null);
    return due.length > 0 ? Math.min(...due) : null;
  }

  // --------------------------------------------------------------------------------------------------------------- inputs

  /** Begin: the first attempt is due at once. */
  start(now: number): void {
    if (this.#life.phase === "new") this.#connect(now);
  }

  /** The transport that `connect` asked for is open. */
  connected(now: number): void {
    if (this.#life.phase !== "opening") return;
    const until = this.#life.opened(now); // after that it is given up; it does not fail before, as other commands do
    this.#wire.ask({ t: "hello", kind: this.#wire.kind, client: this.client, resume: this.#resume() }, until);
  }

  /** The transport is gone, or could not be opened; the close code where there was one. */
  disconnected(code: number | null, now: number): void {
    if (this.#life.open || this.#life.phase === "opening") this.#lost(code, now);
  }

  /** A frame came; `wall` is the own clock in ms UTC, if the hub's offset is wanted. */
  received(data: string, now: number, wall: number | null = null): void {
    if (!this.#life.open) return;
    this.#life.heard(now);
    this.#believe(now, () => {
      const frame = decodeFrame(data);
      if (frame === null) {
        this.#hangUp(now);
        return;
      }
      this.state.skipped += frame.skipped;
      for (const item of frame.items) this.#item(item, now, wall);
      this.#pump(now);
    });
  }

  /** Time has passed: do what is due. */
  tick(now: number): void {
    const due = this.timer();
    if (due !== null && now - due > LATE && this.#life.mayWake() === "ping") this.#ping(now);
    for (const [flight, error] of this.#wire.requests.expired(now)) this.#fail(flight, error, now);
    this.#do(this.#life.overdue(now), now);
    if (this.#life.live) this.#sayWhatIsDue(now);
  }

  /**
   * The network is back, or somebody looks again: try now, or see whether the connection still lives. `wait`: seconds for the answer, where there is
   * reason to think that it does not.
   */
  wake(now: number, wait?: number): void {
    this.#do(this.#life.mayWake(), now, wait);
  }

  /** Somebody asked to try now, also after signing in again. */
  retryNow(now: number): void {
    if (this.#life.phase === "waiting" || this.#life.phase === "stopped") this.#connect(now);
  }

  // ------------------------------------------------------------------------------------------------------------- commands

  /** Queue a message; `at` is when it was written, ms UTC. It never fails here: the hub judges it. */
  post(conversation: string, text: string, now: number, key: string | null = null, at = 0, extra: Extra = {}): Pending {
    const pending = pendingOf(key ?? this.mint(), conversation, text, at, extra);
    this.#parts.telling.posted(conversation, pending.thread);
    this.#parts.posting.post(pending);
    this.#pump(now);
    return pending;
  }

  /** The `at` of what is written now, later than all that waits, also where the clock was set back; `wall` is that clock, ms UTC. */
  moment(wall: number): number {
    return Math.max(wall + this.state.offset, ...this.pending().map((one) => one.at + 1));
  }

  /** Say for whom the pending messages were written, before `start`: nobody else may send them (rule 6). */
  expect(store: string, user: string): void {
    this.#identity = JSON.stringify([store, user]);
  }

  /** Take over messages of an earlier run, before those that wait here; known ones are left alone. */
  adopt(pending: Iterable<Pending>, now: number): void {
    this.#parts.posting.adopt(pending);
    this.#pump(now);
  }

  /** Send a failed message again. */
  retry(key: string, now: number): void {
    this.#parts.posting.retry(key);
    this.#pump(now);
  }

  /** Give a message up. False if it is not here, or on its way and cannot be called back. */
  discard(key: string): boolean {
    return this.#parts.posting.discard(key);
  }

  /** Send a command, now or when connected. Returns the ref with which `resolved` brings the reply. */
  request(command: Asked, now: number): number {
    this.#parts.telling.asked(command, now);
    const flight = this.#wire.requests.add(command, now, false);
    if (this.#life.live) this.#wire.send(flight);
    return flight.command.ref;
  }

  /** A view shows this conversation; if the hub refuses for good, the watch is forgotten. */
  watch(conversation: string, now: number): void {
    this.#parts.watching.watch(conversation, now);
  }

  /** No view shows it any more. What was read and written in it is told at once: who leaves it looks at the list next. */
  unwatch(conversation: string, now: number): void {
    this.flush(now);
    this.#parts.watching.unwatch(conversation, now);
  }

  /** A view shows this thread of a watched conversation: its newest replies are loaded, and kept up to date. */
  thread(conversation: string, root: number, now: number): void {
    this.#parts.watching.thread(conversation, root, now);
  }

  /** No view shows it any more; told at once as by `unwatch`. */
  unthread(conversation: string, root: number, now: number): void {
    this.flush(now);
    this.#parts.watching.unthread(conversation, root);
  }

  /** Single messages are wanted on the screen; those that are nowhere loaded come in `asides`. */
  want(conversation: string, seqs: number[], now: number): void {
    this.#parts.lookups.want(conversation, seqs, now);
  }

  /** All up to seq was read (in a thread): shown at once, told to the hub at most once a second. */
  read(conversation: string, seq: number, now: number, thread: number | null = null): void {
    this.#believe(now, () => {
      this.#parts.telling.read(conversation, seq, thread);
      this.#pump(now);
    });
  }

  /** Set a row of the own state: shown at once, told to the hub now or when connected; null takes it away. */
  setOwn(key: string, value: OwnRow["value"], now: number): void {
    this.#parts.writes.put(key, value, now);
  }

  /** Whether the hub has answered for all that was set of this row. */
  isTold(key: string): boolean {
    return this.#parts.writes.isTold(key);
  }

  /** Whether the hub was told this value, and has not answered. */
  isUnderWay(key: string, value: OwnRow["value"]): boolean {
    return this.#parts.writes.isUnderWay(key, value);
  }

  /** Tell at once what is told at most once a second: whoever asks for this may soon be gone. */
  flush(now: number): void {
    if (this.#life.live) this.#parts.flush(now);
  }

  /** A key was struck, or the text was emptied; says "stopped" by itself after TYPING_IDLE. */
  typing(conversation: string, active: boolean, now: number, thread: number | null = null): void {
    this.#parts.telling.typing(conversation, active, now, thread);
  }

  // ------------------------------------------------------------------------------------------------ the connection's life

  #do(step: Step, now: number, wait?: number): void {
    if (step === "connect") this.#connect(now);
    else if (step === "hang up") this.#hangUp(now);
    else if (step === "ping") this.#ping(now, wait);
  }

  #connect(now: number): void {
    this.#life.connect(now);
    this.#wire.put({ do: "connect" });
  }

  /**
   * Work with what the hub has said. Where that is not of the shape that its kind has, all is forgotten, and asked for anew; nothing that
   * waits to be sent is lost.
   */
  #believe(now: number, work: () => void): void {
    try {
      work();
    } catch {
      this.#forget();
      if (this.#life.open) this.#hangUp(now);
    }
  }

  #hangUp(now: number): void {
    this.#wire.put({ do: "hangup", code: 1000 });
    this.#lost(null, now);
  }

  #lost(code: number | null, now: number): void {
    this.#wire.touch(offline(this.state));
    const { ours, failed } = this.#wire.requests.lost();
    this.#parts.lost(code, ours);
    for (const [flight, error] of failed) this.#fail(flight, error, now);
    this.#life.lost(code, now);
  }

  #resume(): Resume {
    const known = [...this.state.conversations.values()];
    const rows = known.filter((one) => one.summary.joined).sort((a, b) => lastAt(b.summary) - lastAt(a.summary));
    const watched = this.#parts.watching.positions();
    return { uv: this.state.uv, watched, known: positions(rows.slice(0, KNOWN_CONVERSATIONS)) };
  }

  #sayWhatIsDue(now: number): void {
    for (const command of this.#wire.requests.ripe(now)) {
      if (command.t === "watch" || command.t === "history") this.#parts.watching.again(command, now);
      else this.#wire.ask(command, now);
    }
    this.#pump(now);
  }

  #ping(now: number, wait?: number): void {
    this.#life.pinged(now, wait);
    this.#wire.ask({ t: "ping" }, now);
  }

  /** Send what may be sent now. */
  #pump(now: number): void {
    if (this.#life.live) this.#parts.pump(now);
  }

  // ------------------------------------------------------------------------------------------------------ what came back

  #item(item: Item, now: number, wall: number | null): void {
    if (!this.#life.open) return; // given up in the middle of a frame
    if (isDurable(item)) this.#durable(item, now);
    else if (item.t === "error") this.#error(item, now);
    else if (item.t === "welcome") this.#welcome(item, now, wall);
    else if (item.t === "bye") {
      this.#life.retryAfter = item.retry_after;
      this.#life.detail = item.text;
    } else if ("ref" in item) this.#reply(item, now);
    else {
      this.#wire.touch(apply(this.state, item));
      this.#parts.news(item, now);
    }
  }

  #durable(event: AnyDurable | Unknown, now: number): void {
    const place = follows(this.state, event);
    if (place === "gap") this.#hangUp(now);
    if (place !== "next") return;
    this.#wire.touch(apply(this.state, event));
    if (!this.state.conversations.has(event.conversation)) this.#parts.gone(event.conversation);
    if (event.t === "posted") this.#parts.posted(event);
  }

  #welcome(item: Welcome, now: number, wall: number | null): void {
    const isFirst = this.state.me === null;
    const identity = JSON.stringify([item.store, item.me.id]);
    if (this.#identity !== null && this.#identity !== identity) {
      this.#startOver(now);
      return;
    }
    const hello = this.#wire.requests.answered(item.ref)?.command;
    if (hello?.t !== "hello") return;
    if (this.isChanging) this.#endAll(now);
    this.#wire.touch(apply(this.state, item, hello));
    this.isChanging = false; // not before: what cannot be read lets nobody in
    this.#parts.writes.holdBack();
    if (wall !== null) this.state.offset = item.now - wall;
    this.limits = item.limits;
    this.#life.welcomed(item.reconnect_cap, now);
    this.#parts.posting.queue.open(item.limits, now);
    this.#identity = identity;
    if (isFirst) this.#wire.put({ do: "identity", store: item.store, user: item.me.id });
    // Send what waited for the connection.
    this.#parts.telling.welcomed(item.conversations);
    this.#parts.watching.welcomed(hello.resume ?? {}, now);
    for (const flight of this.#wire.requests.unsent()) {
      this.#parts.telling.asked(flight.command, now);
      this.#wire.send(flight);
    }
  }

  /** Nothing is known any more. */
  #forget(): void {
    this.#wire.touch(["list", "people", "me", "own", "connection", ...this.state.conversations.keys()]);
    this.#wire.state = emptyState();
  }

  /** Another store or user: forget everything, and say hello again without positions of the old one. */
  #startOver(now: number): void {
    this.#forget();
    this.#endAll(now);
    this.#identity = null;
    this.isChanging = true;
    this.#hangUp(now);
    this.#connect(now);
  }

  /** Nothing that was written or asked for goes on; only what views have open is opened again. */
  #endAll(now: number): void {
    this.#parts.startOver();
    for (const [flight, error] of this.#wire.requests.startOver()) this.#fail(flight, error, now);
  }

  #reply(item: Exclude<AnyReply, Welcome | HubError>, now: number): void {
    if (item.t === "accepted") {
      this.#parts.posting.settle(item.key, item.seq);
      return;
    }
    const flight = this.#wire.requests.answered(item.ref);
    if (flight === undefined) return;
    this.#wire.touch(apply(this.state, item, flight.command));
    this.#parts.answered(flight, item, now);
    if (!flight.ours) this.#wire.put({ do: "resolved", ref: item.ref, reply: item });
  }

  // ---------------------------------------------------------------------------------------------------------- what failed

  #error(error: HubError, now: number): void {
    if (this.#parts.posting.refused(error, now)) return;
    const flight = error.ref === null ? undefined : this.#wire.requests.answered(error.ref);
    if (flight !== undefined) {
      this.#fail(flight, error, now);
      return;
    }
    this.#life.detail = error.text;
    if (error.ref === null && error.code === "malformed") this.#parts.posting.unreadable(error);
  }

  /** A command was refused, or its time is up. */
  #fail({ command, ours }: Flight, error: HubError, now: number): void {
    if (!ours) this.#wire.put({ do: "resolved", ref: command.ref, reply: error });
    else if (command.t === "hello") {
      if (this.#life.refused(error)) this.#hangUp(now);
    } else this.#parts.failed(command, error, now);
  }
}
