/**
 * Event to state: the one place that changes what a client knows. Pure; same names and rules as src/nbchat/client/reducer.py, whose
 * docstring numbers them, and the same vectors (tests/vectors/reducer). The state is changed in place, but arrays, maps and rows
 * that change are replaced, so that views can compare by identity.
 *
 * A new kind of durable event costs one case in `change`, and one in `ranges.fix` where it changes an earlier message.
 */

import type {
  AnyCommand,
  AnyDurable,
  Channels,
  Conversations,
  Hello,
  Joined,
  Mark,
  Message,
  Own,
  OwnRow,
  Page,
  People,
  Person,
  Posted,
  Snapshot,
  Summary,
  Welcome,
} from "../protocol/messages.gen";
import { PREVIEW_CHARS, UNREAD_CAP } from "../protocol/tables.gen";
import type { Item, Unknown } from "./codec";
import { addPage, extend, live } from "./ranges";
import type { Conversation, State } from "./state";

/** "list" (rows), "people" (names), "me", and ids of conversations. */
export type Touched = Set<string>;

/**
 * Change the state by one item from the hub. `asked` is the command that a reply answers: a page's bounds follow from its `History`,
 * what a welcome bridges from its `Hello`. Returns what has changed.
 */
export function apply(state: State, item: Item, asked: AnyCommand | null = null): Touched {
  if (isDurable(item)) return durable(state, item);
  switch (item.t) {
    case "welcome":
      return welcome(state, item, asked?.t === "hello" ? asked : null);
    case "page":
      return page(state, item, asked);
    case "conversations":
    case "people":
    case "channels":
      return directory(state, item);
    case "snapshot":
      return snapshot(state, item);
    case "added":
      return union(learn(state, item.people), place(state, item.summary, false));
    case "removed":
      return remove(state, item.conversation);
    case "own":
      return own(state, item);
    case "named":
      return learn(state, [item.person]);
    default:
      return news(state, item);
  }
}

