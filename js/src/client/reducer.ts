/**
 * Event to state: the one place that changes what a client knows. Pure; same names and rules as src/nbchat/client/reducer.py, whose
 * docstring numbers them, and the same vectors (tests/vectors/reducer). The parts: `events` (durable ones), `counts` (what they do to a row),
 * `ranges` and `asides` (messages), `rows` (what replaces what was known), `own`. The state is changed in place, but arrays, maps and rows
 * that change are replaced, so that views can compare by identity.
 *
 * A new kind of durable event costs one case in `changes` where it changes messages, and one in `events.change`.
 */

import type {
  AnyCommand,
  AnyDurable,
  Found,
  Growing,
  History,
  Mark,
  Page,
  Presence,
  Summary,
  Typing,
} from "../protocol/messages.gen";
import { addFound } from "./asides";
import type { Item, Unknown } from "./codec";
import * as events from "./events";
import * as own from "./own";
import { addPage } from "./ranges";
import * as rows from "./rows";
import { type Conversation, type State, type Touched, union } from "./state";

/**
 * Change the state by one item from the hub. `asked` is the command that a reply answers: a page's timeline and bounds follow from its
 * `History`, which single messages are not there from its `Lookup`, what a welcome bridges from its `Hello`. Returns what has changed.
 */
export function apply(state: State, item: Item, asked: AnyCommand | null = null): Touched {
  if (isDurable(item)) {
    const conversation = state.conversations.get(item.conversation);
    return conversation && follows(state, item) === "next" ? events.apply(state, conversation, item) : new Set();
  }
  switch (item.t) {
    case "welcome":
      return rows.welcome(state, item, asked?.t === "hello" ? asked : null);
    case "page":
      return page(state, item, asked?.t === "history" ? asked : null);
    case "found":
      return found(state, item, asked?.t === "lookup" ? asked.seqs : []);
    case "snapshot":
      return rows.snapshot(state, item);
    case "added":
      return union(rows.people(state, item.people), rows.place(state, item.summary, false));
    case "removed":
      return rows.remove(state, item.conversation, item.left);
    case "own":
      return own.apply(state, item);
    case "conversations":
    case "people":
    case "channels":
      return rows.directory(state, item);
    case "hits":
    case "log":
    case "reports":
      return rows.people(state, item.people);
    case "members":
      return rows.people(
        state,
        item.members.map((member) => member.person),
      );
    case "named":
      return rows.people(state, [item.person]);
    default:
      return news(state, item);
  }
}

const DURABLE: Record<AnyDurable["t"] | "unknown", true> = {
  created: true,
  joined: true,
  left: true,
  unbanned: true,
  ranked: true,
  muted: true,
  described: true,
  posted: true,
  edited: true,
  deleted: true,
  reacted: true,
  pinned: true,
  unknown: true,
};

/** Whether it is numbered by `seq`. */
export function isDurable(item: Item): item is AnyDurable | Unknown {
  return Object.hasOwn(DURABLE, item.t);
}

/** When something last happened in it, for the order of the list: ms UTC. */
export function lastAt(summary: Summary): number {
  return summary.last?.at ?? summary.created_at;
}

/** Where a durable event stands against the cursor of its conversation. */
export function follows(state: State, event: AnyDurable | Unknown): "next" | "repetition" | "gap" | "unknown" {
  const conversation = state.conversations.get(event.conversation);
  if (conversation === undefined) return "unknown";
  if (event.seq <= conversation.cursor) return "repetition";
  return event.seq === conversation.cursor + 1 ? "next" : "gap";
}

// -------------------------------------------------------------------------------------------------------------------- news

/** What belongs to one conversation and is no durable event; other items change nothing. */
function news(state: State, item: Item): Touched {
  const conversation = "conversation" in item && state.conversations.get(item.conversation);
  if (!conversation) return new Set();
  const id = item.conversation;
  switch (item.t) {
    case "reset":
      rows.reset(conversation, item);
      return new Set([id, "list"]);
    case "typing":
      typing(conversation, item);
      break;
    case "presence":
      return presence(conversation, item);
    case "receipts":
      conversation.marks = new Map(conversation.marks);
      for (const mark of item.marks) conversation.marks.set(mark.user, raised(conversation.marks.get(mark.user), mark));
      break;
    case "commands":
      conversation.commands = item.commands;
      break;
    case "growing":
      grow(conversation, item);
      break;
    default:
      return new Set();
  }
  return new Set([id]);
}

