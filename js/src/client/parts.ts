/**
 * The parts of a link, and which of them is told what. Pure; same methods as src/nbchat/client/parts.py. `link` knows how the connection is
 * and what has come; from here on each thing goes to those of the parts that it concerns. None of them knows another.
 */

import type { AnyCommand, AnyEphemeral, AnyReply, Posted, Welcome } from "../protocol/messages.gen";
import { Lookups } from "./lookups";
import type { HubError, Pending } from "./outputs";
import { Posting } from "./posting";
import { type Flight, mayRetry } from "./requests";
import { Telling } from "./telling";
import { AGAIN, Watching } from "./watching";
import type { Wire } from "./wire";
import { Writes } from "./writes";

export class Parts {
  /** Unsent messages. */
  readonly posting: Posting;
  /** What views have open. */
  readonly watching: Watching;
  /** Single messages that are wanted. */
  lookups: Lookups;
  /** Own state on its way. */
  writes: Writes;
  /** Typing, markers, acknowledgements. */
  telling: Telling;

  constructor(
    private readonly wire: Wire,
    jitter: () => number,
    pending: Iterable<Pending>,
  ) {
    this.posting = new Posting(wire, jitter, pending);
    this.watching = new Watching(wire);
    this.lookups = new Lookups(wire);
    this.writes = new Writes(wire);
    this.telling = new Telling(wire);
  }

  /** Another store or user: only what views have open still holds. */
  startOver(): void {
    this.posting.startOver();
    this.lookups = new Lookups(this.wire);
    this.writes = new Writes(this.wire);
    this.telling = new Telling(this.wire);
  }

  // ------------------------------------------------------------------------------------------------------------------ time

  /** When they want to send next, while the connection lives. */
  due(): (number | null)[] {
    return [this.posting.queue.due(), ...this.telling.due(), this.writes.due()];
  }

  /** Send what may be sent now: messages, read markers, acknowledgements, own state, lookups. */
  pump(now: number): void {
    for (const part of [this.posting, this.telling, this.writes, this.lookups]) part.pump(now);
  }

  /** Send what is told at most once a second. */
  flush(now: number): void {
    this.writes.pump(now, true);
    this.telling.pump(now, true);
  }

  // -------------------------------------------------------------------------------------------------------- what came back

  /** A message was written, perhaps one of those that wait here. */
  posted(event: Posted): void {
    this.posting.seen([event]);
    this.telling.acknowledge(event.conversation, event);
  }

  /** Something without a number has come. */
  news(item: AnyEphemeral, now: number): void {
    if (item.t === "snapshot") {
      const { id, last, unread } = item.summary;
      this.watching.shown(id, now);
      this.posting.seen(item.messages);
      if (last && unread > 0) this.telling.acknowledge(id, last);
    } else if (item.t === "added") this.watching.added(item.summary.id, now);
    else if (item.t === "removed") this.gone(item.conversation);
    else if (item.t === "own") {
      this.writes.holdBack();
      this.telling.heard(item.rows);
    }
  }

  /** It is not ours any more: nothing is to be told or asked of it. */
  gone(conversation: string): void {
    this.telling.forget(conversation);
    this.lookups.forget(conversation);
  }

  /** A command has its reply. */
  answered({ command, ours }: Flight, item: Exclude<AnyReply, Welcome | HubError>, now: number): void {
    if (item.t === "page" || item.t === "found") this.posting.seen(item.messages);
    this.watching.answered(command, now);
    if (!ours) return;
    if (command.t === "lookup") this.lookups.answered(command.conversation);
    else if (command.t === "set_own") this.writes.done(command.key);
    else if (command.t === "read") this.telling.taken(command);
  }

  // ------------------------------------------------------------------------------------------------------------ what failed

  /** The connection is gone; these commands of ours had no reply. */
  lost(code: number | null, flights: Flight[]): void {
    this.posting.closed(code);
    for (const { command } of flights) this.telling.again(command);
    for (const part of [this.telling, this.watching, this.lookups, this.writes]) part.lost();
  }

  /** A command of ours was refused, or its time is up. */
  failed(command: AnyCommand, error: HubError, now: number): void {
    switch (command.t) {
      case "watch":
      case "history":
        this.watching.failed(command, error, now);
        break;
      case "read":
      case "ack":
        if (mayRetry(error)) this.telling.again(command);
        break;
      case "lookup":
      case "set_own":
        if (mayRetry(error)) this.wire.requests.postpone(command, now + Math.max(AGAIN, error.retry_after ?? 0));
        else if (command.t === "lookup") this.lookups.answered(command.conversation);
        else this.writes.refused(command.key);
    }
  }
}
