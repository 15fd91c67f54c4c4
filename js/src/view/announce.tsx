/**
 * What of a timeline is said for screen readers, on the view's one polite line (spoken.tsx): messages of others as they arrive. What one wrote
 * oneself is not read back. Part of the lazy chunk `news`.
 */

import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../client/state";
import type { Message } from "../protocol/messages.gen";
import { findMessage, rangesOf } from "./find";
import { deedIn, toLine } from "./markdown";
import { isBlocked } from "./prefs";
import { newestMessages } from "./rows";
import { S } from "./strings";
import type { Ui } from "./ui";

/** Longer messages are cut: the whole one is a row to go to. */
const SPOKEN_CHARS = 300;

/** What arrives is said after this, ms: by then a message that is written piece by piece is known to be one, and is said when it is whole. */
const SAY_AFTER = 500;

interface Heard {
  ui: Ui;
  conversation: Conversation | undefined;
  /** The root of a thread; null: the conversation's own timeline. */
  thread: number | null;
}

/** Says what arrived since this conversation, or this thread of it, was opened. Shows nothing. */
export function Announcements({ ui, conversation, thread }: Heard): null {
  const heard = useRef<number | null>(null);
  /** Those that were being written since something was said last: their end is still to be said. */
  const growing = useRef(new Set<number>()).current;
  /** What the line says of which messages: nothing is left of one that is deleted. */
  const said = useRef<{ words: string; seqs: number[] }>({ words: "", seqs: [] });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const now = useRef(conversation);
  now.current = conversation;
  for (const seq of conversation?.growing.keys() ?? []) growing.add(seq);
  const ranges = conversation ? rangesOf(conversation, thread) : [];
  const newest = ranges.at(-1)?.last ?? 0;

  const say = () => {
    timer.current = undefined;
    const known = now.current;
    if (!known) return;
    const after = heard.current ?? 0;
    const me = ui.chat.me.peek()?.id;
    const messages = newestMessages(known, thread);
    const isFresh = ({ seq, author, deleted }: Message) =>
      (seq > after || growing.has(seq)) &&
      !known.growing.has(seq) &&
      deleted === null &&
      author !== me &&
      !isBlocked(ui.chat, author);
    const fresh = messages.filter(isFresh).slice(-3);
    const words = fresh.map(({ author, text }) => {
      const [name, line] = [ui.chat.name(author), toLine(text).slice(0, SPOKEN_CHARS)];
      return deedIn(text) ? `${name} ${line}` : S.said(name, line);
    });
    if (words.length) {
      ui.spoken.value = words.join(" ");
      said.current = { words: ui.spoken.value, seqs: fresh.map(({ seq }) => seq) };
    }
    heard.current = Math.max(after, messages.at(-1)?.seq ?? 0);
    growing.clear();
    for (const seq of known.growing.keys()) growing.add(seq);
  };

  useEffect(() => {
    if (!conversation || !ranges.length) return;
    if (heard.current === null) heard.current = newest;
    else timer.current ??= setTimeout(say, SAY_AFTER);
  }, [newest, conversation?.growing.size]);
  useEffect(() => {
    const { words, seqs } = said.current;
    const isGone = (seq: number) => !conversation || (findMessage(conversation, seq)?.deleted ?? null) !== null;
    if (words && ui.spoken.peek() === words && seqs.some(isGone)) ui.spoken.value = "";
  }, [conversation]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return null;
}
