/** What a link wants done, as data: its shell performs the outputs of `Link.take()` in the order given. Same as outputs.py. */

import type { AnyReply, Error as HubError } from "../protocol/messages.gen";
import type { Extra, Pending } from "./chat";

export type { Pending } from "./chat";
export type { HubError };

/** How the connection is; `retry_at` by the clock of the inputs, in seconds. signed_out stays until `retryNow`. */
export interface ConnectionInfo {
  state: "connecting" | "connected" | "reconnecting" | "signed_out";
  attempt: number;
  retry_at: number | null;
  note: "" | "too_many_connections" | "flood" | "cannot_store";
  /** What the hub said about it, for people. */
  detail: string;
}

export type Output =
  /** Send this text frame on the open transport. */
  | { do: "transmit"; data: string }
  /** Open a transport, then call `connected`, or `disconnected` where that fails. */
  | { do: "connect" }
  /** Drop the transport, whether open or opening; call nothing for it any more. */
  | { do: "hangup"; code: number }
  /** Write this message to the durable outbox, before what follows is performed. */
  | { do: "keep"; pending: Pending }
  /** Take the message with this key out of the durable outbox. */
  | { do: "forget"; key: string }
  /** The message is on the hub's disk as this seq. */
  | { do: "settled"; pending: Pending; seq: number }
  /** The message will not be sent unless `retry` is called. */
  | { do: "refused"; pending: Pending; error: HubError }
  /** The answer to `request`; an error of the hub, or of the link (`timeout`, `disconnected`, `other_person`). */
  | { do: "resolved"; ref: number; reply: AnyReply }
  /** The hub has said which store it is and who we are, anew: messages that were written for these two may be adopted. */
  | { do: "identity"; store: string; user: string }
  /** What changed in `Link.state`: "list", "people", "me", and ids of conversations (their pending messages too). */
  | { do: "touched"; what: Set<string> }
  /** `Link.info` is another. */
  | { do: "state"; info: ConnectionInfo };

/** A message that waits to be sent. */
export function pendingOf(key: string, conversation: string, text: string, at: number, extra: Extra): Pending {
  const { reply = null, thread = null, also = false, forward = null } = extra;
  return { key, conversation, text, at, status: "waiting", error: null, code: null, reply, thread, also, forward };
}
