/** The toolbar over the row under the pointer, or the row that has the focus: one for each timeline, which goes from row to row. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { act, offers, subjectOf } from "./talk-acts";
import { Glyph } from "./talk-icons";
import type { Act, Spot } from "./talk-state";
import { K } from "./talk-strings";
import { rowOf, spotOf } from "./timeline-keys";
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

/** The row that the toolbar belongs to: the one with the pointer, else the one with the focus. */
function useRow(scroller: RefObject<HTMLElement | null>): HTMLElement | null {
  const [row, setRow] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const end = new AbortController();
    const focused = () => (element.contains(document.activeElement) ? rowOf(document.activeElement) : null);
    const over = (event: Event) => {
      if ((event as PointerEvent).pointerType === "touch" || (event.target as Element).closest("[role=toolbar]"))
        return;
      setRow((now) => rowOf(event.target) ?? now);
    };
    const into = (event: Event) => !(event.target as Element).closest("[role=toolbar]") && setRow(rowOf(event.target));
    const out = (event: Event) => !element.contains((event as FocusEvent).relatedTarget as Node | null) && setRow(null);
    const listen = (kind: string, act: (event: Event) => void) =>
      element.addEventListener(kind, act, { signal: end.signal });
    listen("pointerover", over);
    listen("pointerleave", () => setRow(focused()));
    listen("focusin", into);
    listen("focusout", out);
    setRow(focused() ?? element.querySelector<HTMLElement>("[data-key]:hover"));
    return () => end.abort();
  }, []);
  return row;
}

function move(event: KeyboardEvent): void {
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  const forward = (event.currentTarget as HTMLElement).matches(":dir(rtl)") ? "ArrowLeft" : "ArrowRight";
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  event.stopPropagation();
  buttons[(at + (event.key === forward ? 1 : -1) + buttons.length) % buttons.length]?.focus();
}

function Bar({ ui, row, spot, tools }: { ui: Ui; row: HTMLElement; spot: Spot; tools: [Act, () => string][] }) {
  const strip = useRef<HTMLDivElement>(null);
  // As high as the row: inside of it the bar sticks to the top of what is on the screen.
  useLayoutEffect(() => {
    if (!strip.current) return;
    strip.current.style.top = `${row.offsetTop}px`;
    strip.current.style.height = `${row.offsetHeight}px`;
  });
  const own = row.classList.contains("nbc-own");
  return (
    <div ref={strip} class={own ? "nbc-strip nbc-strip-own" : "nbc-strip"}>
      <div class="nbc-tools" role="toolbar" aria-label={K.actions} onKeyDown={move}>
        {tools.map(([what, name], index) => (
          <button
            key={what}
            type="button"
            tabIndex={index ? -1 : 0}
            aria-label={name()}
            title={name()}
            aria-haspopup={what === "menu" ? "menu" : undefined}
            onClick={(event) => act(ui, what, spot, event.currentTarget)}
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
  return <Bar ui={ui} row={row} spot={spot} tools={tools} />;
}
