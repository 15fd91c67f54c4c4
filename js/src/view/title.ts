/**
 * The unread count in the tab's title: "(3) 01-hello". All widgets on a page share it, also those of another widget's module (anywidget
 * loads one for each model), so it lives in a registry on globalThis; the last view that goes takes the count away.
 */

import { effect } from "@preact/signals";
import type { Chat } from "../client/chat";
import { loud, READ_WITHIN } from "./prefs";

interface Counts {
  /** One count for each person and hub, however many widgets show it. */
  byHub: Map<string, { unread: number; views: number }>;
  observer: MutationObserver | null;
}

const SLOT = Symbol.for("nbchat.title.1");
const PREFIX = /^\(\d+\+?\) /;

function counts(): Counts {
  const shared = globalThis as { [SLOT]?: Counts };
  shared[SLOT] ??= { byHub: new Map(), observer: null };
  return shared[SLOT];
}

function show({ byHub }: Counts): void {
  const total = [...byHub.values()].reduce((sum, one) => sum + one.unread, 0);
  const plain = document.title.replace(PREFIX, "");
  const wanted = total ? `(${total > 999 ? "999+" : total}) ${plain}` : plain;
  if (document.title !== wanted) document.title = wanted;
}

/** The host sets the title anew (another notebook, "* unsaved"): put the count before the new one. */
function follow(all: Counts): void {
  if (all.observer || !document.head) return;
  all.observer = new MutationObserver(() => show(all));
  all.observer.observe(document.head, { childList: true, subtree: true, characterData: true });
}

function leave(all: Counts, key: string): void {
  const mine = all.byHub.get(key);
  if (mine && --mine.views <= 0) all.byHub.delete(key);
  show(all);
  if (all.byHub.size) return;
  all.observer?.disconnect();
  all.observer = null;
}

/** Count this chat's unread messages in the title until the signal aborts. */
export function countInTitle(chat: Chat, until: AbortSignal): void {
  const all = counts();
  let key = "";
  let later: ReturnType<typeof setTimeout> | undefined;
  const showNow = () => {
    clearTimeout(later);
    later = undefined;
    show(all);
  };
  const stop = effect(() => {
    const rows = chat.conversations.value;
    const unread = rows.reduce((sum, row) => sum + loud(chat, row, Date.now() + chat.offset.peek()), 0);
    const now = `${chat.pageUrl.value ?? "relay"} ${chat.me.value?.id ?? ""}`;
    if (now !== key) {
      if (key) leave(all, key);
      key = now;
      const known = all.byHub.get(key);
      all.byHub.set(key, { unread, views: (known?.views ?? 0) + 1 });
    }
    const mine = all.byHub.get(key);
    const rises = !!mine && unread > mine.unread;
    if (mine) mine.unread = unread;
    follow(all);
    if (rises && document.visibilityState === "visible") later ??= setTimeout(showNow, READ_WITHIN);
    else showNow();
  });
  until.addEventListener("abort", () => {
    stop();
    clearTimeout(later);
    leave(all, key);
  });
}
