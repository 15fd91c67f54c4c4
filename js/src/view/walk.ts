/** Roving by arrow keys, for menus and lists: one Tab stop, and arrows, Home and End inside. */

/** Arrow keys among the buttons and links of an element; true if the key was one of them. `key`: where another one means up or down. */
export function walk(
  event: KeyboardEvent,
  root: HTMLElement | null,
  selector: string,
  key: string = event.key,
): boolean {
  const items = [...(root?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const at = items.indexOf(event.target as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[key];
  if (to === undefined || items.length === 0) return false;
  event.preventDefault();
  items[(to + items.length) % items.length]?.focus();
  return true;
}
