/**
 * When a message counts as read: its conversation is watched, the tab is visible, and the row is on the screen, also of the notebook
 * around it. And where the "New messages" line stands: where reading had stopped when nobody looked.
 */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../client/state";
import type { Ui } from "./ui";

interface Reading {
  ui: Ui;
  id: string;
  conversation: Conversation;
  scroller: RefObject<HTMLElement | null>;
  /** Where the divider stands now. */
  after: number | null;
}

/** The rows that are on the screen by at least half, or fill half of the timeline. */
function isShown(entry: IntersectionObserverEntry, scroller: HTMLElement): boolean {
  return entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= scroller.clientHeight / 2;
}

/** Reports what is read; returns where the divider is to stand. */
export function useReading({ ui, id, conversation, scroller, after }: Reading): number | null {
  const seqs = useRef(new Set<number>()).current;
  const observer = useRef<IntersectionObserver | null>(null);
  const { read, unread } = conversation.summary;

  const report = () => {
    if (document.visibilityState !== "visible" || !seqs.size) return;
    const known = ui.chat.conversation(id).peek();
    const newest = Math.max(...seqs);
    if (known?.watched && newest > known.summary.read) ui.chat.read(id, newest);
  };

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const seq = Number((entry.target as HTMLElement).dataset["seq"]);
          if (isShown(entry, element)) seqs.add(seq);
          else seqs.delete(seq);
        }
        report();
      },
      { threshold: [0, 0.5, 1] },
    );
    observer.current = watcher;
    document.addEventListener("visibilitychange", report);
    return () => {
      watcher.disconnect();
      observer.current = null;
      document.removeEventListener("visibilitychange", report);
    };
  }, []);

  // Rows that were drawn since the last time; a row that is gone takes itself out of the observer.
  const observed = useRef(new WeakSet<Element>()).current;
  useEffect(() => {
    for (const row of scroller.current?.querySelectorAll("[data-seq]") ?? []) {
      if (observed.has(row)) continue;
      observed.add(row);
      observer.current?.observe(row);
    }
    report();
  });

  // While nobody looks, the first message that arrives puts the line where reading stopped.
  const away = useRef(false);
  if (document.visibilityState === "visible") {
    away.current = false;
  } else if (unread > 0 && !away.current) {
    away.current = true;
    return read;
  }
  return after;
}
