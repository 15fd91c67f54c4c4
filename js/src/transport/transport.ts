/** What a transport is: something that carries text frames to one hub and back. It knows no protocol. */

import type { Question } from "../client/chat";

/** Close code for a login that is not valid, or a question that nobody has answered. */
export const SIGNED_OUT = 4001;

/** An open or opening transport. After `close`, and after it has said `closed`, it says nothing any more. */
export interface Transport {
  send(data: string): void;
  close(code: number): void;
}

/** What it says; all but `via` never from within the call that opened it or used it. */
export interface TransportEvents {
  opened(): void;
  received(data: string): void;
  /** It is gone, or could not be opened. SIGNED_OUT where the server does not know who this is. */
  closed(code: number | null): void;
  /** Which way it goes; `pageUrl` is where the hub's page is, over the direct way and over HTTP. */
  via(way: "direct" | "http" | "relay", pageUrl: string | null): void;
  /** The kernel is silent, or gone (relay only); "" when it is neither. */
  noted(note: "" | "kernel_busy" | "kernel_gone"): void;
  /** The server wants to know who this browser is; `closed(SIGNED_OUT)` follows. */
  asked(question: Omit<Question, "knew">): void;
}

/** Open a transport. */
export type Dial = (events: TransportEvents) => Transport;

/** What a transport that is nothing but a line says. */
export type LineEvents = Pick<TransportEvents, "opened" | "received" | "closed">;

/** A kind of line to the hub at the page's origin: a WebSocket, or polling. */
export interface Line {
  via: "direct" | "http";
  open(events: LineEvents): Transport;
}
