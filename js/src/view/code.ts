/**
 * Code blocks: a copy button for each, and colours from the lazy chunk.
 *
 * The chunk is imported by absolute URL from the hub that serves the page, else asked of Python over the comm and imported from a blob;
 * where neither gives it, code stays plain. Colouring changes no letter and no width, so nothing on the screen moves.
 */

import type { AnyModel } from "@anywidget/types";
import { cleanSpans } from "./markdown";
import { S } from "./strings";

/** What the chunk exports (highlight.chunk.ts). */
export interface Highlighter {
  highlight(code: string, language: string): string | null;
}

export type LoadHighlighter = () => Promise<Highlighter | null>;

/** After which a kernel that does not answer is taken for busy or gone; the next code block asks again. */
const CHUNK_WAIT_MS = 20_000;

async function fromUrl(url: string): Promise<Highlighter> {
  return (await import(/* @vite-ignore */ url)) as Highlighter;
}

function askPython(model: AnyModel, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      model.off("msg:custom", take);
    };
    const take = (message: { t?: string; name?: string; text?: string }) => {
      if (message?.t !== "chunk" || message.name !== name) return;
      stop();
      typeof message.text === "string" ? resolve(message.text) : reject(new Error(`Python has no chunk ${name}.`));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`No chunk ${name} from Python in ${CHUNK_WAIT_MS} ms.`));
    }, CHUNK_WAIT_MS);
    model.on("msg:custom", take);
    model.send({ t: "chunk", name });
  });
}

async function fromPython(model: AnyModel, name: string): Promise<Highlighter> {
  const source = await askPython(model, name);
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await fromUrl(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** How this page gets the highlighter; each widget on the page shares the first one that arrives. */
export function highlighterFrom(pageUrl: () => string | null, model?: AnyModel): LoadHighlighter {
  const name = __NBCHAT_CHUNKS__.highlight;
  const slot = Symbol.for(`nbchat.chunk.${name}`);
  const shared = globalThis as { [key: symbol]: Promise<Highlighter | null> | undefined };
  const load = async () => {
    const page = pageUrl();
    try {
      if (page) return await fromUrl(`${page}static/chunks/${name}`);
      return model ? await fromPython(model, name) : null;
    } catch {
      delete shared[slot]; // Plain text for now; the next block that is shown tries again.
      return null;
    }
  };
  return () => {
    shared[slot] ??= load();
    return shared[slot];
  };
}

function copyButton(): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "nbc-copy";
  button.tabIndex = -1;
  button.textContent = S.copy;
  return button;
}

/** Code that is wider than its block scrolls, so the keyboard must reach it; code that fits is no Tab stop. */
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) (target as HTMLElement).tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
});

/** Adds the buttons to what toHtml made, and the colours once they are there. */
export function decorate(body: HTMLElement, load: LoadHighlighter): void {
  for (const code of body.querySelectorAll<HTMLElement>("pre > code")) {
    const pre = code.parentElement as HTMLElement;
    const frame = document.createElement("div");
    frame.className = "nbc-code";
    pre.replaceWith(frame);
    frame.append(pre, copyButton());
    widths.observe(pre);
    if (code.dataset["lang"]) void colour(code, load);
  }
}

/** Links and buttons inside a message are Tab stops only while the message is the timeline's own. */
export function reachable(body: HTMLElement, active: boolean): void {
  for (const inner of body.querySelectorAll<HTMLElement>("a, button")) inner.tabIndex = active ? 0 : -1;
}

async function colour(code: HTMLElement, load: LoadHighlighter): Promise<void> {
  const text = code.textContent ?? "";
  const html = (await load())?.highlight(text, code.dataset["lang"] ?? "");
  if (html && code.textContent === text) code.innerHTML = cleanSpans(html);
}

/** A click on a copy button, wherever in the timeline. Says whether it was one. */
export function copyOnClick(event: Event): boolean {
  const button = (event.target as HTMLElement).closest<HTMLButtonElement>(".nbc-copy");
  if (!button) return false;
  const text = button.parentElement?.querySelector("code")?.textContent ?? "";
  void copyText(text).then((done) => {
    button.textContent = done ? S.copied : S.copy;
  });
  return true;
}

/** To the clipboard; false where the browser refuses (no secure context, no permission). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Over plain http to another machine there is no clipboard API; the old way still works. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  const focused = document.activeElement as HTMLElement | null;
  area.value = text;
  area.style.position = "fixed";
  document.body.append(area);
  area.select();
  const done = document.execCommand?.("copy") ?? false;
  area.remove();
  focused?.focus();
  return done;
}
