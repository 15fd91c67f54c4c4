/**
 * Asking for the menu of something: by the right button or the menu key, for which browsers have an event, and by a long press of a
 * finger, for which Safari on a phone has none.
 */

/** As long as Android's own long press, ms. */
const LONG_PRESS = 500;

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
      const timer = setTimeout(() => {
        swallowClick();
        open(down);
      }, LONG_PRESS);
      // A finger that scrolls ends with pointercancel.
      for (const kind of ["pointerup", "pointercancel", "contextmenu"])
        addEventListener(kind, () => clearTimeout(timer), { once: true });
    },
  };
}

/** The click that follows the lifting of the finger chooses nothing; the next touch is another one. */
function swallowClick(): void {
  const swallow = (click: Event) => click.stopPropagation();
  addEventListener("click", swallow, { capture: true, once: true });
  addEventListener("pointerdown", () => removeEventListener("click", swallow, true), { capture: true, once: true });
}
