/**
 * Texts that are not sent yet, of each conversation and thread: kept in this browser with every key, so that a crash loses none, and told to the hub
 * as own state, so that the next device has them. What was typed here and never told wins; else the hub's row, which another device may
 * have written. A text that was told without an answer, because the page went or the connection broke, may have arrived, and been sent from
 * another device since: where the hub's row is newer than the one that it was typed over, the row holds. Part of the page's shell.
 */

import { keysUnder, readJson, writeJson } from "../util/storage";
import type { Link } from "./link";
import { type Place, placeOf } from "./pacing";

/** What this browser has. */
interface Draft {
  text: string;
  /** The hub has it, too. */
  told: boolean;
  /** What was told last without an answer, this text or one before it; null: nothing. */
  asked: string | null;
  /** Version of the hub's row that it was typed over, 0: there was none. */
  v: number;
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
    this.#tellAll(now);
  }

  /** The hub has said who this is, and with it what it has: what was not told is told now, or given up for a newer row. */
  welcomed(now: number): void {
    this.heard();
    this.#tellAll(now);
  }

  get(conversation: string, thread?: number): string {
    const place = placeOf(conversation, thread);
    const here = this.#here.get(place);
    const row = this.link.state.own.get(`draft:${place}`);
    return row && here?.told !== false ? String(row.value ?? "") : (here?.text ?? "");
  }

  set(conversation: string, text: string, thread: number | undefined, now: number): void {
    const place = placeOf(conversation, thread);
    const before = this.#here.get(place);
    const v = this.link.state.own.get(`draft:${place}`)?.v ?? before?.v ?? 0;
    this.#put(place, { text, told: false, asked: before?.asked ?? null, v });
    this.#tell(place, text, now);
  }

  /** Own state has changed: see what the hub has by now. */
  heard(): void {
    for (const [place, here] of this.#here) {
      const key = `draft:${place}`;
      const row = this.link.state.own.get(key);
      if (row && this.link.isTold(key)) this.#answered(place, here, String(row.value ?? ""), row.v);
    }
  }

  #answered(place: Place, here: Draft, text: string, v: number): void {
    // A text that the hub refused stays here, and what was emptied here and never told gives way to a text that is newer.
    const isOver = v > here.v && (here.asked === here.text || (here.text === "" && here.asked !== text));
    if (here.told || here.text === text || isOver) this.#put(place, { text, told: true, asked: null, v });
    else if (here.asked === here.text) this.#put(place, { ...here, asked: null });
  }

  /** Something was sent: note what the hub may have from now on, and over which of its rows. */
  sent(): void {
    for (const [place, here] of this.#here) {
      const key = `draft:${place}`;
      if (here.told || here.asked === here.text || !this.link.isUnderWay(key, here.text || null)) continue;
      this.#put(place, { ...here, asked: here.text, v: this.link.state.own.get(key)?.v ?? here.v });
    }
  }

  /** Nothing is told over rows that are not known yet. */
  #tellAll(now: number): void {
    if (this.link.state.me === null) return;
    for (const [place, { text, told }] of this.#here) if (!told) this.#tell(place, text, now);
  }

  #put(place: Place, draft: Draft): void {
    if (JSON.stringify(this.#here.get(place)) === JSON.stringify(draft)) return;
    this.#here.set(place, draft);
    this.#save(place);
  }

  #tell(place: Place, text: string, now: number): void {
    this.link.setOwn(`draft:${place}`, text || null, now);
  }

  /** What an earlier version kept is the text alone. */
  #load(key: string): Draft {
    const { text, told, asked, v } = Object(readJson(this.storage, key));
    if (typeof text !== "string") return { text: this.storage?.getItem(key) ?? "", told: false, asked: null, v: 0 };
    return {
      text,
      told: told === true,
      asked: typeof asked === "string" ? asked : null,
      v: typeof v === "number" ? v : 0,
    };
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
