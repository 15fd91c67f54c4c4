/**
 * A link's own messages, from being written to being on the hub's disk: `sending` in what order, this what is done. Pure, part of the link; same
 * as posting.py. A message is kept before it is transmitted, and forgotten only when the hub has it or somebody gives it up.
 */

import type { Message, Posted } from "../protocol/messages.gen";
import { TOO_LARGE } from "../protocol/tables.gen";
import type { HubError, Pending } from "./outputs";
import { mayRetry } from "./requests";
import { Sending } from "./sending";
import type { Wire } from "./wire";

export class Posting {
  queue: Sending;

  constructor(
    private readonly wire: Wire,
    private readonly jitter: () => number,
    pending: Iterable<Pending>,
  ) {
    this.queue = new Sending(jitter);
    this.queue.adopt(pending);
  }

  /** Queue a message. */
  post(pending: Pending): void {
    this.queue.add(pending);
    this.#kept(pending);
  }

  /** Take over messages of an earlier run, before those that wait here. */
  adopt(pending: Iterable<Pending>): void {
    for (const one of this.queue.adopt(pending)) this.wire.touch([one.conversation]);
  }

  /** Queue a failed message again. */
  retry(key: string): void {
    const pending = this.queue.retry(key);
    if (pending) this.#kept(pending);
  }

  /** Give a message up. False if it is not here, or on its way and cannot be called back. */
  discard(key: string): boolean {
    const pending = this.queue.discard(key);
    if (!pending) return false;
    this.wire.put({ do: "forget", key });
    this.wire.touch([pending.conversation]);
    return true;
  }

  /** Transmit what may be sent now. */
  pump(now: number): void {
    for (const [ref, one] of this.queue.take(now, () => this.wire.requests.mint())) {
      const { conversation, key, text, reply, thread, also, forward } = one;
      this.wire.transmit({ t: "post", conversation, key, text, reply, thread, also, forward, ref });
      this.wire.touch([conversation]);
    }
  }

  /** The hub has it as this seq. */
  settle(key: string, seq: number): void {
    const pending = this.queue.settle(key);
    if (!pending) return;
    this.wire.put({ do: "settled", pending, seq }, { do: "forget", key });
    this.wire.touch([pending.conversation]);
  }

  /** These are on the hub's disk: our own among them need not be sent again. */
  seen(messages: (Message | Posted)[]): void {
    for (const one of messages) if (this.wire.isMe(one.author)) this.settle(one.key, one.seq);
  }

  /** Take the error if it answers a message of ours. Returns whether it did. */
  refused(error: HubError, now: number): boolean {
    const pending = error.ref === null ? undefined : this.queue.inFlight(error.ref);
    if (!pending || error.ref === null) return false;
    this.wire.touch([pending.conversation]);
    if (mayRetry(error)) this.queue.pause(error.ref, error, now);
    else this.#fail(pending, error);
    return true;
  }

  /** The hub could not read some frame: what this befell too often is given up. */
  unreadable(error: HubError): void {
    for (const one of this.queue.unread()) this.#fail(one, error);
  }

  /** The connection is gone; what was in flight waits again. */
  closed(code: number | null): void {
    const flown = this.queue.close();
    this.wire.touch(flown.map((one) => one.conversation));
    if (code !== TOO_LARGE.close) return;
    // Sending the same again would end the same.
    const error: HubError = { t: "error", ref: null, code: TOO_LARGE.code, text: TOO_LARGE.text, retry_after: null };
    for (const one of flown) this.#fail(one, error);
  }

  /** Another store or user: what waits here was not written for it. */
  startOver(): void {
    this.wire.touch(this.queue.all().map((one) => one.conversation));
    this.queue = new Sending(this.jitter);
  }

  #kept(pending: Pending): void {
    this.wire.put({ do: "keep", pending });
    this.wire.touch([pending.conversation]);
  }

  #fail(pending: Pending, error: HubError): void {
    this.wire.touch([pending.conversation]);
    this.queue.fail(pending, error);
    this.wire.put({ do: "keep", pending }, { do: "refused", pending, error });
  }
}
