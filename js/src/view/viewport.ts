/**
 * Which rows of a long timeline are in the page, and what stays still while it changes.
 *
 * Rows stand in normal flow between two spacers, at most MOST of them. There is one rule for the scroll position: pinned to the bottom, or
 * a message (the anchor) keeps its place on the screen, whatever happens around it: older pages, code that gets its colours, a new
 * width, rows that come and go. `settle` puts that right after every render and every change of size, before the browser paints.
 *
 * Not @tanstack/virtual-core: it costs 9.6 kB gzip of the 60 that the widget has, which the libraries for Markdown, sanitising and
 * rendering leave no room for. A client keeps at most 1,000 messages of a conversation (protocol/limits), so the hard part of
 * virtualising, finding one's place in an endless list, does not arise; what does is below.
 *
 * The hosts' scroll anchoring is off (CSS overflow-anchor: none); Safari has none, and two hands on one wheel fight.
 */

/** Rows in the page at most, spacers not counted: with reactions and quotes a row has up to a dozen nodes, and 2,000 are the bar. */
export const MOST = 160;
/** How many of them are above the first one on the screen; what is on the screen, and what comes when scrolling down, needs more room. */
const ABOVE = 64;
/** The rendered part stays while there are this many rows less than wished at an end: it moves in steps, and few messages or turns of a wheel move it. */
const STEP = 20;
/** Height of a row that was never shown, px: a one-line message. */
const ESTIMATE = 40;
/** Closer to the end than this, px, is at the end: browsers round, and zoom makes fractions. */
const AT_END = 24;

export interface Slice {
  from: number;
  to: number;
  /** px of the rows before and after. */
  above: number;
  below: number;
}

interface Anchor {
  key: string;
  /** Where its edge is, px below the top of the scroller. */
  y: number;
  edge: "top" | "bottom";
  /** Which paragraph, code block or list of the message's text, from 0; left out: the row. */
  block?: number;
}

/** The paragraphs, code blocks, lists … of a message. */
const blocksOf = (row: Element): ArrayLike<Element> => row.querySelector(".nbc-text")?.children ?? [];

/** The first block of a row below `top`; where its text has none, the row. */
function inside(row: Element | null, key: string, top: number): Anchor | null {
  if (!row) return null;
  const block = Array.from(blocksOf(row)).findIndex((one) => one.getBoundingClientRect().bottom > top);
  const element = blocksOf(row)[block] ?? row;
  return { key, y: element.getBoundingClientRect().top - top, edge: "top", block };
}

export class Viewport {
  pinned = true;
  /** The loaded rows reach up to now; where they do not, their end is no end to stick to. */
  live = true;
  private keys: string[] = [];
  private slice: Slice = { from: 0, to: 0, above: 0, below: 0 };
  private anchor: Anchor | null = null;
  private readonly heights = new Map<string, number>();
  private shownHeight = 0;
  /** scrollTop as it was last set or seen here; null: another place was asked for since, or there is none yet. */
  private known: number | null = null;
  private flashing = "";
  private scroller: HTMLElement | null = null;
  private list: HTMLElement | null = null;

  /** The scroller, and the list whose children are: spacer, rows, spacer. */
  attach(scroller: HTMLElement, list: HTMLElement): void {
    this.scroller = scroller;
    this.list = list;
  }

  /** The rows have changed, or the place has: which of them to render. */
  choose(keys: string[]): Slice {
    const { from, to } = this.bounds(keys);
    if (keys !== this.keys || from !== this.slice.from) {
      const staying = new Set(keys.slice(from, to));
      this.learn((key) => !staying.has(key));
    }
    // Where a client is full, each new message drops the oldest: taking back its room would move, and paint, all rows each time.
    const isSpared = 0 < from && from <= this.slice.from && keys[from] === this.keys[this.slice.from];
    const above = isSpared ? this.slice.above : this.sum(0, from);
    this.keys = keys;
    this.slice = { from, to, above, below: this.sum(to, keys.length) };
    return this.slice;
  }

  /** Follow the end from now on. */
  pin(): void {
    this.pinned = true;
    this.anchor = null;
    this.known = null;
  }

  /** Put a row at y px below the top of the scroller. */
  place(key: string, y: number): void {
    this.pinned = false;
    this.anchor = { key, y, edge: "top" };
    this.known = null;
  }

  /** Somebody is led to a row: it is put at y, unless all of it is on the screen already, and on demand marked for a moment. */
  lead(key: string, y: number, isMarked: boolean): void {
    this.settle();
    const [outer, inner] = [this.scroller?.getBoundingClientRect(), this.element(key)?.getBoundingClientRect()];
    if (!outer || !inner || inner.top < outer.top || inner.bottom > outer.bottom) this.place(key, y);
    if (isMarked) this.flashing = key;
  }

  private light(): void {
    const element = this.flashing && this.element(this.flashing);
    if (!element) return;
    this.flashing = "";
    element.classList.add("nbc-flash");
    element.addEventListener("animationend", () => element.classList.remove("nbc-flash"), { once: true });
  }

  /** After a render or a change of size: put the scroll position right. */
  settle(): void {
    const { scroller } = this;
    if (!scroller || !this.list) return;
    if (this.strayed(scroller)) this.locate(scroller);
    this.shownHeight = scroller.clientHeight;
    if (this.shownHeight === 0) return;
    this.light();
    if (this.pinned) scroller.scrollTop = scroller.scrollHeight;
    else this.steady(scroller);
    this.known = scroller.scrollTop;
  }

  /** The browser has forgotten where it was scrolled to. */
  restore(): void {
    this.known = null;
    this.settle();
  }