const DURABLE: Record<AnyDurable["t"] | "unknown", true> = {
  created: true,
  joined: true,
  left: true,
  posted: true,
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

export function union<T>(...sets: Iterable<T>[]): Set<T> {
  const all = new Set<T>();
  for (const set of sets) for (const one of set) all.add(one);
  return all;
}

// ------------------------------------------------------------------------------------------------------------------ events

function durable(state: State, event: AnyDurable | Unknown): Touched {
  const conversation = state.conversations.get(event.conversation);
  if (conversation === undefined || follows(state, event) !== "next") return new Set();
  const touched: Touched = new Set([event.conversation]);
  const fresh = event.seq > conversation.summary.last_seq;
  if (fresh) {
    conversation.summary = { ...conversation.summary, last_seq: event.seq };
    touched.add("list");
  }
  extend(conversation, event.seq, event.t === "posted" ? messageOf(event) : null);
  if (event.t === "unknown") return touched;
  const author = { id: event.author, name: event.name };
  const learned = meet(state, [author]);
  return union(touched, learned, change(state, conversation, event, fresh));
}

function change(state: State, conversation: Conversation, event: AnyDurable, fresh: boolean): Touched {
  const me = state.me?.id;
  switch (event.t) {
    case "created":
      return meet(state, event.people);
    case "joined":
      joined(conversation, event, me, fresh);
      return meet(state, [event.person]);
    case "left":
      if (event.user === me) return remove(state, event.conversation);
      left(conversation, event.user, fresh);
      return new Set();
    case "posted":
      if (conversation.typing.includes(event.author)) {
        // Their message is what they were typing.
        conversation.typing = conversation.typing.filter((user) => user !== event.author);
        conversation.typing_count = Math.max(0, conversation.typing_count - 1);
      }
      if (fresh) conversation.summary = posted(conversation.summary, event, me);
      return new Set();
  }
}

function joined(conversation: Conversation, event: Joined, me: string | undefined, fresh: boolean): void {
  const user = event.person.id;
  // Else an empty list means: too many to name.
  const nobody = conversation.summary.members === (fresh ? 0 : 1);
  if ((conversation.members.length > 0 || nobody) && !conversation.members.includes(user)) {
    conversation.members = [...conversation.members, user];
  }
  const summary = { ...conversation.summary, members: conversation.summary.members + (fresh ? 1 : 0) };
  // What was written before one came is not unread.
  const mine = { joined: true, read: Math.max(summary.read, event.seq), unread: 0 };
  conversation.summary = user === me ? { ...summary, ...mine } : summary;
}

function left(conversation: Conversation, user: string, fresh: boolean): void {
  conversation.members = conversation.members.filter((one) => one !== user);
  conversation.presence = without(conversation.presence, user);
  conversation.marks = without(conversation.marks, user);
  if (fresh) conversation.summary = { ...conversation.summary, members: conversation.summary.members - 1 };
}

function without<V>(map: Map<string, V>, key: string): Map<string, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

function posted(summary: Summary, event: Posted, me: string | undefined): Summary {
  const counts = summary.joined && event.author !== me && event.seq > summary.read;
  const { seq, author, name, at } = event;
  return {
    ...summary,
    last: { seq, author, name, at, text: preview(event.text) },
    unread: counts ? Math.min(UNREAD_CAP, summary.unread + 1) : summary.unread,
  };
}

function preview(text: string): string {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  return [...words.join(" ")].slice(0, PREVIEW_CHARS).join("");
}

function messageOf(event: Posted): Message {
  const { seq, key, author, at, text, via } = event;
  return { seq, v: seq, key, author, at, text, via };
}

/** What belongs to one conversation and is no durable event; other replies change nothing. */
function news(state: State, item: Item): Touched {
  if (item.t !== "reset" && item.t !== "typing" && item.t !== "presence" && item.t !== "receipts") return new Set();
  const conversation = state.conversations.get(item.conversation);
  if (conversation === undefined) return new Set();
  switch (item.t) {
    case "reset":
      conversation.summary = { ...conversation.summary, epoch: item.epoch, last_seq: 0 };
      Object.assign(conversation, { cursor: 0, ranges: [], watched: false });
      return new Set([item.conversation, "list"]);
    case "typing":
      Object.assign(conversation, { typing: item.users, typing_count: item.count });
      break;
    case "presence":
      conversation.presence = new Map([
        ...conversation.presence,
        ...item.changed.map((one) => [one.user, one] as const),
      ]);
      conversation.online = item.online;
      break;
    case "receipts":
      conversation.marks = new Map(conversation.marks);
      for (const mark of item.marks) conversation.marks.set(mark.user, raised(conversation.marks.get(mark.user), mark));
  }
  return new Set([item.conversation]);
}

function raised(known: Mark | undefined, mark: Mark): Mark {
  if (known === undefined) return mark;
  const { user } = mark;
  return { user, delivered: Math.max(known.delivered, mark.delivered), read: Math.max(known.read, mark.read) };
}

// ------------------------------------------------------------------------------------------------------- rows and snapshots

function welcome(state: State, item: Welcome, hello: Hello | null): Touched {
  const bridged = new Set(Object.keys(hello?.resume?.watched ?? {}));
  const told = union(
    bridged,
    item.conversations.map((row) => row.id),
    Object.keys(hello?.resume?.known ?? {}),
  );
  const touched: Touched = new Set(["me", "list"]);
  const take = (more: Iterable<string>) => {
    for (const one of more) touched.add(one);
  };
  const { me, owner, store, more, uv } = item;
  Object.assign(state, { me, owner, store, more, uv });
  // More than `known` may name: page it again.
  for (const id of [...state.conversations.keys()]) if (!told.has(id)) take(remove(state, id));
  take(learn(state, [...item.people, item.me]));
  for (const row of item.conversations) {
    take(place(state, row, bridged.has(row.id)));
    state.tail = row.id;
  }
  for (const id of bridged) take(watch(state, id));
  take(ownRows(state, item.own, new Set(item.conversations.map((row) => `read:${row.id}`))));
  return touched;
}

/** Put a row that says where the connection stands: above its last_seq; if `bridged`, still above the cursor. */
function place(state: State, summary: Summary, bridged: boolean): Touched {
  const known = state.conversations.get(summary.id);
  if (known === undefined || known.summary.epoch !== summary.epoch) {
    state.conversations.set(summary.id, newConversation(summary));
  } else {
    known.summary = summary;
    if (!bridged && known.cursor !== summary.last_seq) {
      Object.assign(known, { cursor: summary.last_seq, ranges: [], watched: false });
    }
  }
  return new Set(["list", summary.id]);
}

function newConversation(summary: Summary): Conversation {
  return {
    summary,
    cursor: summary.last_seq,
    ranges: [],
    watched: false,
    members: [],
    online: 0,
    presence: new Map(),
    marks: new Map(),
    receipts: false,
    typing: [],
    typing_count: 0,
  };
}

function directory(state: State, item: Conversations | People | Channels): Touched {
  const touched = learn(state, item.people);
  if (item.t !== "conversations") return touched;
  state.more = item.more;
  touched.add("list");
  for (const row of item.conversations) {
    state.tail = row.id;
    const known = state.conversations.get(row.id);
    if (known !== undefined && (known.summary.epoch !== row.epoch || known.summary.last_seq > row.last_seq)) continue;
    if (known === undefined) place(state, row, false);
    else known.summary = row;
    touched.add(row.id);
  }
  return touched;
}

function snapshot(state: State, item: Snapshot): Touched {
  const { messages, has_before, members, online, receipts, typing, typing_count } = item;
  const first = has_before ? (messages[0]?.seq ?? 1) : 1;
  state.conversations.set(item.summary.id, {
    summary: item.summary,
    cursor: item.as_of,
    ranges: [{ first, last: item.as_of, messages, has_before }],
    watched: true,
    members,
    online,
    presence: new Map(item.presence.map((one) => [one.user, one])),
    marks: new Map(item.marks.map((one) => [one.user, one])),
    receipts,
    typing,
    typing_count,
  });
  return union(learn(state, item.people), ["list", item.summary.id]);
}

function remove(state: State, id: string): Touched {
  return state.conversations.delete(id) ? new Set(["list", id]) : new Set();
}

/** Learn of people whom an event names; it names them as they were then, so a name that is known stays. */
function meet(state: State, people: Person[]): Touched {
  return learn(
    state,
    people.filter((person) => !state.people.has(person.id)),
  );
}

function learn(state: State, people: Iterable<Person>): Touched {
  const touched: Touched = new Set();
  for (const person of people) {
    if (state.people.get(person.id)?.name !== person.name) {
      state.people.set(person.id, person);
      touched.add("people");
    }
    if (person.id === state.me?.id && person.name !== state.me.name) {
      state.me = person;
      touched.add("me");
    }
  }
  return touched;
}

function page(state: State, item: Page, asked: AnyCommand | null): Touched {
  const touched = learn(state, item.people);
  const conversation = state.conversations.get(item.conversation);
  // Only a snapshot begins: what is loaded says that a view has all else, too, and can be bridged.
  if (conversation?.summary.epoch !== item.epoch || conversation.ranges.length === 0) return touched;
  if (addPage(conversation, item, asked?.t === "history" ? asked : null)) touched.add(item.conversation);
  return touched;
}

// --------------------------------------------------------------------------------------------------------------- own state

function own(state: State, item: Own): Touched {
  // If one is missing, resuming from the old version brings it.
  if (item.uv <= state.uv + item.rows.length) state.uv = Math.max(state.uv, item.uv);
  return ownRows(state, item.rows, new Set());
}

/** Take newer rows; those that are `counted` stand in fresh summaries already. */
function ownRows(state: State, rows: OwnRow[], counted: Set<string>): Touched {
  const newer = rows.filter((row) => row.v > (state.own.get(row.key) ?? 0));
  for (const row of newer) state.own.set(row.key, row.v);
  return union(...newer.filter((row) => !counted.has(row.key)).map((row) => ownRow(state, row)));
}

function ownRow(state: State, row: OwnRow): Touched {
  const conversation = row.key.startsWith("read:") ? state.conversations.get(row.key.slice(5)) : undefined;
  if (conversation === undefined || typeof row.value !== "number") return new Set();
  return mark(state, conversation, row.value, row.unread);
}

/** Move the own read marker up before the hub has confirmed it; the hub's row corrects the count if need be. */
export function markRead(state: State, id: string, seq: number): Touched {
  const conversation = state.conversations.get(id);
  if (!conversation?.summary.joined || seq <= conversation.summary.read) return new Set();
  return mark(state, conversation, seq, seq >= conversation.summary.last_seq ? 0 : null);
}

/** Set the marker; where the loaded messages reach down to it they are counted: events may have come since. */
function mark(state: State, conversation: Conversation, read: number, unread: number | null): Touched {
  const newest = live(conversation);
  const { summary } = conversation;
  let count = unread ?? summary.unread;
  if (newest && newest.first <= read + 1 && conversation.cursor >= summary.last_seq) {
    const above = newest.messages.filter((one) => one.seq > read && one.author !== state.me?.id);
    count = Math.min(UNREAD_CAP, above.length);
  }
  conversation.summary = { ...summary, read, unread: count };
  return new Set(["list", summary.id]);
}

// -------------------------------------------------------------------------------------------------- what only the link knows

/** The hub confirmed a watch: typing, presence and receipts come from now on. */
export function watch(state: State, id: string): Touched {
  const conversation = state.conversations.get(id);
  if (conversation === undefined || conversation.watched) return new Set();
  conversation.watched = true;
  return new Set([id]);
}

/** No view shows it any more; a channel that one only looked at is forgotten. */
export function unwatch(state: State, id: string): Touched {
  const conversation = state.conversations.get(id);
  if (conversation === undefined) return new Set();
  return conversation.summary.joined ? quiet(conversation) : remove(state, id);
}

/** The connection is gone: nobody is known to be typing, and what else is watched is old. */
export function offline(state: State): Touched {
  return union(...[...state.conversations.values()].map(quiet));
}

function quiet(conversation: Conversation): Touched {
  if (!conversation.watched) return new Set();
  Object.assign(conversation, { watched: false, typing: [], typing_count: 0 });
  return new Set([conversation.summary.id]);
}
