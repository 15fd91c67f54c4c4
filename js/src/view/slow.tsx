/**
 * Slow mode, at the composer: how often one may write, and after an own message how long until the next may go. Part of the lazy chunk
 * `compose`. The hub decides when (hub/posting.py); this only says it.
 */

import { useRef } from "preact/hooks";
import type { Conversation } from "../client/state";
import { useCountdown } from "./banner";
import { C } from "./compose-strings";
import { duration } from "./duration";
import type { Ui } from "./ui";

/** Above so many seconds they are counted in minutes. */
const MINUTES_FROM = 90;

/** When the person wrote here last, in the conversation or a thread, as far as it is loaded; the hub's clock, ms. */
function wroteAt(ui: Ui, { ranges, threads }: Conversation): number {
  const me = ui.chat.me.value?.id;
  const loaded = [...ranges, ...[...threads.values()].flat()].flatMap((range) => range.messages);
  return loaded.reduce((last, { author, at }) => (author === me ? Math.max(last, at) : last), 0);
}

/**
 * From when the pause counts; the hub's clock, ms. A message from the future was written before that clock was set back: one waits from now
 * on, as in the hub (hub/posting.py), and not until that time has come.
 */
function useSince(wrote: number, now: number): number {
  const kept = useRef({ wrote, since: wrote });
  if (kept.current.wrote !== wrote) kept.current = { wrote, since: wrote };
  kept.current.since = Math.min(kept.current.since, now);
  return kept.current.since;
}

export function Slow({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const { role, settings } = conversation.summary;
  const holds = settings.slow > 0 && (role === "member" || role === "guest");
  const offset = ui.chat.offset.value;
  const since = useSince(holds ? wroteAt(ui, conversation) : 0, Date.now() + offset);
  const next = holds ? since + settings.slow * 1_000 - offset : null;
  // What is over needs no clock.
  const left = useCountdown(next !== null && next > Date.now() ? next : null);
  const seconds = left > MINUTES_FROM ? Math.ceil(left / 60) * 60 : left;
  if (!holds) return null;
  return (
    <span class="nbc-note nbc-slow">
      {seconds > 0 ? C.slowNext(duration(seconds)) : C.slow(duration(settings.slow))}
    </span>
  );
}
