/** Opens the emoji picker beside a button, wherever in the view, and answers with what was picked. */

import { render } from "preact";
import type { Ui } from "./ui";

/** Room between the picker and what it belongs to, and the view's edge, px. */
const GAP = 4;

/** Above the anchor where there is room, else below it; never out of the view. */
function place(box: HTMLElement, anchor: HTMLElement, root: HTMLElement): void {
  const view = root.getBoundingClientRect();
  const from = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const above = from.top - view.top - height - GAP;
  const top = above >= 0 ? above : from.bottom - view.top + GAP;
  const inside = (at: number, size: number, room: number) => `${Math.max(GAP, Math.min(at, room - size - GAP))}px`;
  box.style.left = inside(from.left + from.width / 2 - view.left - width / 2, width, view.width);
  box.style.top = inside(top, height, view.height);
}

/**
 * Lets the person pick an emoji.
 *
 * @param anchor what the picker belongs to: it opens there, and the focus goes back to where it was
 * @returns the emoji, or null where none was picked, or the emoji could not be loaded
 */
export async function pickEmoji(ui: Ui, anchor: HTMLElement): Promise<string | null> {
  const emoji = await ui.chunks.get("emoji");
  const root = anchor.closest<HTMLElement>(".nbchat");
  if (!emoji || !root) return null;
  const box = root.appendChild(document.createElement("div"));
  box.className = "nbc-picker-place";
  const end = new AbortController();
  const before = document.activeElement as HTMLElement | null;
  return new Promise((resolve) => {
    const finish = (picked: string | null) => {
      if (end.signal.aborted) return;
      end.abort();
      render(null, box);
      box.remove();
      before?.focus();
      resolve(picked);
    };
    render(<emoji.Picker onPick={(picked) => finish(picked)} onClose={() => finish(null)} />, box);
    place(box, anchor, root);
    const outside = (event: Event) => !box.contains(event.target as Node) && finish(null);
    document.addEventListener("pointerdown", outside, { signal: end.signal, capture: true });
    ui.until.addEventListener("abort", () => finish(null), { signal: end.signal });
  });
}
