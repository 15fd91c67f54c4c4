/**
 * The debug switch of the page: shows frames and how the connection is in the browser's console. On by `nbchat.debug` in localStorage or
 * `?debug` in the address; the value `texts` shows also what people write. Logins are not in frames. Part of the lazy chunk `news`, so the
 * first frames of a page are not seen; those after a reconnect are. The twin of client/tracing.py.
 */

import { effect } from "@preact/signals";
import type { Chat } from "../client/chat";
import type { Model } from "../client/model";
import { localStore } from "../util/storage";

/** Fields whose strings come from our own tables, or are ids that say nothing to others. */
const SHOWN = new Set(["t", "conversation", "kind", "state", "epoch", "role", "store", "via"]);
/** Widgets of a page share a connection, and each has a module of its own. */
const TRACED = Symbol.for("nbchat.traced");

/** Whether to show anything, and texts; null: no. */
export function debugging(search: string, store: Storage | null): { texts: boolean } | null {
  const asked = new URLSearchParams(search).get("debug") ?? store?.getItem("nbchat.debug") ?? null;
  return asked === null || asked === "0" || asked === "false" ? null : { texts: asked === "texts" };
}

/** The same with lengths in place of strings that somebody may have written. */
export function masked(said: unknown, name = ""): unknown {
  if (Array.isArray(said)) return said.map((one) => masked(one, name));
  if (typeof said === "string") return SHOWN.has(name) ? said : `<${said.length}>`;
  if (typeof said !== "object" || said === null) return said;
  const { t } = said as { t?: unknown };
  // The code of an error is a row of our table; that of an invitation lets people in.
  const shows = (key: string) => key === "code" && (t === "error" || t === "bye");
  return Object.fromEntries(Object.entries(said).map(([key, value]) => [key, shows(key) ? value : masked(value, key)]));
}

function line(mark: string, frame: string, texts: boolean): void {
  let said: unknown;
  try {
    said = JSON.parse(frame);
  } catch {
    console.debug("nbchat", mark, `${frame.length} characters that are no JSON`);
    return;
  }
  console.debug("nbchat", mark, JSON.stringify(texts ? said : masked(said)));
}

/** Show what goes over this chat's connection until the signal aborts, if the switch is on. */
export function trace(chat: Chat, until: AbortSignal): void {
  const wanted = debugging(location.search, localStore());
  if (wanted === null || !("hub" in chat)) return;
  const { link } = (chat as unknown as Model).hub;
  const seen = link as { [TRACED]?: boolean };
  if (seen[TRACED]) return;
  seen[TRACED] = true;
  const { take, received } = link;
  link.take = () => {
    const outputs = take.call(link);
    for (const output of outputs) if (output.do === "transmit") line("->", output.data, wanted.texts);
    return outputs;
  };
  link.received = (data, now, wall) => {
    line("<-", data, wanted.texts);
    received.call(link, data, now, wall);
  };
  const stop = effect(() => {
    const { state, via, attempt, note } = chat.connection.value;
    console.debug("nbchat", "--", state, via, `attempt ${attempt}`, note);
  });
  until.addEventListener("abort", () => stop());
}
