/**
 * Unsent messages in this browser's localStorage, one entry a key, so that they outlive the page. Written before sending, under the
 * store and the user that they were written for. Every tab may send all of them: the key makes each one message.
 */

import { keysUnder, readJson, writeJson } from "../util/storage";
import type { Pending } from "./chat";

/** Messages that may wait; more than anybody writes by hand in a day without a network. */
export const MAX_MESSAGES = 500;
/** The same in characters; browsers give an origin about 5 MiB, which the host needs too. */
export const MAX_CHARS = 1024 * 1024;

export class Outbox {
  readonly prefix: string;

  constructor(
    private readonly storage: Storage | null,
    store: string,
    user: string,
  ) {
    this.prefix = `nbchat:outbox:${encodeURIComponent(store)}:${encodeURIComponent(user)}:`;
  }

  /** Everything that waits, oldest first. */
  load(): Pending[] {
    const found = keysUnder(this.storage, this.prefix).map((key) => readJson(this.storage, key));
    return found.filter(isPending).sort((a, b) => a.at - b.at);
  }

  /** Keep a message; false if there is no room for it. Without any storage there always is: then the page alone keeps it. */
  put(pending: Pending): boolean {
    if (this.storage === null) return true;
    const key = this.prefix + pending.key;
    const others = keysUnder(this.storage, this.prefix).filter((one) => one !== key);
    const chars = others.reduce((sum, one) => sum + (this.storage?.getItem(one)?.length ?? 0), 0);
    if (others.length >= MAX_MESSAGES || chars + pending.text.length > MAX_CHARS) return false;
    return writeJson(this.storage, key, pending);
  }

  remove(key: string): void {
    this.storage?.removeItem(this.prefix + key);
  }

  /** The client key of a storage event that says another tab took a message out, or null. */
  takenElsewhere(event: StorageEvent): string | null {
    if (event.newValue !== null || !event.key?.startsWith(this.prefix)) return null;
    return event.key.slice(this.prefix.length);
  }
}

function isPending(value: unknown): value is Pending {
  const one = Object(value);
  return (
    [one.key, one.conversation, one.text].every((field) => typeof field === "string") && typeof one.at === "number"
  );
}
