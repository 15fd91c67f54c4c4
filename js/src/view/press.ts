/**
 * Asking for the menu of something: by the right button or the menu key, for which browsers have an event, and by a long press of a
 * finger, for which Safari on a phone has none.
 */

/** As long as Android's own long press, ms. */
const LONG_PRESS = 500;
/** A finger that moves further than this scrolls, px. */
const SLOP = 10;

type Place = { clientX: number; clientY: number };

/** Where the menu key was pressed some browsers say 0, 0; then the menu opens below the element. */
function placeOf(event: MouseEvent): Place {
  if (event.clientX || event.clientY) return event;
  const { left, bottom } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return { clientX: left, clientY: bottom };
}

/** Handlers to spread over an element: `open` is told where its menu is wanted. */
export function onMenuOf(open: (at: Place) => void) {
  return {
    onContextMenu: (event: MouseEvent) => {
      event.preventDefault();
      open(placeOf(event));
    },
    onPointerDown: (down: PointerEvent) => {
      if (down.pointerType !== "touch") return;
      const over = new AbortController();
      const { signal } = over;
      const stop = () => over.abort();
      const timer = setTimeout(() => {
        stop();
        swallowClick();
        open(down);
      }, LONG_PRESS);
      signal.addEventListener("abort", () => clearTimeout(timer));
      for (const kind of ["pointerup", "pointercancel", "contextmenu"]) addEventListener(kind, stop, { signal });
      const move = ({ clientX, clientY }: PointerEvent) =>
        Math.hypot(clientX - down.clientX, clientY - down.clientY) > SLOP && stop();
      addEventListener("pointermove", move, { signal });
    },
  };
}

/** The click that follows the lifting of the finger chooses nothing; the next touch is another one. */
function swallowClick(): void {
  const over = new AbortController();
  const capture = { capture: true, signal: over.signal };
  addEventListener("pointerdown", () => over.abort(), capture);
  addEventListener("click", (click) => click.stopPropagation(), { ...capture, once: true });
}
