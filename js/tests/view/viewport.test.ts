/** Which rows are in the page, and that they stay where they are: with a layout of blocks whose heights are given, as the test's document has none. */

import { expect, test } from "vitest";
import { MOST, type Slice, Viewport } from "../../src/view/viewport";

/** px of a screen. */
const SCREEN = 600;

const keysOf = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => `m/${first + at}`);
/** Rows differ in height, and none has the height that is guessed for rows never shown. */
const heightOf = (key: string) => 50 + (Number(key.slice(2)) % 7);

/** A scroller with a list in it, drawn as the timeline draws it: spacer, rows, spacer. */
class Screen {
  readonly viewport = new Viewport();
  readonly list = document.createElement("div");
  slice: Slice = { from: 0, to: 0, above: 0, below: 0 };
  keys: string[] = [];
  top = 0;
  /** How often the height of a row was looked at. */
  looks = 0;

  constructor() {
    const scroller = document.createElement("div");
    const place = { get: () => this.top, set: (to: number) => this.scroll(to) };
    Object.defineProperties(scroller, {
      clientHeight: { get: () => SCREEN },
      scrollHeight: { get: () => this.height },
      scrollTop: place,
    });
    scroller.getBoundingClientRect = () => new DOMRect(0, 0, 300, SCREEN);
    this.viewport.attach(scroller, this.list);
  }

  get height(): number {
    return Array.from(this.list.children).reduce((sum, one) => sum + Number((one as HTMLElement).dataset["h"]), 0);
  }

  get drawn(): string[] {
    return this.keys.slice(this.slice.from, this.slice.to);
  }

  scroll(to: number): void {
    this.top = Math.max(0, Math.min(to, this.height - SCREEN));
  }

  /** Where a row is, px below the top of the screen. */
  y(key: string): number {
    return this.viewport.element(key)?.getBoundingClientRect().top ?? Number.NaN;
  }

  show(keys: string[]): void {
    this.keys = keys;
    this.slice = this.viewport.choose(keys);
    this.list.replaceChildren(
      this.block(this.slice.above),
      ...this.drawn.map((key) => this.block(heightOf(key))),
      this.block(this.slice.below),
    );
    this.looks = 0;
    this.viewport.settle();
  }

  private block(height: number): HTMLElement {
    const block = document.createElement("div");
    block.dataset["h"] = `${height}`;
    block.getBoundingClientRect = () => {
      this.looks += 1;
      const before = Array.from(this.list.children).slice(0, Array.from(this.list.children).indexOf(block));
      const above = before.reduce((sum, one) => sum + Number((one as HTMLElement).dataset["h"]), 0);
      return new DOMRect(0, above - this.top, 300, height);
    };
    return block;
  }
}

test("at the end the rows in the page stay while messages come, and then move on by some at once", () => {
  const screen = new Screen();
  const firsts = new Set<string | undefined>();
  for (let last = 500; last < 560; last++) {
    screen.show(keysOf(1, last));
    firsts.add(screen.drawn[0]);
    expect(screen.drawn.at(-1)).toBe(`m/${last}`);
    expect(screen.drawn.length).toBeLessThanOrEqual(MOST);
    expect(screen.top).toBe(screen.height - SCREEN);
  }
  expect(firsts.size).toBe(3);
});

test("where each new message drops the oldest, rows that stay do not move in the page", () => {
  const screen = new Screen();
  screen.show(keysOf(1, 1000));
  const [first = ""] = screen.drawn;
  const { above } = screen.slice;
  for (let more = 1; more < 10; more++) {
    screen.show(keysOf(1 + more, 1000 + more));
    expect(screen.drawn[0]).toBe(first);
    expect(screen.slice.above).toBe(above);
  }
  // Whoever goes there finds no empty room.
  screen.scroll(0);
  screen.viewport.scrolled();
  screen.show(keysOf(10, 1009));
  expect(screen.drawn[0]).toBe("m/10");
  expect(screen.slice.above).toBe(0);
});

test("a message that comes is no reason to look at the height of each row", () => {
  const screen = new Screen();
  screen.show(keysOf(1, 500));
  expect(screen.looks).toBe(0);
  screen.viewport.choose(keysOf(1, 501));
  expect(screen.looks).toBe(0);
});

test("rows that leave the page leave as much room as they had", () => {
  const screen = new Screen();
  const keys = keysOf(1, 400);
  screen.show(keys);
  // From the end to the beginning, a screen at a time: then every row has been in the page.
  for (let turns = 0; turns < 100; turns++) {
    screen.scroll(screen.top - SCREEN / 2);
    if (screen.viewport.scrolled()) screen.show(keys);
  }
  expect(screen.drawn[0]).toBe("m/1");
  const rest = keys.slice(screen.slice.to).reduce((sum, key) => sum + heightOf(key), 0);
  expect(screen.slice.below).toBe(rest);
});

test("what one reads stays where it is while older messages come, and while the slice moves", () => {
  const screen = new Screen();
  screen.show(keysOf(300, 700));
  screen.scroll(screen.height - 4000);
  if (screen.viewport.scrolled()) screen.show(keysOf(300, 700));
  const read = screen.keys.find((key) => screen.y(key) > 0) ?? "";
  const y = screen.y(read);
  screen.show(keysOf(200, 700));
  expect(screen.y(read)).toBeCloseTo(y);
  screen.show(keysOf(200, 760));
  expect(screen.y(read)).toBeCloseTo(y);
});

test("a place that was dragged to among rows that are not in the page is found", () => {
  const screen = new Screen();
  screen.show(keysOf(1, 900));
  screen.scroll(20_000);
  expect(screen.viewport.scrolled()).toBe(true);
  screen.show(keysOf(1, 900));
  const [first = "", last = ""] = [screen.drawn[0], screen.drawn.at(-1)];
  expect(screen.y(first)).toBeLessThan(0);
  expect(screen.y(last)).toBeGreaterThan(SCREEN);
});

test("what was scrolled to stays, also where something is drawn before the scroll event", () => {
  const screen = new Screen();
  screen.show(keysOf(1, 60));
  for (const to of [400, 900]) {
    screen.scroll(to);
    screen.show(keysOf(1, 61));
    expect(screen.top).toBe(to);
  }
  screen.scroll(screen.height);
  screen.show(keysOf(1, 61));
  screen.show(keysOf(1, 62));
  expect(screen.top).toBe(screen.height - SCREEN);
});

test("where the browser has moved it, because rows went or it was put elsewhere, it goes back", () => {
  const screen = new Screen();
  screen.show(keysOf(1, 60));
  screen.show(keysOf(1, 50));
  screen.scroll(screen.height);
  screen.show(keysOf(1, 70));
  expect(screen.top).toBe(screen.height - SCREEN);
  screen.scroll(0);
  screen.viewport.restore();
  expect(screen.top).toBe(screen.height - SCREEN);
});
