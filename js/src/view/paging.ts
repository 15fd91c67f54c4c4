/**
 * Loads what lies beyond the loaded messages when the person comes near: older ones above, and, where the range on the screen does not
 * reach up to now, newer ones below. One page at a time.
 */

import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { isLive, type Shown, shownRange } from "./rows";
import type { Ui } from "./ui";

/** Closer to the end of what is loaded than this, px: load the next page. */
const FETCH_AT = 600;

/** How far the scroller is from its end, px. */
export function fromEnd(element: HTMLElement): number {
  return element.scrollHeight - element.scrollTop - element.clientHeight;
}

export interface Paging {
  busy: boolean;
  /** Load a page if the place asks for one. */
  follow(): void;
  /** Load the newest page again if the end is not loaded. */
  newest(): void;
}

/** `redraw` is called when a page has come, or did not; `shown` says what is on the screen now. */
export function usePaging(
  ui: Ui,
  id: string,
  scroller: RefObject<HTMLElement | null>,
  shown: () => Shown,
  redraw: () => void,
): Paging {
  const busy = useRef(false);
  const { chat } = ui;
  const load = (page: Promise<unknown>) => {
    busy.current = true;
    void page
      .catch(() => false)
      .then(() => {
        busy.current = false;
        redraw();
      });
  };
  return {
    busy: busy.current,
    follow() {
      const element = scroller.current;
      const known = chat.conversation(id).peek();
      const now = shown();
      const range = known && shownRange(known, now);
      if (busy.current || !element?.clientHeight || !range) return;
      // The page goes below or above the range that has this seq.
      const at = range.messages[0]?.seq ?? range.last;
      const { thread } = now;
      if (range.has_before && element.scrollTop < FETCH_AT) {
        load(thread === null ? chat.older(id, at) : chat.olderReplies(id, thread));
      } else if (thread === null && !isLive(known, now) && fromEnd(element) < FETCH_AT) load(chat.newer(id, at));
    },
    newest() {
      const known = chat.conversation(id).peek();
      if (known && !isLive(known)) load(chat.newest(id));
    },
  };
}
