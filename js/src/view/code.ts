/**
 * Code blocks: a copy button for each, and colours from the lazy chunk. Colouring changes no letter and no width, so nothing on the
 * screen moves; without the chunk code stays plain.
 */

import type { Parts } from "./chunks";
import { S } from "./strings";

export type LoadHighlighter = () => Promise<Parts["highlight"] | null>;

function copyButton(): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "nbc-copy";
  button.tabIndex = -1;
  button.textContent = S.copy;
  return button;
}

/** Code and tables that are wider than their place scroll, so the keyboard must reach them; what fits is no Tab stop. */
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) (target as HTMLElement).tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
});

/** Adds the buttons to what toNodes made, and the colours once they are there. */
export function decorate(body: ParentNode, load: LoadHighlighter): void {
  for (const table of body.querySelectorAll("table")) widths.observe(table);
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
  const coloured = (await load())?.highlight(text, code.dataset["lang"] ?? "");
  if (coloured && code.textContent === text) code.replaceChildren(coloured);
}
