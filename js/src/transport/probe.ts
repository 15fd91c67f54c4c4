/**
 * The way back from polling: tries the WebSocket now and then, more and more seldom, and when the network is back or somebody looks. Only a
 * socket that carries a frame counts, because some that stand between let one open and swallow all that is said. It is kept, and is the next
 * line that is opened. Part of the lazy chunk `polling`.
 */

import { carried } from "./direct";
import type { Line } from "./transport";

/** Pauses between two tries, ms: the first, which doubles, and the longest. */
const FIRST = 60_000;
const LONGEST = 600_000;
/** A try that takes longer has failed, ms. */
const TRY = 10_000;
/** A command whose answer was lost with its line fails in view of the person; so the change waits until nothing was said for so long, ms. */
const QUIET = 500;
/** But no longer than this, ms: the hub gives a socket ten seconds to say hello. */
const BUSY = 5_000;
/** The hub answers anything; before hello only to say that it comes first. */
const ANYTHING = '{"t":"ping","ref":0}';

/** Makes a line the next one to be opened. */
export type Turn = (line: Line) => void;

/** What goes on meanwhile. */
export interface Meanwhile {
  readonly until: AbortSignal;
  readonly busyAt: number;
  end(): void;
}

/** One for each hub; it remembers how often the socket was tried. */
export class Probe {
  #pause = FIRST;
  #tried = Number.NEGATIVE_INFINITY;
  #kept = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly url: URL,
    private readonly socket: Line,
  ) {}

  /** Polling begins. A socket that was found, and did not hold for long, is no reason to try again soon. */
  begin(): void {
    const now = performance.now();
    if (now - this.#kept > LONGEST) this.#pause = FIRST;
    this.#tried = now;
  }

  /** Try now and then until this ends. */
  watch(poll: Meanwhile, turn: Turn): void {
    const { until } = poll;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let trying = false;
    const plan = () => {
      timer = setTimeout(attempt, this.#tried + this.#pause - performance.now());
    };
    const attempt = async () => {
      if (trying) return;
      trying = true;
      clearTimeout(timer);
      this.#tried = performance.now();
      this.#pause = Math.min(this.#pause * 2, LONGEST);
      const found = await carrying(this.url, until);
      trying = false;
      if (found) this.#change(found, poll, turn, performance.now() + BUSY);
      else if (!until.aborted) plan();
    };
    const look = () => {
      if (document.visibilityState === "visible" && performance.now() - this.#tried > FIRST) void attempt();
    };
    plan();
    addEventListener("online", attempt, { signal: until });
    document.addEventListener("visibilitychange", look, { signal: until });
    until.addEventListener("abort", () => clearTimeout(timer));
  }

  /** From polling to this socket, at a quiet moment. */
  #change(found: WebSocket, poll: Meanwhile, turn: Turn, latest: number): void {
    const now = performance.now();
    if (poll.until.aborted) {
      found.close();
    } else if (now - poll.busyAt < QUIET && now < latest) {
      setTimeout(() => this.#change(found, poll, turn, latest), QUIET);
    } else {
      this.#kept = now;
      turn(this.#keeping(found, turn));
      poll.end();
    }
  }

  /** The line that is open already, once; then sockets as usual. */
  #keeping(found: WebSocket, turn: Turn): Line {
    return {
      via: "direct",
      open: (events) => {
        turn(this.socket);
        if (found.readyState !== WebSocket.OPEN) return this.socket.open(events);
        queueMicrotask(events.opened);
        return carried(found, events);
      },
    };
  }
}

/** A socket over which something came back; null: none in time. */
function carrying(url: URL, until: AbortSignal): Promise<WebSocket | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const fail = () => {
      clearTimeout(timer);
      socket.close();
      resolve(null);
    };
    const timer = setTimeout(fail, TRY);
    until.addEventListener("abort", fail);
    socket.onopen = () => socket.send(ANYTHING);
    socket.onclose = fail;
    socket.onmessage = () => {
      clearTimeout(timer);
      until.removeEventListener("abort", fail);
      resolve(socket);
    };
  });
}
