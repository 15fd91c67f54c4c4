/** The toolbar at the message under the pointer, or the one that has the focus: one for each timeline, which goes from row to row. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { rowOf, spotOf } from "./spots";
import { act, offers, subjectOf } from "./talk-acts";
import { Glyph } from "./talk-icons";
import type { Act, Spot } from "./talk-state";
import { K } from "./talk-strings";
import type { Ui } from "./ui";

const TOOLS: [Act, () => string][] = [
  ["react", () => K.react],
  ["reply", () => K.reply],
  ["thread", () => K.thread],
  ["menu", () => K.more],
];

interface ToolsProps {
  ui: Ui;
  id: string;
  thread: number | null;
  scroller: RefObject<HTMLElement | null>;
}

const isTools = (target: EventTarget | null): boolean => (target as Element).closest("[role=toolbar]") !== null;

/**
 * The row that the toolbar belongs to: the one that was pointed at last, else the one with the focus. A row that comes under a pointer that rests
 * (messages arrive, the wheel turns) takes the toolbar away, but does not get it: one of another message would stand where one is about to press.
 */
function useRow(scroller: RefObject<HTMLElement | null>): HTMLElement | null {
  const [row, setRow] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const end = new AbortController();
    const focused = () => (element.contains(document.activeElement) ? rowOf(document.activeElement) : null);
    const under = (event: Event): HTMLElement | null => {
      const isElsewhere = (event as PointerEvent).pointerType === "touch" || isTools(event.target);
      return isElsewhere ? null : rowOf(event.target);
    };
    const moved = (event: Event) => setRow((now) => under(event) ?? now);
    const over = (event: Event) => setRow((now) => ((under(event) ?? now) === now ? now : focused()));
    const into = (event: Event) => !isTools(event.target) && setRow(rowOf(event.target));
    const out = (event: Event) => !element.contains((event as FocusEvent).relatedTarget as Node | null) && setRow(null);
    const listen = (kind: string, act: (event: Event) => void) =>
      element.addEventListener(kind, act, { signal: end.signal, passive: true });
    listen("pointerover", over);
    listen("pointermove", moved);
    listen("pointerleave", () => setRow(focused()));
    listen("focusin", into);
    listen("focusout", out);
    setRow(focused() ?? element.querySelector<HTMLElement>("[data-key]:hover"));
    return () => end.abort();
  }, []);
  return row;
}

function move(event: KeyboardEvent): void {
  const bar = event.currentTarget as HTMLElement;
  const buttons = [...bar.querySelectorAll("button")];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  const forward = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  event.stopPropagation();
  buttons[(at + (event.key === forward ? 1 : -1) + buttons.length) % buttons.length]?.focus();
}

/** Between the toolbar and the bubble beside it, px. */
const GAP = 6;
/** How far it reaches over the bubble where there is no room beside it, px: less than from there to the text. */
const OVER = 4;

/**
 * Puts the toolbar beside the bubble, on its inner side, where it covers nothing. Where there is no room it stands over the bubble's upper
 * edge; over the lower one, where that edge is not on the screen and a short text would be covered.
 */
function stand(strip: HTMLElement, row: HTMLElement, scroller: HTMLElement): void {
  const bar = strip.firstElementChild?.getBoundingClientRect();
  const bubble = row.querySelector(".nbc-bubble")?.getBoundingClientRect();
  const list = strip.offsetParent?.getBoundingClientRect();
  if (!bar || !bubble || !list) return;
  const within = row.getBoundingClientRect();
  const line = [...row.querySelectorAll(".nbc-line > *")].map((one) => one.getBoundingClientRect());
  const toLeft = row.classList.contains("nbc-own") !== (getComputedStyle(row).direction === "rtl");
  const edge = toLeft ? Math.min(...line.map((one) => one.left)) : Math.max(...line.map((one) => one.right));
  const hasRoom = (toLeft ? edge - within.left : within.right - edge) >= bar.width + 2 * GAP;
  const inner = toLeft ? bubble.left : bubble.right - bar.width;
  const left = hasRoom
    ? toLeft
      ? edge - GAP - bar.width
      : edge + GAP
    : Math.max(within.left, Math.min(inner, within.right - bar.width));
  const above = hasRoom ? 0 : bar.height - OVER;
  const isCovered = bubble.top - above < scroller.getBoundingClientRect().top && bubble.height < 2 * bar.height;
  const top = !hasRoom && isCovered ? bubble.bottom - OVER : bubble.top - above;
  strip.style.left = `${left - list.left}px`;
  strip.style.top = `${top - list.top}px`;
  // Down to the end of the row: inside of it the bar sticks to the top of what is on the screen.
  strip.style.height = `${Math.max(within.bottom - top, bar.height)}px`;
}

interface BarProps {
  ui: Ui;
  row: HTMLElement;
  spot: Spot;
  tools: [Act, () => string][];
  scroller: RefObject<HTMLElement | null>;
}

function Bar({ ui, row, spot, tools, scroller }: BarProps) {
  const strip = useRef<HTMLDivElement>(null);
  /** The message at which a press began: it may have gone to another row by its end. */
  const pressed = useRef(spot);
  const put = () => {
    if (strip.current && scroller.current) stand(strip.current, row, scroller.current);
  };
  useLayoutEffect(put);
  // In a view that gets narrower it would stand outside, and make the timeline wide.
  useEffect(() => {
    const observer = new ResizeObserver(put);
    observer.observe(row);
    return () => observer.disconnect();
  }, [row]);
  return (
    <div ref={strip} class="nbc-strip">
      <div class="nbc-tools" role="toolbar" aria-label={K.actions} onKeyDown={move}>
        {tools.map(([what, name], index) => (
          <button
            key={what}
            type="button"
            tabIndex={index ? -1 : 0}
            aria-label={name()}
            title={name()}
            aria-haspopup={what === "menu" ? "menu" : undefined}
            onPointerDown={() => {
              pressed.current = spot;
            }}
            // A key presses it without a pointer; `detail` is then 0.
            onClick={(event) => act(ui, what, event.detail ? pressed.current : spot, event.currentTarget)}
          >
            <Glyph name={what} />
          </button>
        ))}
      </div>
    </div>
  );
}

export function Tools({ ui, id, thread, scroller }: ToolsProps) {
  const row = useRow(scroller);
  const spot = row?.isConnected ? spotOf(row, id, thread) : null;
  const subject = spot && subjectOf(ui, spot);
  if (!row || !spot || !subject || ui.talk.editing.value?.seq === spot.seq) return null;
  const tools = TOOLS.filter(([what]) => offers(ui, what, subject) && !(what === "thread" && thread !== null));
  return <Bar ui={ui} row={row} spot={spot} tools={tools} scroller={scroller} />;
}
