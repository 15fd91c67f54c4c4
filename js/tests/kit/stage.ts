/**
 * A stage for the views: mounts one over a scripted chat in the test's document, and gives the verbs of a play: what is shown, who
 * presses what. happy-dom has no layout, so what depends on heights is tried in a real browser (tests/e2e).
 */

import { render } from "preact";
import { afterEach, vi } from "vitest";
import type { Chunks, Parts } from "../../src/view/chunks";
import * as compose from "../../src/view/compose.chunk";
import * as emoji from "../../src/view/emoji.chunk";
import { mount } from "../../src/view/mount";
import * as news from "../../src/view/news.chunk";
import * as notices from "../../src/view/notices.chunk";
import * as sheets from "../../src/view/sheets.chunk";
import * as talk from "../../src/view/talk.chunk";
import type { Ui } from "../../src/view/ui";
import type { ScriptedChat } from "./chat";

/** Rows are on the screen when a test says so. */
export class FakeIntersections {
  static all: FakeIntersections[] = [];
  readonly targets = new Set<Element>();
  constructor(readonly tell: (entries: IntersectionObserverEntry[]) => void) {
    FakeIntersections.all.push(this);
  }
  observe(target: Element): void {
    this.targets.add(target);
  }
  unobserve(target: Element): void {
    this.targets.delete(target);
  }
  disconnect(): void {
    this.targets.clear();
  }
}

export interface Stage {
  ui: Ui;
  chat: ScriptedChat;
  root: HTMLElement;
  chosen: string[];
  /** Ends the view, as its clean-up does. */
  end(): void;
  find(selector: string): HTMLElement;
  all(selector: string): HTMLElement[];
  /** Texts of what a selector finds. */
  texts(selector: string): string[];
  button(name: string): HTMLElement;
  press(name: string): Promise<void>;
  type(selector: string, text: string): Promise<void>;
  key(target: Element, key: string, more?: KeyboardEventInit): Promise<KeyboardEvent>;
  /** The rows with these seqs are wholly on the screen. */
  shows(...seqs: number[]): void;
}

const stages: Stage[] = [];

afterEach(() => {
  for (const stage of stages.splice(0)) stage.end();
  FakeIntersections.all = [];
  document.body.replaceChildren();
  document.title = "";
});

/** Lets Preact draw and effects run: its frames and timers, no fixed time. */
export async function drawn(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}

/** The parts as the modules that they are built from; what is not here is not to be had. */
const parts: Partial<Parts> = { compose, emoji, news, notices, sheets, talk };
export const chunks: Chunks = { get: async (name) => (parts as Partial<Pick<Parts, typeof name>>)[name] ?? null };

/** What a screen reader calls it. */
function nameOf(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const unseen of copy.querySelectorAll("[aria-hidden=true]")) unseen.remove();
  return element.getAttribute("aria-label") ?? copy.textContent?.trim() ?? "";
}

/** Mounts a view. */
export async function stage(chat: ScriptedChat, open = "", page = false, from: Chunks = chunks): Promise<Stage> {
  vi.stubGlobal("IntersectionObserver", FakeIntersections);
  const end = new AbortController();
  const chosen: string[] = [];
  const host = document.body.appendChild(document.createElement("div"));
  const chosenHere = (id: string) => void chosen.push(id);
  const ui = mount(host, { chat, until: end.signal, page, open, height: 480, chosen: chosenHere, chunks: from });
  const root = host.firstElementChild as HTMLElement;
  const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
  const find = (selector: string) => {
    const found = root.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`The view shows no ${selector}:\n${root.innerHTML}`);
    return found;
  };
  const button = (name: string) => {
    const found = all("button, a, [role=menuitem]").find((one) => nameOf(one) === name);
    if (!found) throw new Error(`The view has no button ${name}, only ${all("button, a").map(nameOf).join(" | ")}`);
    return found;
  };
  const made: Stage = {
    ui,
    chat,
    root,
    chosen,
    end: () => end.abort(),
    find,
    all,
    button,
    texts: (selector) => all(selector).map((one) => one.textContent?.trim() ?? ""),
    async press(name) {
      button(name).click();
      await drawn();
    },
    async type(selector, text) {
      const field = find(selector) as HTMLInputElement;
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await drawn();
    },
    async key(target, key, more) {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
      target.dispatchEvent(event);
      await drawn();
      return event;
    },
    shows(...seqs) {
      for (const observer of FakeIntersections.all) {
        const entries = [...observer.targets]
          .filter((target) => seqs.includes(Number((target as HTMLElement).dataset["seq"])))
          .map((target) => ({ target, intersectionRatio: 1, intersectionRect: { height: 20 } }));
        observer.tell(entries as unknown as IntersectionObserverEntry[]);
      }
    },
  };
  stages.push(made);
  await drawn();
  return made;
}

/** Takes a tree out of the document, for tests that draw without a stage. */
export const clear = (element: Element): void => render(null, element);
