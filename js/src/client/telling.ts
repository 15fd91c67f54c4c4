/**
 * What a link tells the hub of its person: that they type, how far they have read, what has arrived here. Pure, part of the link; same as
 * telling.py. `pacing` says how often; what was not told when a connection broke is told on the next one.
 */

import type { AnyCommand, OwnRow, Posted, Preview, Summary } from "../protocol/messages.gen";
import { RECEIPT_MEMBERS } from "../protocol/tables.gen";
import { markRead, markThreadRead } from "./own";
import { Marks, partsOf, placeOf, Typist } from "./pacing";
import type { Touched } from "./state";
import type { Wire } from "./wire";

export class Telling {
  readonly #typist = new Typist();
  readonly #marks = new Marks();

  constructor(private readonly wire: Wire) {}

  /** A key was struck, or the text was emptied. */
  typing(conversation: string, active: boolean, now: number, thread: number | null): void {
    const place = placeOf(conversation, thread);
    if (!this.wire.life.live) return;
    if (active ? this.#typist.key(place, now) : this.#typist.stop(place)) this.#sayTyping(place, active, now);
  }

  /** A message was written: the hub takes it as the end of typing. */
  posted(conversation: string, thread: number | null): void {
    this.#typist.stop(placeOf(conversation, thread));
  }

  /** All up to seq was read (in a thread): shown at once, told by `pump`. */
  read(conversation: string, seq: number, thread: number | null): void {
    const touched = this.#mark(conversation, seq, thread);
    if (touched.size === 0) return;
    this.wire.touch(touched);
    this.#marks.read(placeOf(conversation, thread), seq);
  }

  /**
   * A shell sends this. Before a marker goes back on purpose the rest is told, which later would raise it again. It is not dropped: the hub may
   * refuse the command, and then what is shown as read has to be so.
   */
  asked(command: Pick<AnyCommand, "t">, now: number): void {
    const { t, back, conversation, thread } = command as Extract<AnyCommand, { t: "read" }>;
    if (t !== "read" || !back || !this.wire.life.live) return;
    this.pump(now, true);
    this.#marks.back(placeOf(conversation, thread));
  }

  /** Have the hub told that this message of another person has reached a page of ours, where that is tracked. */
  acknowledge(conversation: string, of: Posted | Preview): void {
    const row = this.wire.state.conversations.get(conversation)?.summary;
    if (this.wire.kind !== "page" || row === undefined || this.wire.isMe(of.author)) return;
    if (row.joined && row.kind !== "channel" && row.members <= RECEIPT_MEMBERS) this.#marks.ack(conversation, of.seq);
  }

  /** Tell what is due, or with `hurry` all. */
  pump(now: number, hurry = false): void {
    for (const place of this.#typist.idle(now)) this.#sayTyping(place, false, now);
    const { reads, acks } = this.#marks.take(now, hurry);
    for (const [place, seq] of reads) {
      const [conversation, thread] = partsOf(place);
      this.wire.ask({ t: "read", conversation, seq, back: false, thread }, now);
    }
    if (acks.size > 0) this.wire.ask({ t: "ack", cursors: Object.fromEntries(acks) }, now);
  }

  /** When `pump` may have something next. */
  due(): (number | null)[] {
    return [this.#typist.due(), this.#marks.due()];
  }

  /** Fresh rows came: they do not know yet what was read meanwhile, and name messages that have arrived. */
  welcomed(rows: Summary[]): void {
    this.#hold();
    for (const row of rows) if (row.unread > 0 && row.last) this.acknowledge(row.id, row.last);
  }

  /** Own rows came; an older marker among them, as that of an own message, does not take back what was read meanwhile. */
  heard(rows: OwnRow[]): void {
    for (const { key, value } of rows) {
      const [, place] = /^(?:read|thread):(.+)$/.exec(key) ?? [];
      if (place !== undefined && typeof value === "number") this.#marks.heard(place, value);
    }
    this.#hold();
  }

  /** The hub has stored a marker; its row may never come, where another device has moved the marker at once. */
  taken({ conversation, thread, seq }: Extract<AnyCommand, { t: "read" }>): void {
    this.#marks.taken(placeOf(conversation, thread), seq);
  }

  /** Have told once more what was in flight when the connection broke, or what the hub could not store. */
  again(command: AnyCommand): void {
    this.#marks.again(command);
  }

  /** The connection is gone, and with it what the hub knew of typing. */
  lost(): void {
    this.#typist.clear();
    this.#marks.lost();
  }

  /** The conversation is not ours any more. */
  forget(conversation: string): void {
    this.#marks.forget(conversation);
  }

  #hold(): void {
    for (const [place, seq] of this.#marks.ahead()) {
      const [id, thread] = partsOf(place);
      this.wire.touch(this.#mark(id, seq, thread));
    }
  }

  #mark(conversation: string, seq: number, thread: number | null): Touched {
    if (thread === null) return markRead(this.wire.state, conversation, seq);
    return markThreadRead(this.wire.state, conversation, thread, seq);
  }

  #sayTyping(place: string, active: boolean, now: number): void {
    const [conversation, thread] = partsOf(place);
    this.wire.ask({ t: "type", conversation, active, thread }, now);
  }
}
