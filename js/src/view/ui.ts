/** What the parts of one view share: the chat, what is open, and the few words that they tell each other. No protocol, no DOM. */

import { type Signal, signal } from "@preact/signals";
import type { Chat } from "../client/chat";
import type { Chunks } from "./chunks";
import { makeTalk, type TalkState } from "./talk-state";

/** What lies over the conversation, one at a time. */
export type Panel =
  | "menu"
  | "new"
  | "browse"
  | "details"
  | "members"
  | "invite"
  | "moderate"
  | "person"
  | "row"
  | "profile"
  | "redeem"
  | "data"
  | "leave";

/** What a panel is about: a person's id for `person`, a conversation's for `row` and `leave`; and where a menu opens, in client px. */
export interface About {
  id: string;
  x: number;
  y: number;
}

export interface Ui {
  readonly chat: Chat;
  /** Ends everything that this view has started. */
  readonly until: AbortSignal;
  /** A page of its own, or a widget among others. */
  readonly page: boolean;
  readonly chunks: Chunks;
  /** Id of the conversation that is shown; empty: none. */
  readonly selected: Signal<string>;
  /** Only one pane fits (the CSS decides that): true shows the list. */
  readonly atList: Signal<boolean>;
  readonly panel: Signal<Panel | null>;
  /** Set by `show` before `panel`. */
  readonly about: Signal<About>;
  /** The sheets could not be loaded. */
  readonly failed: Signal<boolean>;
  /** What is open around the messages: answers, edits, threads, jumps. */
  readonly talk: TalkState;
  /** The hub's clock in ms, fresh every minute: for "Today" and the short times. */
  readonly now: Signal<number>;
  /** Stands above the composer until the next key: why something did not work. */
  readonly note: Signal<string>;
  /** For screen readers: said politely as soon as it changes. */
  readonly spoken: Signal<string>;
  /** Opens a panel about a person or a conversation; a menu opens at that place of the window (client px). */
  show(panel: Panel, id: string, at?: { clientX: number; clientY: number }): void;
  /** The person chose a conversation here. */
  choose(id: string): void;
}

const MINUTE = 60_000;

/** A view's shared state. `chosen` is told when the person picks a conversation (the model or the URL follow). */
export function makeUi(
  parts: Pick<Ui, "chat" | "until" | "page" | "chunks"> & { chosen: (id: string) => void; open: string },
): Ui {
  const { chosen, open, ...rest } = parts;
  const clock = () => Date.now() + parts.chat.offset.peek();
  const now = signal(clock());
  const timer = setInterval(() => {
    now.value = clock();
  }, MINUTE);
  parts.until.addEventListener("abort", () => clearInterval(timer));
  const ui: Ui = {
    ...rest,
    selected: signal(open),
    atList: signal(false),
    panel: signal(null),
    about: signal({ id: "", x: 0, y: 0 }),
    failed: signal(false),
    talk: makeTalk(),
    now,
    note: signal(""),
    spoken: signal(""),
    show(panel, id, at) {
      ui.about.value = { id, x: at?.clientX ?? 0, y: at?.clientY ?? 0 };
      ui.panel.value = panel;
    },
    choose(id) {
      ui.selected.value = id;
      ui.atList.value = false;
      ui.panel.value = null;
      chosen(id);
    },
  };
  return ui;
}
