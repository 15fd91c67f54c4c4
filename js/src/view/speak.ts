/**
 * Which language a view speaks, and when: chosen by the session's option, else by the host's own language (`lang` of the document), else by the
 * browser's. Sets the root's language and direction. The table comes as a chunk; until then, and where it is not to be had, the view speaks English.
 */

import { effect } from "@preact/signals";
import type { Chunks } from "./chunks";
import { choose, language, speak } from "./language";
import { S } from "./strings";
import type { Ui } from "./ui";

export interface Wish {
  /** The session's option; empty: none. */
  option: string;
  /** A page of its own speaks as the browser does; a widget as its host. */
  page: boolean;
}

function wishes({ option, page }: Wish): string[] {
  return [option, page ? "" : document.documentElement.lang, ...navigator.languages];
}

/** The root has the view's language and direction, and its name in it, until the view ends. */
function mark(root: HTMLElement, { page }: Wish): () => void {
  return effect(() => {
    root.lang = language.value.code;
    root.dir = language.value.dir;
    if (page) document.documentElement.lang = root.lang;
    else root.setAttribute("aria-label", S.app);
  });
}

/** Speaks the language that is wished for as soon as its table is there; asks again with each connection. */
export function followLanguage(root: HTMLElement, ui: Ui, wish: Wish): void {
  const stop = mark(root, wish);
  const code = choose(wishes(wish));
  if (!code) speak();
  const stopAsking = effect(() => {
    const { state } = ui.chat.connection.value;
    if (code && state && language.peek().code !== code) void load(ui.chunks, code);
  });
  ui.until.addEventListener("abort", () => {
    stop();
    stopAsking();
  });
}

async function load(chunks: Chunks, code: NonNullable<ReturnType<typeof choose>>): Promise<void> {
  const part = await chunks.get(`lang-${code}`);
  if (part) speak(part.spoken);
}