/**
 * Take a piece that follows the one before; what was lost comes with the whole, or with the end.
 * With n = 0 nothing follows: what the message says holds.
 */
function grow(conversation: Conversation, item: Growing): void {
  const known = conversation.growing.get(item.message);
  if (!item.whole && known?.n !== item.n - 1) return;
  const text = item.whole ? item.text : `${known?.text}${item.text}`;
  conversation.growing = new Map(conversation.growing).set(item.message, { ...item, text, whole: true });
  if (item.n === 0) conversation.growing.delete(item.message);
}

function typing(conversation: Conversation, { users, count, thread }: Typing): void {
  if (thread === null) Object.assign(conversation, { typing: users, typing_count: count });
  else {
    conversation.thread_typing = new Map(conversation.thread_typing).set(thread, users);
    if (users.length === 0) conversation.thread_typing.delete(thread);
  }
}

/** Who is there; a direct conversation's row shows it of the other person, too. */
function presence(conversation: Conversation, item: Presence): Touched {
  conversation.presence = new Map([...conversation.presence, ...item.changed.map((one) => [one.user, one] as const)]);
  conversation.online = item.online;
  const { summary } = conversation;
  const peer = item.changed.find((one) => one.user === summary.peer);
  if (!peer || peer.online === summary.online) return new Set([summary.id]);
  conversation.summary = { ...summary, online: peer.online };
  return new Set(["list", summary.id]);
}

function raised(known: Mark | undefined, mark: Mark): Mark {
  if (known === undefined) return mark;
  const { user } = mark;
  return { user, delivered: Math.max(known.delivered, mark.delivered), read: Math.max(known.read, mark.read) };
}

// ---------------------------------------------------------------------------------------------------------------- messages

function page(state: State, item: Page, asked: History | null): Touched {
  const touched = rows.people(state, item.people);
  const conversation = state.conversations.get(item.conversation);
  // Only a snapshot begins: what is loaded says that a view has all else, too, and can be bridged.
  if (conversation?.summary.epoch !== item.epoch || conversation.ranges.length === 0) return touched;
  const thread = asked?.thread ?? null;
  const loaded = thread === null ? conversation.ranges : conversation.threads.get(thread);
  // A thread that was closed meanwhile: there is nothing that this page goes on.
  if (!loaded && (typeof asked?.before === "number" || typeof asked?.after === "number")) return touched;
  const ranges = addPage(loaded ?? [], conversation.cursor, item, asked);
  if (ranges === null) return touched;
  if (thread === null) conversation.ranges = ranges;
  else conversation.threads = new Map(conversation.threads).set(thread, ranges);
  return touched.add(item.conversation);
}

function found(state: State, item: Found, asked: number[]): Touched {
  const touched = rows.people(state, item.people);
  const conversation = state.conversations.get(item.conversation);
  if (conversation?.summary.epoch !== item.epoch) return touched;
  addFound(conversation, item, asked);
  return touched.add(item.conversation);
}

// -------------------------------------------------------------------------------------------------- what only the link knows

/** No view shows it any more; a channel that one only looked at is forgotten. */
export function unwatch(state: State, id: string): Touched {
  const conversation = state.conversations.get(id);
  if (conversation === undefined) return new Set();
  return conversation.summary.joined ? quiet(conversation) : rows.remove(state, id);
}

/** No view shows this thread any more: its messages are not kept. */
export function closeThread(state: State, id: string, root: number): Touched {
  const conversation = state.conversations.get(id);
  if (!conversation?.threads.has(root)) return new Set();
  conversation.threads = new Map(conversation.threads);
  conversation.threads.delete(root);
  return new Set([id]);
}

/** The connection is gone: nobody is known to be typing, and what else is watched is old. */
export function offline(state: State): Touched {
  return union(...[...state.conversations.values()].map(quiet));
}

function quiet(conversation: Conversation): Touched {
  if (!conversation.watched) return new Set();
  Object.assign(conversation, {
    watched: false,
    typing: [],
    typing_count: 0,
    thread_typing: new Map(),
    growing: new Map(),
  });
  return new Set([conversation.summary.id]);
}
