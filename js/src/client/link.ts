/**
 * A client's protocol state: what to send when, and what came back. Pure; same methods and rules as src/nbchat/client/link.py, whose
 * docstring numbers them, and the same vectors (tests/vectors/link).
 *
 * The shell (model.ts) calls an input or a command with the time in seconds of a monotonic clock, performs `take()`, sets an alarm
 * for `timer()` and then calls `tick`.
 */

import type {
  Accepted,
  AnyCommand,
  AnyDurable,
  AnyEphemeral,
  AnyReply,
  Hello,
  Limits,
  Posted,
  Preview,
  Resume,
  Welcome,
} from "../protocol/messages.gen";
import { KNOWN_CONVERSATIONS, RECEIPT_MEMBERS } from "../protocol/tables.gen";
import { decodeFrame, encodeCommand, type Item, type Unknown } from "./codec";
import { closeRow, LATE, Lifeline, type Step } from "./lifeline";
import type { ConnectionInfo, HubError, Output, Pending } from "./outputs";
import { Marks, Typist } from "./pacing";
import { markRead } from "./own";
import { apply, follows, isDurable, lastAt, offline, unwatch } from "./reducer";
import { watch } from "./rows";
import { type Asked, type Flight, mayRetry, Requests } from "./requests";
import { Sending } from "./sending";
import { emptyState, hasMessages, positionOf, positions, type Touched, union } from "./state";

/** Close code for a frame that the hub does not take. */
const TOO_LARGE = 1009;

export class Link {
  state = emptyState();
  limits: Limits | null = null;
  #sending: Sending;
  readonly #requests = new Requests();
  readonly #typist = new Typist();
  #marks = new Marks();
  readonly #life: Lifeline;
  /** Conversations in a view; a number says when to ask again, because the hub could not just now. */
  readonly #watching = new Map<string, number | null>();
  /** Store and user, as JSON. */
  #identity: string | null = null;
  #shown: ConnectionInfo;
  #outputs: Output[] = [];
  #touched: Touched = new Set();

  /** `mint` gives a new client key each time (128 random bits as text), `jitter` a random number in [0, 1). */
  constructor(
    private readonly kind: "page" | "session" | "bot",
    private readonly client: string,
    private readonly mint: () => string,
    private readonly jitter: () => number,
    pending: Iterable<Pending> = [],
  ) {
    this.#sending = new Sending(jitter);
    this.#sending.adopt(pending);
    this.#life = new Lifeline(jitter);
    this.#shown = this.info;
  }

  // --------------------------------------------------------------------------------------------------- what a shell reads

  get info(): ConnectionInfo {
    return this.#life.info;
  }

  /** The unacknowledged messages (of one conversation), oldest first. */
  pending(conversation: string | null = null): Pending[] {
    return conversation === null ? this.#sending.all() : this.#sending.of(conversation);
  }

