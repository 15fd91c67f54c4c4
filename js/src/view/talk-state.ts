/**
 * What a view has open around its messages: which one is answered, edited, jumped to, the pane beside, and what lies over the timeline.
 * State of the view only, nothing of it is told to anybody; how it looks is drawn by the timeline and by the lazy chunk `talk`.
 */

import { type Signal, signal } from "@preact/signals";
import type { Parts } from "./chunks";
import { S } from "./strings";
import type { Ui } from "./ui";

/** A message, and in which timeline it is shown: the root of a thread, or null for the conversation's own. */
export interface Spot {
  id: string;
  seq: number;
  thread: number | null;
}

/** What the pane beside the conversation shows. */
export type Side =
  | { kind: "thread"; id: string; root: number }
  | { kind: "pins"; id: string }
  | { kind: "threads" | "saved" | "mentions" };

/** What lies over the view: the menu of a message (at client px), or what was chosen there and needs another answer. */
export interface Over {
  kind: "menu" | "delete" | "forward" | "versions" | "report" | "react";
  spot: Spot;
  x: number;
  y: number;
  /** The message, where it was asked for by key: the menu stands beside it where there is room. */
  beside?: Element | null;
}

/** What one can do with a message; the keys and the menu of talk.chunk.tsx have the same names. */
export type Act =
  | "menu"
  | "reply"
  | "thread"
  | "react"
  | "edit"
  | "delete"
  | "forward"
  | "pin"
  | "save"
  | "unread"
  | "copy"
  | "link"
  | "versions"
  | "report"
  | "person";

export interface TalkState {
  /** Seq of the message that a composer answers, by `placeOf`; nothing there: none. */
  readonly replying: Signal<ReadonlyMap<string, number>>;
  /** The own message whose text is being changed in its row. */
  readonly editing: Signal<Spot | null>;
  readonly side: Signal<Side | null>;
  readonly over: Signal<Over | null>;
  /** The message that its timeline is to show and to mark for a moment; a new object each time. */
  readonly target: Signal<Spot | null>;
  /** The short answer to what one did last; a new object each time. */
  readonly told: Signal<{ words: string } | null>;
  /** The lazy part, once it is here. */
  readonly parts: Signal<Parts["talk"] | null>;
}

export function makeTalk(): TalkState {
  return {
    replying: signal(new Map()),
    editing: signal(null),
    side: signal(null),
    over: signal(null),
    target: signal(null),
    told: signal(null),
    parts: signal(null),
  };
}

/** The key of a composer: of a conversation, or of one of its threads; drafts of own state are called the same. */
export const placeOf = (id: string, thread: number | null = null): string => (thread === null ? id : `${id}/${thread}`);

/** Seq of the message that this composer answers, or null. Reads a signal. */
export function replyOf(talk: TalkState, id: string, thread: number | null = null): number | null {
  return talk.replying.value.get(placeOf(id, thread)) ?? null;
}

/** From now on the composer of this timeline answers that message; null: none. */
export function replyTo(talk: TalkState, id: string, thread: number | null, seq: number | null): void {
  const next = new Map(talk.replying.peek());
  if (seq === null) next.delete(placeOf(id, thread));
  else next.set(placeOf(id, thread), seq);
  talk.replying.value = next;
}

/** The lazy part, loaded at most once; null where it cannot be had, which the note above the composer then says. */
export async function loadTalk(ui: Ui): Promise<Parts["talk"] | null> {
  const parts = ui.talk.parts.peek() ?? (await ui.chunks.get("talk"));
  if (parts) ui.talk.parts.value = parts;
  else ui.note.value = S.broken;
  return parts;
}

/** Use the lazy part: now if it is here, else when it has come. */
export function withTalk(ui: Ui, use: (talk: Parts["talk"]) => void): void {
  const parts = ui.talk.parts.peek();
  if (parts) use(parts);
  else void loadTalk(ui).then((loaded) => loaded && use(loaded));
}

/** Do that with a message; what opens stands at the element, or at that place of the window (client px). */
export function act(ui: Ui, what: Act, spot: Spot, at?: Element | { clientX: number; clientY: number }): void {
  withTalk(ui, (talk) => talk.act(ui, what, spot, at));
}
