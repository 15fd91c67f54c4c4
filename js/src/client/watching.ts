/**
 * Which conversations and threads views have open, and what is asked of the hub for them. Pure, part of the link; same as watching.py. A
 * conversation in a view is watched on every connection; a thread in a view has its newest replies loaded as soon as its conversation has a
 * snapshot, and again whenever a snapshot has made it forget them.
 */

import type { AnyCommand, History, Position, Resume, Watch } from "../protocol/messages.gen";
import type { HubError } from "./outputs";
import { type Place, partsOf, placeOf } from "./pacing";
import { live } from "./ranges";
import { closeThread, unwatch } from "./reducer";
import { mayRetry } from "./requests";
import { watch } from "./rows";
import { hasMessages, positionOf, positions } from "./state";
import type { Wire } from "./wire";

/** Seconds after which a hub that could not just now is asked again, where it does not say when. */
export const AGAIN = 1;

export class Watching {
  readonly #conversations = new Set<string>();
  readonly #threads = new Set<Place>();
  readonly #loading = new Set<Place>();
  /** Open threads whose first page was overtaken by events. */
  readonly #behind = new Set<Place>();

  constructor(private readonly wire: Wire) {}

  /** Where those stand that can be bridged: their messages are loaded. */
  positions(): Record<string, Position> {
    return positions([...this.#conversations].map((id) => this.#known(id)).filter(hasMessages));
  }

  /** A view shows this conversation; if the hub refuses for good, the watch is forgotten. */
  watch(id: string, now: number): void {
    if (this.#conversations.has(id)) return;
    this.#conversations.add(id);
    if (this.wire.life.live) this.#ask(id, now);
  }

  /** No view shows it any more. */
  unwatch(id: string, now: number): void {
    if (this.#conversations.delete(id)) this.#lookAway(id, now);
  }

  /** A view shows this thread. */
  thread(id: string, root: number, now: number): void {
    this.#threads.add(placeOf(id, root));
    this.loadThreads(id, now);
  }

  /** No view shows it any more: its messages are not kept. */
  unthread(id: string, root: number): void {
    const place = placeOf(id, root);
    this.#behind.delete(place);
    if (this.#threads.delete(place)) this.wire.touch(closeThread(this.wire.state, id, root));
  }

  /** Ask for what is missing of the open threads of a conversation. */
  loadThreads(id: string, now: number): void {
    const known = this.#known(id);
    if (!this.wire.life.live || !hasMessages(known)) return;
    for (const place of this.#threads) {
      const [one, thread] = partsOf(place);
      if (one !== id || thread === null || this.#loading.has(place)) continue;
      const newest = known.threads.get(thread)?.at(-1);
      if (newest && !this.#behind.has(place)) continue;
      this.#loading.add(place);
      const after = newest?.last ?? null;
      const page = { conversation: id, before: null, after, around: null, limit: 50, thread };
      this.wire.ask({ t: "history", ...page }, now);
    }
  }

  // ----------------------------------------------------------------------------------------------------- what came back

  /** Watch what could not be bridged; what was closed since hello is not watched. */
  welcomed(resume: Resume, now: number): void {
    const bridged = Object.keys(resume.watched ?? {});
    for (const id of [...this.#conversations]) {
      if (bridged.includes(id)) this.loadThreads(id, now);
      else this.#ask(id, now);
    }
    for (const id of bridged) if (!this.#conversations.has(id)) this.#lookAway(id, now);
  }

  /** A snapshot came; its view may have been closed while it was on its way. */
  shown(id: string, now: number): void {
    if (!this.#conversations.has(id)) this.#lookAway(id, now);
    this.loadThreads(id, now);
  }

  /** A conversation is ours again: its view, if there is one, shows it again. */
  added(id: string, now: number): void {
    if (this.#conversations.has(id)) this.#ask(id, now);
  }

  /** A command was done, the link's own or not; what it brought is in the state. */
  answered(command: AnyCommand, now: number): void {
    if (command.t === "watch" && this.#conversations.has(command.conversation)) {
      this.wire.touch(watch(this.wire.state, command.conversation));
      this.loadThreads(command.conversation, now);
    } else if (command.t === "history" && typeof command.thread === "number") {
      this.#loaded(command.conversation, command.thread, now);
    }
  }

  /** A command of the link's own was refused, or its time is up: it is asked again, if that may help. */
  failed(command: Watch | History, error: HubError, now: number): void {
    const { conversation } = command;
    if (command.t === "history") this.#loading.delete(placeOf(conversation, command.thread));
    else if (!this.#conversations.has(conversation)) return;
    if (mayRetry(error)) this.wire.requests.postpone(command, now + Math.max(AGAIN, error.retry_after ?? 0));
    else if (command.t === "watch") this.#conversations.delete(conversation);
  }

  /** The time to ask once more has come, if a view still wants it. */
  again(command: Watch | History, now: number): void {
    const { conversation } = command;
    if (command.t === "watch") this.added(conversation, now);
    else this.loadThreads(conversation, now);
  }

  /** The connection is gone, and with it what was asked for. */
  lost(): void {
    this.#loading.clear();
  }

  // --------------------------------------------------------------------------------------------------------------- helpers

  #known(id: string) {
    return this.wire.state.conversations.get(id);
  }

  #ask(conversation: string, now: number): void {
    const known = this.#known(conversation);
    this.wire.ask({ t: "watch", conversation, position: hasMessages(known) ? positionOf(known) : null }, now);
  }

  #lookAway(conversation: string, now: number): void {
    this.wire.touch(unwatch(this.wire.state, conversation));
    if (this.wire.life.live) this.wire.ask({ t: "unwatch", conversation }, now);
  }

  /** A page of a thread came. What events have overtaken it is asked for, so that what is loaded stays live. */
  #loaded(id: string, root: number, now: number): void {
    const place = placeOf(id, root);
    const isMine = this.#loading.delete(place);
    const known = this.#known(id);
    const loaded = known?.threads.get(root);
    if (!this.#threads.has(place)) this.wire.touch(closeThread(this.wire.state, id, root));
    else if (isMine && known) {
      if (loaded?.length && !live(loaded, known.cursor)) this.#behind.add(place);
      else this.#behind.delete(place);
      this.loadThreads(id, now);
    }
  }
}
