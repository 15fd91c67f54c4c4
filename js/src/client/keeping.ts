/**
 * What a browser keeps for its person, beyond the page: who they were, and their unsent messages. Part of the page's shell. It begins with whom it
 * was taken for the last time, so that what was not sent is shown and more can be written before the hub has answered; what is written then
 * never goes out under another name. What somebody wrote whom the hub has named stays theirs: who comes after them at the same page neither sees nor sends it.
 */

import { readJson, writeJson } from "../util/storage";
import type { Link } from "./link";
import { Outbox } from "./outbox";
import type { Pending } from "./outputs";

export class Keeping {
  #who: { store: string; user: string } | null = null;
  #outbox = new Outbox(null, "", "");
  /** What was written before the hub has said who is here, with the outbox of whom this browser was taken to be. */
  readonly #unsure = new Map<string, { pending: Pending; outbox: Outbox }>();

  /** Whether it is known who is here, or was here the last time. */
  get isKnown(): boolean {
    return this.#who !== null;
  }

  /** `name`: under which this browser remembers who it was there. */
  constructor(
    private readonly link: Link,
    private readonly storage: Storage | null,
    private readonly name: string,
  ) {}

  /** Who this browser was the last time, or null. What they have not sent is in the link, and only they may send it. */
  remember(now: number): { store: string; user: string } | null {
    const { store, user } = Object(readJson(this.storage, this.#whoKey));
    if (typeof store !== "string" || typeof user !== "string") return null;
    this.#use(store, user);
    this.link.expect(store, user);
    this.adopt(now);
    return { store, user };
  }

  /** The hub has said who this is. Returns whether that is somebody else than before. */
  identified(store: string, user: string, now: number): boolean {
    const isSame = this.#who?.store === store && this.#who.user === user;
    if (!isSame) {
      this.#use(store, user);
      for (const pending of this.link.pending()) this.#outbox.put(pending);
      writeJson(this.storage, this.#whoKey, { store, user });
    }
    this.adopt(now);
    return !isSame;
  }

  /** Take over what other tabs left behind, because they were closed or crashed. */
  adopt(now: number): void {
    this.link.adopt(this.#outbox.load(), now);
  }

  /** Keep a message; false if there is no room for it. */
  put(pending: Pending): boolean {
    return this.#outbox.put(pending);
  }

  /** It was written before the hub has said who is here. */
  doubt(pending: Pending): void {
    if (this.#who !== null) this.#unsure.set(pending.key, { pending, outbox: this.#outbox });
  }

  remove(key: string): void {
    this.#outbox.remove(key);
    this.#unsure.delete(key);
  }

  /**
   * What was written before the first answer, and not by whom this browser was taken for, must not go out under that name. It is shown as failed, so that
   * its writer sends it again or not; where its writer cannot see the conversation, it stays with the other person.
   */
  handOver(now: number): void {
    const { me, conversations } = this.link.state;
    if (this.link.info.state !== "connected") return;
    for (const [key, { pending, outbox }] of this.#unsure) {
      if (outbox.prefix === this.#outbox.prefix) this.#unsure.delete(key);
      else if (conversations.has(pending.conversation)) {
        this.#unsure.delete(key);
        outbox.remove(key);
        const error = `Written before it was known that you are ${me?.name} here.`;
        const failed: Pending = { ...pending, status: "failed", error, code: "other_person" };
        this.#outbox.put(failed);
        this.link.adopt([failed], now);
      }
    }
  }

  /** Another tab has changed the storage. Returns the client key of a message that it took out, or null. */
  changedElsewhere(event: StorageEvent): string | null {
    return this.#outbox.changedElsewhere(event);
  }

  #use(store: string, user: string): void {
    this.#who = { store, user };
    this.#outbox = new Outbox(this.storage, store, user);
  }

  get #whoKey(): string {
    return `nbchat:who:${this.name}`;
  }
}
