/** The formatting bar: a toolbar with one Tab stop, arrows move in it. Says each shortcut where there is one. */

import { useState } from "preact/hooks";
import { localStore } from "../util/storage";
import { C } from "./compose-strings";
import { ENTER_BREAKS } from "./composer";
import { type Format, isMac } from "./formats";

interface BarProps {
  format: (what: Format | "preview") => void;
  help: () => void;
  isPreview: boolean;
}

type Key = [what: Format | "preview" | "help" | "swap", path: string, keys: string];

/** What each looks like, as the lines of an icon, and the letter of its shortcut. */
const KEYS: Key[] = [
  ["bold", "M7 4h6a4 4 0 010 8H7zM7 12h7a4 4 0 010 8H7z", "B"],
  ["italic", "M10 4h8M6 20h8M14.5 4l-5 16", "I"],
  ["code", "M8.5 7L3.5 12l5 5M15.5 7l5 5-5 5", "E"],
  ["link", "M10 14a4 4 0 006 0l3-3a4.2 4.2 0 00-6-6l-1 1M14 10a4 4 0 00-6 0l-3 3a4.2 4.2 0 006 6l1-1", "K"],
  ["bullets", "M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01", "⇧8"],
  ["numbers", "M10 6h10M10 12h10M10 18h10M4 4.5L5.5 4v5M4 14.5c2-2 3.5 0 2 1.5L4 18.5h3", "⇧7"],
  ["quote", "M4 5v14M9 8h11M9 12h11M9 16h7", "⇧9"],
  ["preview", "M2.5 12C6 5.5 18 5.5 21.5 12 18 18.5 6 18.5 2.5 12M12 9.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5", "⇧P"],
  ["swap", "M20 5v6a3 3 0 01-3 3H5M9 10l-4 4 4 4", ""],
  ["help", "M9 9a3 3 0 116 0c0 2-3 2.5-3 5M12 18v.01", ""],
];

/** Firefox keeps Ctrl+Shift+P for a private window, so there the button says nothing of it. */
const isTaken = (keys: string): boolean => keys === "⇧P" && navigator.userAgent.includes("Firefox");

const combination = (keys: string): string => (isMac() ? `⌘${keys}` : `Ctrl+${keys.replace("⇧", "Shift+")}`);

/** Whether Enter breaks the line, as this browser remembers it. */
function useSwap(): [isSwapped: boolean, swap: () => void] {
  const [isSwapped, setSwapped] = useState(() => localStore()?.getItem(ENTER_BREAKS) === "true");
  const swap = () => {
    localStore()?.setItem(ENTER_BREAKS, String(!isSwapped));
    setSwapped(!isSwapped);
  };
  return [isSwapped, swap];
}

export function FormatBar({ format, help, isPreview }: BarProps) {
  const [at, setAt] = useState(0);
  const [isSwapped, swap] = useSwap();
  const act = (what: Key[0]) => (what === "help" ? help() : what === "swap" ? swap() : format(what));
  const pressed = { preview: isPreview, swap: isSwapped } as Partial<Record<Key[0], boolean>>;
  const onKey = (event: KeyboardEvent) => {
    const bar = event.currentTarget as HTMLElement;
    const side = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const move = event.key === "ArrowRight" ? side : event.key === "ArrowLeft" ? -side : 0;
    if (!move) return;
    event.preventDefault();
    const next = (at + move + KEYS.length) % KEYS.length;
    setAt(next);
    bar.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div class="nbc-format" role="toolbar" aria-label={C.format} onKeyDown={onKey}>
      {KEYS.map(([what, path, keys], index) => {
        const name = keys && !isTaken(keys) ? C.shortcut(C[what], combination(keys)) : C[what];
        return (
          <button
            key={what}
            type="button"
            class={`nbc-format-key${what === "preview" ? " nbc-format-rest" : ""}`}
            tabIndex={index === at ? 0 : -1}
            aria-label={name}
            title={name}
            aria-pressed={pressed[what]}
            // The selection in the text stays.
            onPointerDown={(event) => event.preventDefault()}
            onFocus={() => setAt(index)}
            onClick={() => act(what)}
          >
            <svg class="nbc-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
              <path d={path} />
            </svg>
          </button>
        );
      })}
    </div>
  );
}
