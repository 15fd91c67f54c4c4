/**
 * Texts that are not sent yet, of each conversation and thread: kept in this browser with every key, so that a crash loses none, and told to the hub
 * as own state, so that the next device has them. What was typed here and not told yet wins; else the hub's row, which another device may
 * have written. Part of the page's shell.
 */

import { keysUnder, readJson, writeJson } from "../util/storage";
import type { Link } from "./link";
import { type Place, placeOf } from "./pacing";

/** What this browser has; `told`: the hub has it, too. */
interface Draft {
  text: string;
  told: boolean;
}

export class Drafts {
  readonly #here = new Map<Place, Draft>();
  /** Of the person's entries in the storage; null while it is not known who that is. */
  #prefix: string | null = null;

  constructor(
    private readonly link: Link,
    private readonly storage: Storage | null,
  ) {}

  /** From now on they are this person's: what was typed before anybody was known is theirs, what somebody else typed is not. */
  use(store: string, user: string, now: number): void {
    if (this.#prefix !== null) this.#here.clear();
    this.#prefix = `nbchat:draft:${encodeURIComponent(store)}:${encodeURIComponent(user)}:`;
    for (const place of this.#here.keys()) this.#save(place);
    for (const key of keysUnder(this.storage, this.#prefix)) {
      const place = decodeURIComponent(key.slice(this.#prefix.length));
      if (!this.#here.has(place)) this.#here.set(place, this.#load(key));
    }
    for (const [place, { text, told }] of this.#here) if (!told) this.#tell(place, text, now);
  }

  get(conversation: string, thread?: number): string {
    const place = placeOf(conversation, thread);
    const here = this.#here.get(place);
    const row = this.link.state.own.get(`draft:${place}`);
    return row && here?.told !== false ? String(row.value ?? "") : (here?.text ?? "");
  }

  set(conversation: string, text: string, thread: number | undefined, now: number): void {
    const place = placeOf(conversation, thread);
    this.#here.set(place, { text, told: false });
    this.#save(place);
    this.#tell(place, text, now);
  }

  /** Own state has changed: see what the hub has by now. */
  heard(): void {
    for (const [place, here] of this.#here) {
      const key = `draft:${place}`;
      const row = this.link.state.own.get(key);
      if (!row || !this.link.isTold(key)) continue;
      const text = String(row.value ?? "");
      // A text that the hub refused stays here.
      if (here.told ? here.text === text : here.text !== text) continue;
      this.#here.set(place, { text, told: true });
      this.#save(place);
    }
  }

  #tell(place: Place, text: string, now: number): void {
    this.link.setOwn(`draft:${place}`, text || null, now);
  }

  /** What an earlier version kept is the text alone. */
  #load(key: string): Draft {
    const { text, told } = Object(readJson(this.storage, key));
    return typeof text === "string"
      ? { text, told: told === true }
      : { text: this.storage?.getItem(key) ?? "", told: false };
  }

  /** Where there is no room it lives as long as the page. */
  #save(place: Place): void {
    if (this.#prefix === null) return;
    const key = this.#prefix + encodeURIComponent(place);
    const draft = this.#here.get(place);
    if (draft?.told && draft.text === "") this.storage?.removeItem(key);
    else writeJson(this.storage, key, draft);
  }
}