  /**
   * Scrolled by somebody whose scroll event is still to come: the page's find, a screen reader. To follow the end then would take them away
   * from what they have found. Where rows went, the browser itself moves it up to the new end; and another size is not the person's doing.
   */
  private strayed({ clientHeight, scrollHeight, scrollTop }: HTMLElement): boolean {
    if (this.known === null || clientHeight === 0 || clientHeight !== this.shownHeight) return false;
    return Math.abs(scrollTop - Math.min(this.known, scrollHeight - clientHeight)) > 1;
  }

  /** Where it is now is its place. */
  private locate(scroller: HTMLElement): void {
    this.pinned = this.live && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END;
    this.anchor = this.pinned ? null : this.findAnchor(scroller);
    this.known = scroller.scrollTop;
  }

  /** The anchor goes back to its place. */
  private steady(scroller: HTMLElement): void {
    const moved = this.moved(scroller);
    if (Math.abs(moved) <= 0.5) return;
    scroller.scrollTop += moved;
    // There is nothing beyond the first or last row: where it is now is its place.
    if (Math.abs(this.moved(scroller)) > 1) this.anchor = this.findAnchor(scroller);
  }

  /** How far the anchor is from its place, px. */
  private moved(scroller: HTMLElement): number {
    const row = this.anchor && this.element(this.anchor.key);
    if (!row || !this.anchor) return 0;
    const element = blocksOf(row)[this.anchor.block ?? -1] ?? row;
    return element.getBoundingClientRect()[this.anchor.edge] - scroller.getBoundingClientRect().top - this.anchor.y;
  }

  /** The person has scrolled. Says whether another slice is due. */
  scrolled(): boolean {
    const { scroller } = this;
    if (!scroller || scroller.clientHeight === 0) return false;
    if (scroller.clientHeight !== this.shownHeight) {
      // Not the person: the browser moved it because the scroller has another size.
      this.settle();
      return false;
    }
    this.locate(scroller);
    const { from, to } = this.bounds(this.keys);
    return from !== this.slice.from || to !== this.slice.to;
  }

  /** The element of a row, if it is rendered. */
  element(key: string): HTMLElement | null {
    const index = this.keys.indexOf(key, this.slice.from);
    return index < 0 || index >= this.slice.to ? null : this.child(index);
  }

  private child(index: number): HTMLElement | null {
    return (this.list?.children[1 + index - this.slice.from] as HTMLElement | undefined) ?? null;
  }

  /** The rows that were rendered stay for as long as there are enough of them on both sides of the anchor, or of the end. */
  private bounds(keys: string[]): { from: number; to: number } {
    const n = keys.length;
    if (n <= MOST) return { from: 0, to: n };
    const found = this.anchor ? keys.indexOf(this.anchor.key) : -1;
    const at = this.pinned || found < 0 ? n - 1 : found;
    const kept = keys.indexOf(this.keys[this.slice.from] ?? "");
    const isEnough =
      (kept === 0 || at - kept >= ABOVE - STEP) && (kept + MOST >= n || at - kept <= ABOVE + STEP) && kept >= 0;
    const from = isEnough ? kept : Math.max(0, Math.min(at - ABOVE, n - MOST + (this.pinned ? STEP : 0)));
    return { from, to: Math.min(n, from + MOST) };
  }

  private height(index: number): number {
    return this.heights.get(this.keys[index] ?? "") ?? ESTIMATE;
  }

  private sum(from: number, to: number): number {
    let total = 0;
    for (let index = from; index < to; index++) total += this.height(index);
    return total;
  }

  /** Keep the heights of these of the rendered rows: of those that are to leave the page, whose room the spacers take. */
  private learn(isMeant: (key: string) => boolean): void {
    for (let index = this.slice.from; index < this.slice.to; index++) {
      const key = this.keys[index] ?? "";
      const height = isMeant(key) && this.child(index)?.getBoundingClientRect().height;
      // While it is hidden nothing has a height.
      if (height) this.heights.set(key, height);
    }
  }

  /**
   * The first message on the screen, by its lower edge: the oldest that is loaded loses its name and time once it joins a run of older ones.
   * One that goes on below the screen, by its first block on the screen: it may be growing at its end, or far above a formula is set.
   * Day lines and the top row are no anchors: older messages may come between.
   */
  private findAnchor(scroller: HTMLElement): Anchor | null {
    const top = scroller.getBoundingClientRect().top;
    const shown = (index: number) => this.child(index)?.getBoundingClientRect();
    let low = this.slice.from;
    let high = this.slice.to - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shown(middle)?.bottom ?? top) <= top) low = middle + 1;
      else high = middle;
    }
    while (low < this.slice.to - 1 && !this.keys[low]?.startsWith("m/")) low += 1;
    const rect = shown(low);
    if (!rect) return null;
    const key = this.keys[low] ?? "";
    const end = top + scroller.clientHeight;
    if (rect.bottom > end && rect.top < end) return inside(this.child(low), key, top);
    if (rect.bottom > top && rect.top < end) return { key, y: rect.bottom - top, edge: "bottom" };
    return this.guess(scroller.scrollTop);
  }

  /** The place was dragged into a spacer: by the heights that are known. */
  private guess(scrollTop: number): Anchor | null {
    this.learn(() => true);
    let y = -scrollTop;
    for (let index = 0; index < this.keys.length; index++) {
      const height = this.height(index);
      const key = this.keys[index] ?? "";
      if (y + height > 0 && key.startsWith("m/")) return { key, y, edge: "top" };
      y += height;
    }
    return null;
  }
}
