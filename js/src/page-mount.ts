/**
 * The page of its own, drawn into the whole window: which conversation and message its address names, and the invitation in it. What it
 * draws is the widget's, of which it imports all (build.mjs keeps `./widget` outside), so that notebooks do not carry what only a page needs.
 */

import type { Chat } from "./client/chat";
import type { Ui } from "./view/ui";
import { connect, effect, jump, mount } from "./widget";

const HASH = /^#c\/(.+?)(?:\/(\d+))?$/;

/** The conversation in the URL, empty: none; and the message, 0: none. */
const inHash = (): { id: string; seq: number } => {
  const [, id = "", seq = "0"] = HASH.exec(location.hash) ?? [];
  try {
    return { id: decodeURIComponent(id), seq: Number(seq) };
  } catch {
    // No address of ours. The hub says that there is no such conversation.
    return { id, seq: 0 };
  }
};

/** The message in the URL, once its conversation is open. */
function openMessage(ui: Ui): void {
  const { id, seq } = inHash();
  if (seq) jump(ui, id, seq);
}

/**
 * Draws the page of its own into the body: the conversation is in the URL (`#c/<id>`), so it can be shared, and the back button works; a
 * message as well (`#c/<id>/<seq>`), which then opens with its surroundings.
 *
 * @returns what ends it
 */
export function mountPage(root: Document = document): () => void {
  if (!root.getElementById("nbchat-config"))
    throw new Error("nbchat: this page has no #nbchat-config with a baseUrl. Is it served by the hub?");
  const view = new AbortController();
  const chat = connect({ root }, view.signal);
  const chosen = (id: string) => {
    if (id !== inHash().id)
      history.pushState(null, "", id ? `#c/${encodeURIComponent(id)}` : location.pathname + location.search);
  };
  const ui = mount(root.body, { chat, until: view.signal, page: true, open: inHash().id, height: null, chosen });
  const follow = () => {
    ui.selected.value = inHash().id;
    ui.atList.value = false;
    openMessage(ui);
  };
  addEventListener("popstate", follow, { signal: view.signal });
  addEventListener("hashchange", follow, { signal: view.signal });
  openMessage(ui);
  openInvitation(ui);
  openNewest(chat, ui);
  return () => view.abort();
}

/** `?invite=CODE`: asks whether to join. The code leaves the URL, which people copy to others; so does the server's token, for which there is a cookie. */
function openInvitation(ui: Ui): void {
  const url = new URL(location.href);
  const code = url.searchParams.get("invite");
  for (const name of ["invite", "token"]) url.searchParams.delete(name);
  history.replaceState(null, "", url);
  if (code) ui.show("redeem", code);
}

/** Room for the list beside the conversation, as in frame.css; the page fills its window. */
const TWO_PANES = "(min-width: 720px)";

/**
 * A page without a conversation in its URL opens the newest, once the list is there; the URL then says which. With room for one pane it
 * shows the list: what would open is not what somebody chose, and opening is reading.
 */
function openNewest(chat: Chat, ui: Ui): void {
  if (!matchMedia(TWO_PANES).matches) return;
  const stop = effect(() => {
    const newest = chat.conversations.value[0];
    if (!newest && !ui.selected.peek()) return;
    queueMicrotask(() => stop());
    if (!newest || ui.selected.peek()) return;
    ui.selected.value = newest.id;
    history.replaceState(null, "", `#c/${encodeURIComponent(newest.id)}`);
  });
  ui.until.addEventListener("abort", stop);
}
