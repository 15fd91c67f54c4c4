/** One line over the timeline, only when something is wrong; it covers nothing for long and moves nothing. */

import { useEffect, useReducer } from "preact/hooks";
import type { Connection } from "../client/chat";
import { S } from "./strings";
import type { Ui } from "./ui";

/** Seconds until a time of Date.now(), counting down once a second. */
export function useCountdown(until: number | null): number {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  useEffect(() => {
    if (until === null) return;
    const timer = setInterval(redraw, 1_000);
    return () => clearInterval(timer);
  }, [until]);
  // By the clock of this moment: that of the last tick is too early for a time that was only now set.
  return until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1_000));
}

function Reconnecting({ ui, connection }: { ui: Ui; connection: Connection }) {
  const seconds = useCountdown(connection.retry_at);
  const { state, attempt, note } = connection;
  // The first attempt needs no number, and of one that comes within a second there is nothing to count down.
  const words = [attempt > 1 ? S.attempt(attempt) : "", seconds > 1 ? S.nextTry(seconds) : ""];
  return (
    <>
      <span>{S.notes[note] || S[state === "reconnecting" ? state : "connecting"]}</span>
      {/* Not read out each second; the words before are. Without a network no attempt can help: the browser says when there is one again. */}
      <span class="nbc-quiet" aria-hidden="true">
        {note === "offline" ? "" : words.filter(Boolean).join(", ")}
      </span>
      <button type="button" class="nbc-link" onClick={() => ui.chat.retryNow()}>
        {S.retryNow}
      </button>
    </>
  );
}

function content(ui: Ui, connection: Connection) {
  const { state } = connection;
  if (state === "signed_out") return <span>{S.signedOut}</span>;
  if (state === "reconnecting" || state === "changing" || (state === "connecting" && connection.attempt > 0)) {
    return <Reconnecting ui={ui} connection={connection} />;
  }
  return connection.note && connection.state !== "frozen" ? <span>{S.notes[connection.note]}</span> : null;
}

export function Banner({ ui }: { ui: Ui }) {
  const inside = content(ui, ui.chat.connection.value);
  return (
    <div class="nbc-banner" role="status">
      {inside ? <div class="nbc-alert">{inside}</div> : null}
    </div>
  );
}

/** The dot in the header, with its meaning in words. */
export function ConnectionDot({ ui }: { ui: Ui }) {
  const { state, via } = ui.chat.connection.value;
  const names: Record<Connection["state"], string> = {
    connecting: S.connecting,
    changing: S.connecting,
    connected: via === "relay" ? S.relay(ui.chat.me.value?.name ?? "") : via === "http" ? S.overHttp : S.connected,
    reconnecting: S.reconnecting,
    signed_out: S.signedOut,
    asking: S.whoAreYou,
    frozen: S.offline,
  };
  const text = names[state];
  return <span class={`nbc-state nbc-is-${state}`} role="img" aria-label={text} title={text} />;
}
