/**
 * The same frames as over the socket by long polling, where WebSockets are blocked: one request waits for frames, another carries what is
 * said (docs/protocol.md, "Over HTTP"). What the network broke is asked again under the same number, so nothing is lost or heard twice. Lazy, and a plain
 * module: it takes nothing of the widget but what `polling` is given. Knows no protocol, as no transport does; `probe.ts` finds the way back.
 */

import { GATEWAYS, POLL_AGAIN, POLL_LOST, POLL_PROMPT } from "../protocol/tables.gen";
import { posting } from "../util/http";
import type { HubHttp } from "./http";
import { Probe, type Turn } from "./probe";
import type { Line, LineEvents, Transport } from "./transport";

/** A request that was broken after so long was cut by something impatient on the way, ms. */
const CUT = 5_000;
/** Characters in one send. So even of long ones the bytes stay below the 64 KiB that a browser lets outlive its page. */
const SEND_CHARS = 16 * 1024;

type Asked =
  | { t: "open" }
  | { t: "wait"; id: string; after: number }
  | { t: "send"; id: string; first: number; frames: string[] }
  | { t: "close"; id: string; code: number };

/** The first line of what a wait is answered with: the number of the last frame below it, and whether these are the last. */
interface Head {
  next: number;
  closed: number | null;
}

/** The hub says no. To ask the same again is no use. */
class Refused extends Error {}

const probes = new WeakMap<HubHttp, Probe>();

/**
 * The line over HTTP, in the place of the socket.
 *
 * @param url of the socket
 * @param socket how it is opened
 * @param turn makes another line the next one to be opened
 */
export function polling(http: HubHttp, url: URL, socket: Line, turn: Turn): Line {
  const probe = probes.get(http) ?? new Probe(url, socket);
  probes.set(http, probe);
  probe.begin();
  return { via: "http", open: (events) => new Poll(http, events, (poll) => probe.watch(poll, turn)) };
}

class Poll implements Transport {
  /** When something was last said or heard, ms of `performance.now()`. */
  busyAt = 0;
  readonly #over = new AbortController();
  /** Aborted when this is over. */
  readonly until = this.#over.signal;
  #id = "";
  #after = 0;
  #sent = 0;
  #queue: string[] = [];
  #sending: Promise<void> | null = null;

  constructor(
    private readonly http: HubHttp,
    private readonly events: LineEvents,
    private readonly opened: (poll: Poll) => void,
  ) {
    void this.#run().catch(() => this.#ended(null));
  }

  send(data: string): void {
    this.#queue.push(data);
    this.#sending ??= this.#sendAll().catch(() => this.#ended(null));
  }

  close(code: number): void {
    this.#over.abort();
    // What was said goes before it; where nothing waits it is told at once, because the page may be going.
    if (this.#sending) void this.#sending.then(() => this.#tellEnd(code));
    else this.#tellEnd(code);
  }

  /** Closes it, and says so. */
  end(): void {
    if (this.until.aborted) return;
    this.close(1000);
    this.events.closed(null);
  }

  #ended(code: number | null): void {
    if (this.until.aborted) return;
    this.#over.abort();
    this.events.closed(code);
  }

  async #run(): Promise<void> {
    const { id } = JSON.parse(await this.#ask({ t: "open" }, POLL_PROMPT));
    this.#id = id;
    if (this.until.aborted) return this.#tellEnd(1000);
    // A socket ends with its page, and so does this: else others would see the person for seconds more.
    addEventListener("pagehide", () => this.end(), { signal: this.until });
    this.opened(this);
    this.events.opened();
    while (!this.until.aborted) await this.#again(() => this.#wait());
  }

  async #wait(): Promise<void> {
    const text = await this.#ask({ t: "wait", id: this.#id, after: this.#after }, POLL_LOST, this.until);
    const [first = "", ...lines] = text.split("\n");
    const { next, closed }: Head = JSON.parse(first);
    const frames = lines.slice(0, Math.max(0, next - this.#after));
    if (frames.length < next - this.#after) throw new TypeError("The answer was cut.");
    this.#after = next;
    for (const frame of frames) {
      if (this.until.aborted) return;
      this.busyAt = performance.now();
      this.events.received(frame);
    }
    if (closed !== null) this.#ended(closed);
  }

  /** One request at a time, which carries all that has come together meanwhile. */
  async #sendAll(): Promise<void> {
    // What is said in one go is sent in one.
    await null;
    while (this.#queue.length > 0) {
      const frames = this.#batch();
      const first = this.#sent + 1;
      this.busyAt = performance.now();
      await this.#again(() => this.#ask({ t: "send", id: this.#id, first, frames }, POLL_PROMPT));
      this.#queue.splice(0, frames.length);
      this.#sent += frames.length;
    }
    this.#sending = null;
  }

  #batch(): string[] {
    let chars = 0;
    const tooMany = this.#queue.findIndex((frame, at) => {
      chars += frame.length;
      return at > 0 && chars > SEND_CHARS;
    });
    return tooMany < 0 ? [...this.#queue] : this.#queue.slice(0, tooMany);
  }

  /** The hub would notice by itself, but later. */
  #tellEnd(code: number): void {
    if (this.#id !== "") this.#ask({ t: "close", id: this.#id, code }, POLL_PROMPT).catch(() => {});
  }

  /** Makes a request until it is answered, unless the hub says no, or nobody has answered for too often. */
  async #again<T>(request: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      const begun = performance.now();
      try {
        return await request();
      } catch (error) {
        if (performance.now() - begun > CUT) tries = 0;
        const pause = POLL_AGAIN[tries];
        if (pause === undefined || this.until.aborted || error instanceof Refused) throw error;
        await new Promise((go) => setTimeout(go, pause * 1000));
      }
    }
  }

  /** One request; the text of its answer. */
  async #ask(asked: Asked, seconds: number, until?: AbortSignal): Promise<string> {
    const request = posting(asked);
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), seconds * 1000);
    const stop = () => ending.abort();
    until?.addEventListener("abort", stop);
    try {
      const response = await fetch(new URL("poll", this.http.base), {
        ...request,
        credentials: "same-origin",
        cache: "no-store",
        // A wait must end with the page, and what was said must not.
        keepalive: asked.t !== "wait" && asked.t !== "open" && request.body.length <= SEND_CHARS,
        signal: ending.signal,
      });
      if (response.ok) return await response.text();
      throw GATEWAYS.some((status) => status === response.status) ? new TypeError("Nobody there.") : new Refused();
    } finally {
      clearTimeout(timer);
      until?.removeEventListener("abort", stop);
    }
  }
}
