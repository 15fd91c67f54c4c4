/** A menu that lies over the view: arrow keys walk in it, Escape, Tab and a press elsewhere close it, and the focus goes back. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Ui } from "./ui";
import { walk } from "./walk";

const ITEMS = "[role^=menuitem]";

/** Opens the menu where it was asked for, moved so far that all of it is inside the view. */
function place(menu: HTMLElement, x: number, y: number): void {
  const root = menu.closest(".nbchat")?.getBoundingClientRect();
  if (!root) return;
  const { width, height } = menu.getBoundingClientRect();
  const inside = (at: number, size: number, room: number) => `${Math.max(4, Math.min(at, room - size - 4))}px`;
  const { style } = menu;
  style.inset = "auto";
  style.left = inside(x - root.left - (getComputedStyle(menu).direction === "rtl" ? width : 0), width, root.width);
  style.top = inside(y - root.top, height, root.height);
}

export function Popup({ ui, label, children }: { ui: Ui; label: string; children: ComponentChildren }) {
  const root = useRef<HTMLDivElement>(null);
  const close = () => (ui.panel.value = null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const { x, y } = ui.about.peek();
    if (root.current && ui.panel.peek() === "row" && (x || y)) place(root.current, x, y);
    root.current?.querySelector<HTMLElement>(ITEMS)?.focus();
    const outside = (event: Event) => {
      const target = event.target as Element;
      // The button closes what it opened by itself.
      if (!root.current?.contains(target) && !target.closest(".nbc-menu")) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      // Back, unless the focus has gone on to where it was asked to.
      if (!document.activeElement || document.activeElement === document.body) before?.focus();
    };
  }, []);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" || event.key === "Tab") close();
    else walk(event, root.current, ITEMS);
  };
  return (
    <div class="nbc-items" role="menu" tabIndex={-1} aria-label={label} ref={root} onKeyDown={onKey}>
      {children}
    </div>
  );
}

export interface ItemProps {
  label: string;
  act: () => void;
  /** One of several: whether it is the one. */
  checked?: boolean;
  danger?: boolean;
}

/** An entry; what it does closes the menu, or opens the next thing. */
export function Item({ label, act, checked, danger }: ItemProps) {
  const role =
    checked === undefined
      ? ({ role: "menuitem" } as const)
      : ({ role: "menuitemradio", "aria-checked": checked } as const);
  return (
    <button type="button" {...role} class={danger ? "nbc-bad" : ""} tabIndex={-1} onClick={act}>
      {label}
      {checked ? <span aria-hidden="true">✓</span> : null}
    </button>
  );
}

export const Line = () => <hr class="nbc-line" />;
