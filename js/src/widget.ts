/**
 * The anywidget module: draws a chat for each view of a ChatSession, and exports what the page of its own is made of, so that both are the
 * same file. Holds no chat itself: `connect` chooses the transport and shares one socket among all views of the page.
 */

import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
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

export { effect } from "@preact/signals";
export { connect, jump, mount };
export default { initialize, render };
