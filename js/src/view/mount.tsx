/**
 * Puts a view into an element and takes it out again. The scope of one view: everything started here ends with one abort signal.
 * Knows the chat only through its interface; who made it, and over which transport, is not its business.
 */

import type { AnyModel } from "@anywidget/types";
import { effect } from "@preact/signals";
import { render } from "preact";
import type { Chat } from "../client/chat";
import { App } from "./app";
import { type Chunks, chunksFrom } from "./chunks";
import { refuseFiles } from "./files";
import { language } from "./language";
import { followLanguage } from "./speak";
import { followTheme } from "./theme";
import { makeUi, type Ui } from "./ui";

export interface MountOptions {
  chat: Chat;
  until: AbortSignal;
  page: boolean;
  /** Conversation to open, empty: none. */
  open: string;
  /** px; a page fills its window. */
  height: number | null;
  chosen: (id: string) => void;
  /** Tag of the language that the session wishes for; else the host's, else the browser's. */
  language?: string;
  model?: AnyModel;
  /** Where the lazy parts come from; by default as chunks.ts says. */
  chunks?: Chunks;
}

/**
 * Keys pressed here are no business of the host: JupyterLab stops at the attribute, others listen on an ancestor. What the
 * browser or the host does with Ctrl, Alt or Cmd (save, find, reload) still works, but for "run this cell".
 */
function keepKeys(event: KeyboardEvent): void {
  const command = event.ctrlKey || event.metaKey || event.altKey;
  if (!command || event.key === "Enter") event.stopPropagation();
}

function makeRoot(element: HTMLElement, { page, height }: MountOptions): HTMLElement {
  const root = document.createElement(page ? "main" : "div");
  root.className = page ? "nbchat nbc-page" : "nbchat";
  root.dataset["lmSuppressShortcuts"] = "true";
  root.dataset["jpSuppressContextMenu"] = "true";
  if (!page) root.setAttribute("role", "region");
  if (height !== null) root.style.height = `${height}px`;
  element.append(root);
  return root;
}

/** Words are read while drawing: another language draws everything anew. */
function Spoken({ ui }: { ui: Ui }) {
  return <App key={language.value.code} ui={ui} />;
}

/** What goes on beside the view, once there is a hub to have that part from. */
function accompany({ chat, chunks, until }: Ui): void {
  const stop = effect(() => {
    if (chat.connection.value.state !== "connected") return;
    void chunks.get("news").then((part) => {
      if (!part || until.aborted) return;
      stop();
      part.accompany(chat, until);
    });
  });
  until.addEventListener("abort", () => stop());
}

/** Shows the chat in the element until the signal aborts. Drawing again in the same element is safe. */
export function mount(element: HTMLElement, options: MountOptions): Ui {
  const { chat, until, page, open, chosen, model } = options;
  const root = makeRoot(element, options);
  const chunks = options.chunks ?? chunksFrom(chat.pageUrl, model);
  const ui = makeUi({ chat, until, page, chunks, chosen, open });
  followTheme(root, until);
  followLanguage(root, ui, { option: options.language ?? "", page });
  accompany(ui);
  refuseFiles(root, ui);
  for (const kind of ["keydown", "keypress", "keyup"] as const)
    root.addEventListener(kind, keepKeys, { signal: until });
  render(<Spoken ui={ui} />, root);
  until.addEventListener("abort", () => {
    render(null, root);
    root.remove();
  });
  return ui;
}
