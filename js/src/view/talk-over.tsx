/** What lies over the view because of a message: its menu, the emoji, and the dialogs. One at a time; the focus goes back to where it was. */

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Delete, Forwarding, Report, Versions } from "./talk-dialogs";
import { Menu, React } from "./talk-menu";
import type { Over as Open } from "./talk-state";
import type { Ui } from "./ui";

/** Back to where the person was, unless the focus has gone on to where it was asked to. */
export function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    return () => {
      const { activeElement: now } = document;
      if ((!now || now === document.body) && before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
}

/** Where a box of this width begins that stands beside the message and inside its pane; undefined: there is no room for it. */
function besideOf(message: Element, width: number): number | undefined {
  const { left, right } = message.getBoundingClientRect();
  const pane = message.closest(".nbc-scroll")?.getBoundingClientRect();
  return [left - width - 8, right + 8].find((at) => pane && at >= pane.left && at + width <= pane.right);
}

/** Between a box and the pointer at which it opens, px: a press that goes on chooses nothing. */
const OFF = 4;

/** Where a box of this size begins after or before this place, whichever has room for it; else as far as it can, so that all of it is inside. */
function off(at: number, size: number, room: number, isBefore = false): number {
  const sides = [at + OFF, at - size - OFF];
  const found = (isBefore ? sides.reverse() : sides).find((from) => from >= OFF && from + size + OFF <= room);
  return found ?? Math.max(OFF, Math.min(at, room - size - OFF));
}

/** Beside the message, else beside this place of the window, and all of it inside the view. */
function place(box: HTMLElement, { x, y, beside }: Open): void {
  const root = box.closest(".nbchat")?.getBoundingClientRect();
  if (!root) return;
  const { width, height } = box.getBoundingClientRect();
  const left = beside && besideOf(beside, width);
  const isRtl = getComputedStyle(box).direction === "rtl";
  box.style.left = `${left === undefined || left === null ? off(x - root.left, width, root.width, isRtl) : left - root.left}px`;
  box.style.top = `${off(y - root.top, height, root.height)}px`;
}

/** The row that it is about is marked while it is open: others may have come under it meanwhile. */
function useMarked(root: RefObject<HTMLElement | null>, { spot }: Open): void {
  useEffect(() => {
    const pane = spot.thread === null ? ".nbc-chat" : ".nbc-side";
    const row = root.current?.closest(".nbchat")?.querySelector(`${pane} [data-seq="${spot.seq}"]`);
    row?.classList.add("nbc-chosen");
    return () => row?.classList.remove("nbc-chosen");
  }, []);
}

interface PopProps {
  ui: Ui;
  open: Open;
  label: string;
  role: "menu" | "dialog";
  children: ComponentChildren;
  onKey?: (event: KeyboardEvent, root: HTMLElement) => void;
}

/** A small box at a place of the view; Escape and a press elsewhere close it. */
export function Pop({ ui, open, label, role, children, onKey }: PopProps) {
  const root = useRef<HTMLDivElement>(null);
  const close = () => (ui.talk.over.value = null);
  useFocusBack();
  useMarked(root, open);
  useLayoutEffect(() => {
    if (root.current) place(root.current, open);
  });
  useEffect(() => {
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    else if (root.current) onKey?.(event, root.current);
  };
  const box = { role, "aria-label": label, tabIndex: -1, onKeyDown };
  return (
    <div ref={root} class="nbc-pop" {...box}>
      {children}
    </div>
  );
}

/** A short answer stays this long, ms. */
const TOLD_FOR = 4_000;

/** What the polite line says of a deed, for eyes: not what it says of messages, which stand there. */
export function Told({ ui }: { ui: Ui }) {
  const told = ui.talk.told.value;
  const [gone, setGone] = useState<object | null>(null);
  useEffect(() => {
    if (!told) return;
    const timer = setTimeout(() => setGone(told), TOLD_FOR);
    return () => clearTimeout(timer);
  }, [told]);
  if (!told || told === gone) return null;
  return (
    <p class="nbc-told" aria-hidden="true">
      {told.words}
    </p>
  );
}

export function Over({ ui }: { ui: Ui }) {
  const open = ui.talk.over.value;
  if (!open) return null;
  const key = `${open.kind} ${open.spot.id} ${open.spot.seq}`;
  switch (open.kind) {
    case "menu":
      return <Menu key={key} ui={ui} open={open} />;
    case "react":
      return <React key={key} ui={ui} open={open} />;
    case "delete":
      return <Delete key={key} ui={ui} spot={open.spot} />;
    case "forward":
      return <Forwarding key={key} ui={ui} spot={open.spot} />;
    case "versions":
      return <Versions key={key} ui={ui} spot={open.spot} />;
    case "report":
      return <Report key={key} ui={ui} spot={open.spot} />;
  }
}
