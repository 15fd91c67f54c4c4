/**
 * The one polite line for screen readers: messages of others as they arrive, and short confirmations. Not the timeline itself, because
 * rows that scrolling brings in are no news, and what one wrote oneself is not read back.
 */

import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../client/state";
import { rangesOf } from "./find";
import { toLine } from "./markdown";
import { newestMessages } from "./rows";
import { S } from "./strings";
import type { Ui } from "./ui";

/** Longer messages are cut: the whole one is a row to go to. */
const SPOKEN_CHARS = 300;

export function Announcer({ ui }: { ui: Ui }) {
  return (
    <div class="nbc-hidden" aria-live="polite">
      {ui.spoken.value}
    </div>
  );
}

/** Says what arrived since this conversation, or this thread of it, was opened. */
export function useAnnouncements(ui: Ui, conversation: Conversation | undefined, thread: number | null = null): void {
  const heard = useRef<number | null>(null);
  const ranges = conversation ? rangesOf(conversation, thread) : [];
  const newest = ranges.at(-1)?.last ?? 0;
  useEffect(() => {
    const before = heard.current;
    if (!conversation || !ranges.length) return;
    heard.current = newest;
    if (before === null) return;
    const me = ui.chat.me.peek()?.id;
    const fresh = newestMessages(conversation, thread).filter(({ seq, author }) => seq > before && author !== me);
    if (!fresh.length) return;
    const say = ({ author, text }: (typeof fresh)[number]) =>
      S.said(ui.chat.name(author), toLine(text).slice(0, SPOKEN_CHARS));
    ui.spoken.value = fresh.slice(-3).map(say).join(" ");
  }, [newest]);
}
