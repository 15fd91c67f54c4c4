/**
 * Loads what lies beyond the loaded messages when the person comes near: older ones above, and, after so much paging up that the newest have
 * made room (client/ranges.ts), newer ones below. One page at a time.
 */

import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { isLive } from "./rows";
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

/** `redraw` is called when a page has come, or did not. */
export function usePaging(ui: Ui, id: string, scroller: RefObject<HTMLElement | null>, redraw: () => void): Paging {
  const busy = useRef(false);
  const load = (page: (id: string) => Promise<unknown>) => {
    busy.current = true;
    void page(id)
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
      const known = ui.chat.conversation(id).peek();
      if (busy.current || !element || !known) return;
      if (known.ranges.at(-1)?.has_before && element.scrollTop < FETCH_AT) load((which) => ui.chat.older(which));
      else if (!isLive(known) && fromEnd(element) < FETCH_AT) load((which) => ui.chat.newer(which));
    },
    newest() {
      const known = ui.chat.conversation(id).peek();
      if (known && !isLive(known)) load((which) => ui.chat.newest(which));
    },
  };
}
