/**
 * What replaces what was known: the welcome, rows of the list, snapshots; and the people whom all of them name. Pure, part of the reducer; same
 * as rows.py.
 */

import type {
  Channels,
  Conversations,
  Hello,
  Left,
  People,
  Person,
  Reset,
  Snapshot,
  Summary,
  Welcome,
} from "../protocol/messages.gen";
import { take } from "./own";
import { type Conversation, newConversation, type State, type Touched, union } from "./state";

/** Begin, or begin again: what the hub was not asked to bridge and has moved on is forgotten. */
export function welcome(state: State, item: Welcome, hello: Hello | null): Touched {
  const { me, owner, store, more, uv, conversations } = item;
  const bridged = new Set(Object.keys(hello?.resume?.watched ?? {}));
  const rows = new Set(conversations.map((row) => row.id));
  const told = union(bridged, rows, Object.keys(hello?.resume?.known ?? {}));
  Object.assign(state, { me, owner, store, more, uv });
  // More than `known` may name: page it again.
  const forgotten = [...state.conversations.keys()].filter((id) => !told.has(id)).map((id) => remove(state, id));
  const learned = people(state, [...item.people, me]);
  const placed = conversations.map((row) => {
    state.tail = row.id;
    return place(state, row, bridged.has(row.id));
  });
  const watched = [...bridged].map((id) => watch(state, id));
  return union(["me", "list"], ...forgotten, learned, ...placed, ...watched, take(state, item.own, rows));
}

/** Put a row that says where the connection stands: above its last_seq; if `bridged`, still above the cursor. */
export function place(state: State, summary: Summary, bridged: boolean): Touched {
  const known = state.conversations.get(summary.id);
  if (known?.summary.epoch !== summary.epoch) state.conversations.set(summary.id, newConversation(summary));
  else {
    known.summary = summary;
    if (!bridged && known.cursor !== summary.last_seq) forget(known, summary.last_seq);
  }
  return new Set(["list", summary.id]);
}

/** Take older rows of the own list; a search brings only people. */
export function directory(state: State, item: Conversations | People | Channels): Touched {
  const touched = people(state, item.people);
  if (item.t !== "conversations") return touched;
  state.more = item.more;
  touched.add("list");
  for (const row of item.conversations) {
    state.tail = row.id;
    // A row that is here already is kept up to date by events and own state, which may have overtaken this one.
    if (state.conversations.has(row.id)) continue;
    place(state, row, false);
    touched.add(row.id);
  }
  return touched;
}

/** Take all of one conversation anew; threads and single messages are loaded again where views want them. */
export function snapshot(state: State, item: Snapshot): Touched {
  const {
    summary,
    as_of: last,
    messages,
    has_before,
    members,
    online,
    receipts,
    typing,
    typing_count,
    commands,
    notices,
  } = item;
  const first = has_before ? (messages[0]?.seq ?? 1) : 1;
  state.conversations.set(summary.id, {
    ...newConversation(summary),
    cursor: last,
    ranges: [{ first, last, messages, has_before, notices }],
    watched: true,
    members,
    members_named: members.length > 0 || summary.members === 0,
    online,
    presence: byUser(item.presence),
    marks: byUser(item.marks),
    receipts,
    typing,
    typing_count,
    standings: byUser(item.standings),
    commands,
  });
  return union(people(state, item.people), ["list", summary.id]);
}

function byUser<T extends { user: string }>(rows: T[]): Map<string, T> {
  return new Map(rows.map((one) => [one.user, one]));
}

/** The log is another one: nothing that was loaded holds. */
export function reset(conversation: Conversation, item: Reset): void {
  conversation.summary = { ...conversation.summary, epoch: item.epoch, last_seq: 0 };
  forget(conversation, 0);
}

/** Drop all messages, because events were left out that may have changed them. */
function forget(conversation: Conversation, cursor: number): void {
  const { ranges, threads, thread_typing, growing, asides, watched } = newConversation(conversation.summary);
  Object.assign(conversation, { cursor, ranges, threads, thread_typing, growing, asides, watched });
}

/** Forget a conversation; who was taken out of it by somebody else is to be told by whom. */
export function remove(state: State, id: string, left: Left | null = null): Touched {
  const known = state.conversations.get(id);
  if (left && known && left.author !== left.user)
    state.removals = new Map(state.removals).set(id, { title: known.summary.title, left });
  return state.conversations.delete(id) ? new Set(["list", id]) : new Set();
}

/** The hub confirmed a watch: typing, presence and receipts come from now on. */
export function watch(state: State, id: string): Touched {
  const conversation = state.conversations.get(id);
  if (conversation === undefined || conversation.watched) return new Set();
  conversation.watched = true;
  return new Set([id]);
}

/** Learn of people whom an event names; it names them as they were then, so a name that is known stays. */
export function newcomers(state: State, named: Person[]): Touched {
  return people(
    state,
    named.filter((person) => !state.people.has(person.id)),
  );
}

/** Learn what people show of themselves now. */
export function people(state: State, known: Person[]): Touched {
  const touched: Touched = new Set();
  for (const person of known) {
    if (!isSame(state.people.get(person.id), person)) {
      state.people.set(person.id, person);
      touched.add("people");
    }
    if (person.id === state.me?.id && !isSame(state.me, person)) {
      state.me = person;
      touched.add("me");
    }
  }
  return touched;
}

function isSame(one: Person | undefined, other: Person): boolean {
  return one !== undefined && Object.entries(other).every(([field, value]) => one[field as keyof Person] === value);
}
