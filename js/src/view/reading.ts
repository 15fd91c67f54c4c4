/**
 * When a message counts as read: its conversation is watched, the tab is visible, and the row is on the screen, also of the notebook
 * around it. And where the "New messages" line stands: where reading had stopped when nobody looked, or where the person has put it.
 */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../client/state";
import { isLive, markerOf, type Shown, shownRange } from "./rows";
import type { Ui } from "./ui";

interface Reading {
  ui: Ui;
  id: string;
  conversation: Conversation;
  scroller: RefObject<HTMLElement | null>;
  shown: Shown;
  /** Where the divider stands now. */
  after: number | null;
  /** Nothing counts as read. */
  paused: boolean;
  /** The person has just written here. */
  wrote: boolean;
}

/** The rows that are on the screen by at least half, or fill half of the timeline. */
function isShown(entry: IntersectionObserverEntry, scroller: HTMLElement): boolean {
  return entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= scroller.clientHeight / 2;
}

/** Whether what was read before is next to what is on the screen: after a jump over unread messages these are not read. */
function joins(conversation: Conversation, shown: Shown, read: number): boolean {
  return isLive(conversation, shown) || (shownRange(conversation, shown)?.first ?? 0) <= read + 1;
}

/** The marker as the person's devices have set it; of a thread that the summary does not name, it stands in the own rows. */
function ownMark(ui: Ui, id: string, thread: number | null, read: number): number {
  return thread === null ? read : Number(ui.chat.own.value.get(`thread:${id}/${thread}`)?.value ?? 0);
}

/** Reports what is read. Returns where the divider is to stand, and what is to be called when other rows have been drawn. */
export function useReading({ ui, id, conversation, scroller, shown, after, paused, wrote }: Reading): {
  after: number | null;
  look: () => void;
} {
  const seqs = useRef(new Set<number>()).current;
  const observer = useRef<IntersectionObserver | null>(null);
  const { read, unread } = markerOf(conversation, shown.thread);
  // "Mark unread from here" holds until the person writes here, reads on elsewhere or opens it anew, or it would be read again at once.
  const mark = ownMark(ui, id, shown.thread, read);
  const held = useRef({ mark, on: false }).current;
  // Below 0 it says that a thread was left.
  const putBack = 0 <= mark && mark < held.mark;
  if (putBack) held.on = true;
  else if (wrote || mark > held.mark) held.on = false;
  held.mark = mark;

  const report = () => {
    if (document.visibilityState !== "visible" || held.on || paused) return;
    const known = ui.chat.conversation(id).peek();
    if (!known?.watched) return;
    const marker = markerOf(known, shown.thread);
    // Put back, and not drawn yet.
    if (ownMark(ui, id, shown.thread, marker.read) < held.mark) return;
    // The observer tells a little later of rows that are gone: those of the range before are none of this one.
    const range = shownRange(known, shown);
    const newest = Math.max(...[...seqs].filter((seq) => range && range.first <= seq && seq <= range.last));
    if (newest <= marker.read || !joins(known, shown, marker.read)) return;
    if (shown.thread === null) ui.chat.read(id, newest);
    else ui.chat.read(id, newest, shown.thread);
  };
  const latest = useRef(report);
  latest.current = report;

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const now = () => latest.current();
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const seq = Number((entry.target as HTMLElement).dataset["seq"]);
          if (isShown(entry, element)) seqs.add(seq);
          else seqs.delete(seq);
        }
        now();
      },
      { threshold: [0, 0.5, 1] },
    );
    observer.current = watcher;
    document.addEventListener("visibilitychange", now);
    return () => {
      watcher.disconnect();
      observer.current = null;
      document.removeEventListener("visibilitychange", now);
    };
  }, []);

  useEffect(report);
  // Unread rows are looked at, those below others; a row that is gone takes itself out of the observer.
  const observed = useRef(new WeakSet<Element>()).current;
  const look = () => {
    const rows = [...(scroller.current?.querySelectorAll<HTMLElement>("[data-seq]") ?? [])];
    for (const row of rows.reverse()) {
      const isRead = Number(row.dataset["seq"]) <= read;
      if (isRead !== observed.has(row)) {
        if (isRead) break;
        continue;
      }
      if (isRead) {
        observed.delete(row);
        observer.current?.unobserve(row);
      } else {
        observed.add(row);
        observer.current?.observe(row);
      }
    }
  };
  useEffect(look, [read]);

  // While nobody looks, the first message that arrives puts the line where reading stopped.
  const away = useRef(false);
  if (document.visibilityState === "visible") {
    away.current = false;
  } else if (unread > 0 && !away.current) {
    away.current = true;
    return { after: read, look };
  }
  return { after: putBack ? mark : after, look };
}