  /** What is to be done now, in order; the caller performs all of it. */
  take(): Output[] {
    if (this.#touched.size > 0) this.#outputs.push({ do: "touched", what: this.#touched });
    const info = this.info;
    if (JSON.stringify(info) !== JSON.stringify(this.#shown)) {
      this.#shown = info;
      this.#outputs.push({ do: "state", info });
    }
    const outputs = this.#outputs;
    this.#outputs = [];
    this.#touched = new Set();
    return outputs;
  }

  /** When `tick` is wanted next, or null; it may be in the past. */
  timer(): number | null {
    const times = [this.#requests.due(), this.#life.due()];
    if (this.#life.live) {
      times.push(this.#sending.due(), this.#typist.due(), this.#marks.due(), ...this.#watching.values());
    }
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
    this.#life.opened(now);
    this.#ask({ t: "hello", kind: this.kind, client: this.client, resume: this.#resume() }, now);
  }

  /** The transport is gone, or could not be opened; the close code where there was one. */
  disconnected(code: number | null, now: number): void {
    if (this.#life.open || this.#life.phase === "opening") this.#lost(code, now);
  }

  /** A frame came; `wall` is the own clock in ms UTC, if the hub's offset is wanted. */
  received(data: string, now: number, wall: number | null = null): void {
    if (!this.#life.open) return;
    this.#life.heard(now);
    const frame = decodeFrame(data);
    if (frame === null) {
      this.#hangUp(now);
      return;
    }
    this.state.skipped += frame.skipped;
    for (const item of frame.items) this.#item(item, now, wall);
    this.#pump(now);
  }

  /** Time has passed: do what is due. */
  tick(now: number): void {
    const due = this.timer();
    if (due !== null && now - due > LATE && this.#life.mayWake() === "ping") this.#ping(now);
    for (const [flight, error] of this.#requests.expired(now)) this.#fail(flight, error, now);
    this.#do(this.#life.overdue(now), now);
    if (this.#life.live) this.#sayWhatIsDue(now);
  }

  /** The network is back, or somebody looks again: try now, or see whether the connection still lives. */
  wake(now: number): void {
    this.#do(this.#life.mayWake(), now);
  }

  /** Somebody asked to try now, also after signing in again. */
  retryNow(now: number): void {
    if (this.#life.phase === "waiting" || this.#life.phase === "stopped") this.#connect(now);
  }

  // ------------------------------------------------------------------------------------------------------------- commands

  /** Queue a message; `at` is when it was written, ms UTC. It never fails here: the hub judges it. */
  post(conversation: string, text: string, now: number, key: string | null = null, at = 0): Pending {
    const pending: Pending = { key: key ?? this.mint(), conversation, text, at, status: "waiting", error: null };
    this.#sending.add(pending);
    this.#typist.stop(conversation); // the hub takes the message as the end of typing
    this.#outputs.push({ do: "keep", pending });
    this.#touched.add(conversation);
    this.#pump(now);
    return pending;
  }

  /** Say for whom the pending messages were written, before `start`: nobody else may send them (rule 6). */
  expect(store: string, user: string): void {
    this.#identity = JSON.stringify([store, user]);
  }

  /** Take over messages of an earlier run, before those that wait here; known ones are left alone. */
  adopt(pending: Iterable<Pending>, now: number): void {
    for (const one of this.#sending.adopt(pending)) this.#touched.add(one.conversation);
    this.#pump(now);
  }

  /** Send a failed message again. */
  retry(key: string, now: number): void {
    const pending = this.#sending.retry(key);
    if (pending === undefined) return;
    this.#outputs.push({ do: "keep", pending });
    this.#touched.add(pending.conversation);
    this.#pump(now);
  }

  /** Give a message up. False if it is not here, or on its way and cannot be called back. */
  discard(key: string): boolean {
    const pending = this.#sending.discard(key);
    if (pending === undefined) return false;
    this.#outputs.push({ do: "forget", key });
    this.#touched.add(pending.conversation);
    return true;
  }

  /** Send a command, now or when connected. Returns the ref with which `resolved` brings the reply. */
  request(command: Asked, now: number): number {
    const flight = this.#requests.add(command, now, false);
    if (this.#life.live) this.#send(flight);
    return flight.command.ref;
  }

  /** A view shows this conversation; if the hub refuses for good, the watch is forgotten. */
  watch(conversation: string, now: number): void {
    if (this.#watching.has(conversation)) return;
    this.#watching.set(conversation, null);
    if (this.#life.live) this.#askWatch(conversation, now);
  }

  /** No view shows it any more. */
  unwatch(conversation: string, now: number): void {
    if (this.#watching.delete(conversation)) this.#lookAway(conversation, now);
  }

  #lookAway(conversation: string, now: number): void {
    this.#touch(unwatch(this.state, conversation));
    if (this.#life.live) this.#ask({ t: "unwatch", conversation }, now);
  }

  /** All up to seq was read: shown at once, told to the hub at most once a second. */
  read(conversation: string, seq: number, now: number): void {
    const touched = markRead(this.state, conversation, seq);
    if (touched.size === 0) return;
    this.#touch(touched);
    this.#marks.read(conversation, seq);
    this.#pump(now);
  }

  /** A key was struck, or the text was emptied; says "stopped" by itself after TYPING_IDLE. */
  typing(conversation: string, active: boolean, now: number): void {
    if (!this.#life.live) return;
    const say = active ? this.#typist.key(conversation, now) : this.#typist.stop(conversation);
    if (say) this.#ask({ t: "type", conversation, active }, now);
  }

  // ------------------------------------------------------------------------------------------------ the connection's life

  #do(step: Step, now: number): void {
    if (step === "connect") this.#connect(now);
    else if (step === "hang up") this.#hangUp(now);
    else if (step === "ping") this.#ping(now);
  }

  #connect(now: number): void {
    this.#life.connect(now);
    this.#outputs.push({ do: "connect" });
  }

  #hangUp(now: number): void {
    this.#outputs.push({ do: "hangup", code: 1000 });
    this.#lost(null, now);
  }

  #lost(code: number | null, now: number): void {
    this.#typist.clear();
    const flown = this.#sending.close();
    if (code === TOO_LARGE) {
      // Sending the same again would end the same.
      const row = closeRow(code) ?? { name: "frame_too_large", text: "" };
      for (const one of flown) {
        this.#refuse(one, { t: "error", ref: null, code: row.name, text: row.text, retry_after: null });
      }
    }
    this.#touch(
      union(
        flown.map((one) => one.conversation),
        offline(this.state),
      ),
    );
    const { ours, failed } = this.#requests.lost();
    for (const flight of ours) this.#again(flight);
    for (const [flight, error] of failed) this.#fail(flight, error, now);
    this.#life.lost(code, now);
  }

  #resume(): Resume {
    const known = [...this.state.conversations.values()];
    const rows = known.filter((one) => one.summary.joined).sort((a, b) => lastAt(b.summary) - lastAt(a.summary));
    const watched = [...this.#watching.keys()].map((id) => this.state.conversations.get(id)).filter(hasMessages);
    return { uv: this.state.uv, watched: positions(watched), known: positions(rows.slice(0, KNOWN_CONVERSATIONS)) };
  }

  #sayWhatIsDue(now: number): void {
    for (const conversation of this.#typist.idle(now)) this.#ask({ t: "type", conversation, active: false }, now);
    for (const [conversation, again] of [...this.#watching]) {
      if (again !== null && again <= now) this.#askWatch(conversation, now);
    }
    this.#pump(now);
  }

  #ping(now: number): void {
    this.#life.pinged(now);
    this.#ask({ t: "ping" }, now);
  }

  // --------------------------------------------------------------------------------------------------------- what is sent

  /** Send what may be sent now: messages, read markers, acknowledgements. */
  #pump(now: number): void {
    if (!this.#life.live) return;
    for (const [ref, one] of this.#sending.take(now, () => this.#requests.mint())) {
      this.#transmit({ t: "post", conversation: one.conversation, key: one.key, text: one.text, ref });
      this.#touched.add(one.conversation);
    }
    const { reads, acks } = this.#marks.take(now);
    for (const [conversation, seq] of reads) this.#ask({ t: "read", conversation, seq, back: false }, now);
    if (acks.size > 0) this.#ask({ t: "ack", cursors: Object.fromEntries(acks) }, now);
  }

  #ask(command: Asked, now: number): void {
    this.#send(this.#requests.add(command, now, true));
  }

  #askWatch(conversation: string, now: number): void {
    this.#watching.set(conversation, null);
    const known = this.state.conversations.get(conversation);
    this.#ask({ t: "watch", conversation, position: hasMessages(known) ? positionOf(known) : null }, now);
  }

  #send(flight: Flight): void {
    flight.sent = true;
    this.#transmit(flight.command);
  }

  #transmit(command: AnyCommand): void {
    this.#outputs.push({ do: "transmit", data: encodeCommand(command) });
  }

  #touch(touched: Iterable<string>): void {
    for (const one of touched) this.#touched.add(one);
  }

  // ------------------------------------------------------------------------------------------------------ what came back

  #item(item: Item, now: number, wall: number | null): void {
    if (!this.#life.open) return; // given up in the middle of a frame
    if (isDurable(item)) this.#durable(item, now);
    else if (item.t === "error") this.#error(item, now);
    else if (item.t === "welcome") this.#welcome(item, now, wall);
    else if (item.t === "accepted") this.#settle(item.key, item.seq);
    else if (item.t === "bye") {
      this.#life.retryAfter = item.retry_after;
      this.#life.detail = item.text;
    } else if ("ref" in item) this.#reply(item);
    else {
      this.#touch(apply(this.state, item));
      this.#news(item, now);
    }
  }

  #durable(event: AnyDurable | Unknown, now: number): void {
    const place = follows(this.state, event);
    if (place === "gap") this.#hangUp(now);
    if (place !== "next") return;
    this.#touch(apply(this.state, event));
    if (event.t !== "posted") return;
    this.#settleOwn(event.author, event.key, event.seq);
    this.#acknowledge(event.conversation, event);
  }

  #news(item: AnyEphemeral, now: number): void {
    if (item.t === "removed") this.#marks.forget(item.conversation);
    if (item.t === "added" && this.#watching.has(item.summary.id)) this.#askWatch(item.summary.id, now);
    if (item.t !== "snapshot") return;
    // Its view was closed while this was on its way.
    if (!this.#watching.has(item.summary.id)) this.#lookAway(item.summary.id, now);
    for (const message of item.messages) this.#settleOwn(message.author, message.key, message.seq);
    if (item.summary.last && item.summary.unread > 0) this.#acknowledge(item.summary.id, item.summary.last);
  }

  #settleOwn(author: string, key: string, seq: number): void {
    if (author === this.state.me?.id) this.#settle(key, seq);
  }

  #settle(key: string, seq: number): void {
    const pending = this.#sending.settle(key);
    if (pending === undefined) return;
    this.#outputs.push({ do: "settled", pending, seq }, { do: "forget", key });
    this.#touched.add(pending.conversation);
  }

  /** Have the hub told that this message of another person has reached a page of ours, where that is tracked. */
  #acknowledge(conversation: string, of: Posted | Preview): void {
    const row = this.state.conversations.get(conversation)?.summary;
    if (this.kind !== "page" || row === undefined || of.author === this.state.me?.id) return;
    if (row.joined && row.kind !== "channel" && row.members <= RECEIPT_MEMBERS) this.#marks.ack(conversation, of.seq);
  }

  #welcome(item: Welcome, now: number, wall: number | null): void {
    const isFirst = this.state.me === null;
    const identity = JSON.stringify([item.store, item.me.id]);
    if (this.#identity !== null && this.#identity !== identity) {
      this.#startOver(now);
      return;
    }
    const hello = this.#requests.answered(item.ref)?.command;
    if (hello?.t !== "hello") return;
    this.#touch(apply(this.state, item, hello));
    if (wall !== null) this.state.offset = item.now - wall;
    this.limits = item.limits;
    this.#life.welcomed(item.reconnect_cap, now);
    this.#sending.open(item.limits, now);
    this.#identity = identity;
    if (isFirst) this.#outputs.push({ do: "identity", store: item.store, user: item.me.id });
    this.#catchUp(item, hello, now);
  }

  /** Send what waited for the connection. */
  #catchUp(item: Welcome, hello: Hello, now: number): void {
    // Fresh rows do not know of them yet.
    for (const [id, seq] of this.#marks.reads) this.#touch(markRead(this.state, id, seq));
    for (const row of item.conversations) if (row.unread > 0 && row.last) this.#acknowledge(row.id, row.last);
    const bridged = hello.resume?.watched ?? {};
    for (const conversation of [...this.#watching.keys()]) {
      if (!Object.hasOwn(bridged, conversation)) this.#askWatch(conversation, now);
    }
    for (const conversation of Object.keys(bridged)) {
      if (!this.#watching.has(conversation)) this.#lookAway(conversation, now); // closed before the welcome
    }
    for (const flight of this.#requests.unsent()) this.#send(flight);
  }

  /** Another store or user: forget everything, and say hello again without positions of the old one. */
  #startOver(now: number): void {
    this.#touch(["list", "people", "me", ...this.state.conversations.keys()]);
    this.#touch(this.#sending.all().map((one) => one.conversation));
    this.state = emptyState();
    this.#sending = new Sending(this.jitter);
    this.#marks = new Marks();
    this.#identity = null;
    this.#hangUp(now);
    this.#connect(now);
  }

  #reply(item: Exclude<AnyReply, Welcome | Accepted | HubError>): void {
    const flight = this.#requests.answered(item.ref);
    if (flight === undefined) return;
    this.#touch(apply(this.state, item, flight.command));
    if (item.t === "page") for (const one of item.messages) this.#settleOwn(one.author, one.key, one.seq);
    const { command } = flight;
    if (command.t === "watch" && this.#watching.has(command.conversation)) {
      this.#touch(watch(this.state, command.conversation));
    }
    if (!flight.ours) this.#outputs.push({ do: "resolved", ref: item.ref, reply: item });
  }

  // ---------------------------------------------------------------------------------------------------------- what failed

  #error(error: HubError, now: number): void {
    const pending = error.ref === null ? undefined : this.#sending.inFlight(error.ref);
    const flight = error.ref === null ? undefined : this.#requests.answered(error.ref);
    if (pending !== undefined && error.ref !== null) this.#postRefused(pending, error, error.ref, now);
    else if (flight !== undefined) this.#fail(flight, error, now);
    else this.#life.detail = error.text;
    if (error.ref === null && error.code === "malformed") {
      for (const one of this.#sending.unread()) this.#refuse(one, error);
    }
  }

  #postRefused(pending: Pending, error: HubError, ref: number, now: number): void {
    this.#touched.add(pending.conversation);
    if (mayRetry(error)) this.#sending.pause(ref, error.retry_after, error.code === "slow", now);
    else this.#refuse(pending, error);
  }

  #refuse(pending: Pending, error: HubError): void {
    this.#touched.add(pending.conversation);
    this.#sending.fail(pending, error.text);
    this.#outputs.push({ do: "keep", pending }, { do: "refused", pending, error });
  }

  /** A command was refused, or its time is up. */
  #fail(flight: Flight, error: HubError, now: number): void {
    const { command } = flight;
    if (!flight.ours) this.#outputs.push({ do: "resolved", ref: command.ref, reply: error });
    else if (command.t === "hello") this.#life.detail = error.text;
    else if (!mayRetry(error)) {
      if (command.t === "watch") this.#watching.delete(command.conversation);
    } else if (command.t === "watch" && this.#watching.has(command.conversation)) {
      this.#watching.set(command.conversation, now + Math.max(1, error.retry_after ?? 0));
    } else this.#again(flight);
  }

  /** What was in flight and must reach the hub is told once more, later. */
  #again(flight: Flight): void {
    const { command } = flight;
    if (command.t === "read") this.#marks.read(command.conversation, command.seq);
    if (command.t === "ack") {
      for (const [conversation, seq] of Object.entries(command.cursors)) this.#marks.ack(conversation, seq);
    }
  }
}
