/**
 * Unsent messages in this browser's localStorage, one entry a key, so that they outlive the page. Written before sending, under the
 * store and the user that they were written for. Every tab may send all of them: the key makes each one message.
 */

import { keysUnder, readJson, writeJson } from "../util/storage";
import { type Pending, pendingOf } from "./outputs";

/** Messages that may wait; more than anybody writes by hand in a day without a network. */
export const MAX_MESSAGES = 500;
/** The same in characters; browsers give an origin about 5 MiB, which the host needs too. */
export const MAX_CHARS = 1024 * 1024;

export class Outbox {
  readonly prefix: string;
  /** Characters of each entry, of other tabs too, so that a long queue is not read again for every message. */
  readonly #sizes = new Map<string, number>();

  constructor(
    private readonly storage: Storage | null,
    store: string,
    user: string,
  ) {
    this.prefix = `nbchat:outbox:${encodeURIComponent(store)}:${encodeURIComponent(user)}:`;
    for (const key of keysUnder(storage, this.prefix)) this.#sizes.set(key, storage?.getItem(key)?.length ?? 0);
  }

  /** Everything that waits, oldest first. */
  load(): Pending[] {
    const found = keysUnder(this.storage, this.prefix).map((key) => readJson(this.storage, key));
    return found
      .filter(isPending)
      .map((one) => ({ ...pendingOf(one.key, one.conversation, one.text, one.at, one), ...one }))
      .sort((a, b) => a.at - b.at);
  }

  /** Keep a message; false if there is no room for it. Without any storage there always is: then the page alone keeps it. */
  put(pending: Pending): boolean {
    if (this.storage === null) return true;
    const key = this.prefix + pending.key;
    const size = JSON.stringify(pending).length;
    const others = [...this.#sizes].filter(([other]) => other !== key);
    const chars = others.reduce((sum, [, one]) => sum + one, size);
    if (others.length >= MAX_MESSAGES || chars > MAX_CHARS || !writeJson(this.storage, key, pending)) return false;
    this.#sizes.set(key, size);
    return true;
  }

  remove(key: string): void {
    this.storage?.removeItem(this.prefix + key);
    this.#sizes.delete(this.prefix + key);
  }

  /** Another tab has changed the storage. Returns the client key of a message that it took out, or null. */
  changedElsewhere({ key, newValue }: StorageEvent): string | null {
    if (!key?.startsWith(this.prefix)) return null;
    if (newValue === null) this.#sizes.delete(key);
    else this.#sizes.set(key, newValue.length);
    return newValue === null ? key.slice(this.prefix.length) : null;
  }
}

/** Entries of an earlier version say less. */
function isPending(value: unknown): value is Pending {
  const one = Object(value);
  return (
    [one.key, one.conversation, one.text].every((field) => typeof field === "string") && typeof one.at === "number"
  );
}
