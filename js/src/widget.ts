/**
 * The anywidget module: draws a chat for each view of a ChatSession, and exports `mountPage` for the page of its own, so that both are the
 * same file. Holds no chat itself: `connect` chooses the transport and shares one socket among all views of the page.
 */

import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { effect } from "@preact/signals";
import type { Chat } from "./client/chat";
import type { Person } from "./protocol/messages.gen";
import { connect } from "./transport/choose";
import { jump } from "./view/jump";
import { mount } from "./view/mount";
import type { Ui } from "./view/ui";

/** Height of a widget whose options name none, px (experience.md). */
const HEIGHT = 480;

/** The traits that a view reads; the rest is the transport's. */
interface Traits {
  conversation: string;
  conversation_id: string;
  /** Grows each time code opens a conversation, after `conversation_id` has changed; not when a view's choice arrives. */
  opened: number;
  me: Partial<Person> | null;
  options: { height?: number; language?: string } | null;
}

/** Whether the viewer is the session's own person; in a shared kernel others see its views too. */
function isOwn(model: AnyModel<Traits>, chat: Chat): boolean {
  const me = chat.me.peek()?.id;
  return me !== undefined && me === model.get("me")?.id;
}

/** Choosing in the view sets the session's conversation only if the viewer is the session's own person (decisions.md). */
function tellPython(model: AnyModel<Traits>, chat: Chat, id: string): void {
  if (!id || !isOwn(model, chat)) return;
  model.set("conversation", id);
  model.save_changes();
}

/** Code opens another conversation: so does every view of the session. What its own person chooses, only that person's views follow. */
function followPython(model: AnyModel<Traits>, ui: Ui): void {
  const open = () => {
    const id = model.get("conversation_id");
    if (!id || id === ui.selected.peek()) return;
    ui.selected.value = id;
    ui.atList.value = false;
  };
  const openOwn = () => isOwn(model, ui.chat) && open();
  model.on("change:opened", open);
  model.on("change:conversation_id", openOwn);
  ui.until.addEventListener("abort", () => {
    model.off("change:opened", open);
    model.off("change:conversation_id", openOwn);
  });
}

function render({ model, el, signal }: RenderProps<Traits>): () => void {
  // Older hosts pass no signal: then the clean-up alone ends the view.
  const view = new AbortController();
  signal?.addEventListener("abort", () => view.abort());
  const chat = connect({ model: model as AnyModel }, view.signal);
  const ui = mount(el, {
    chat,
    until: view.signal,
    page: false,
    open: model.get("conversation_id") || "",
    height: model.get("options")?.height ?? HEIGHT,
    language: model.get("options")?.language ?? "",
    chosen: (id) => tellPython(model, chat, id),
    model: model as AnyModel,
  });
  followPython(model, ui);
  return () => view.abort();
}

/** Nothing to do once for each model; must not wait for anything (a slow initialize breaks the model for good). */
function initialize(_: InitializeProps<Traits>): void {}

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

export default { initialize, render };
