/**
 * What a durable event changes in one conversation: the cursor, loaded messages, members, and its row. Pure, part of the reducer, which has
 * looked already that the event is the next one; same as events.py. What an event does to a message is in `changes`, what it does to the
 * counts of the row in `counts`.
 */

import type { AnyDurable, Joined, Person, Posted, Ranked, Standing } from "../protocol/messages.gen";
import * as asides from "./asides";
import * as changes from "./changes";
import type { Unknown } from "./codec";
import * as counts from "./counts";
import * as ranges from "./ranges";
import { newcomers, remove } from "./rows";
import { type Conversation, type State, type Touched, union } from "./state";

/** Apply the next event of a conversation that is known here. */
export function apply(state: State, conversation: Conversation, event: AnyDurable | Unknown): Touched {
  const touched: Touched = new Set([event.conversation]);
  const fresh = event.seq > conversation.summary.last_seq;
  if (fresh) {
    conversation.summary = { ...conversation.summary, last_seq: event.seq };
    touched.add("list");
  }
  advance(conversation, event);
  if (event.t === "unknown") return touched;
  for (const seq of changes.touched(event)) touch(conversation, seq, event);
  const done = change(state, conversation, event, fresh);
  return union(touched, done, newcomers(state, [named(event.author, event.name)])); // whom it tells more of was learnt before
}

/** Somebody of whom an event says no more. */
function named(id: string, name: string): Person {
  return { id, name, status: "", emoji: "", color: "", hide_seen: false };
}

/** Move the cursor: each live timeline grows with it, also where the message stands in none or another. */
function advance(conversation: Conversation, event: AnyDurable | Unknown): void {
  const { cursor, threads } = conversation;
  const message = event.t === "posted" ? changes.messageOf(event) : null;
  conversation.ranges = ranges.extend(
    conversation.ranges,
    cursor,
    message && changes.inConversation(message) ? message : null,
    changes.noticed(event) ? event : null,
  );
  conversation.threads = new Map(
    [...threads].map(([root, loaded]) => [
      root,
      ranges.extend(loaded, cursor, message?.thread === root ? message : null),
    ]),
  );
  conversation.cursor = event.seq;
  if (message) asides.begin(conversation, message);
}

/** Change an earlier message wherever it is loaded; an edit or a deletion ends what was being written. */
function touch(conversation: Conversation, seq: number, event: AnyDurable): void {
  if (event.t === "edited" || event.t === "deleted") conversation.growing = without(conversation.growing, seq);
  conversation.ranges = ranges.touch(conversation.ranges, seq, event);
  const threads = [...conversation.threads];
  conversation.threads = new Map(threads.map(([root, loaded]) => [root, ranges.touch(loaded, seq, event)]));
  asides.touch(conversation, seq, event);
}

function change(state: State, conversation: Conversation, event: AnyDurable, fresh: boolean): Touched {
  const me = state.me?.id;
  const { summary } = conversation;
  switch (event.t) {
    case "created":
      return newcomers(state, event.people);
    case "joined":
      join(conversation, event, me, fresh);
      return newcomers(state, [event.person]);
    case "left":
      if (event.user === me) return remove(state, event.conversation, event);
      leave(conversation, event.user, fresh);
      break;
    case "ranked":
      stand(conversation, event.user, { role: event.role }, me, fresh);
      break;
    case "muted":
      stand(conversation, event.user, { muted: event.until }, me, fresh);
      break;
    case "posted":
      stopTyping(conversation, event);
      if (fresh) conversation.summary = counts.posted(summary, event, me);
      break;
    case "described":
      if (fresh) conversation.summary = { ...summary, title: event.title, settings: event.settings };
      break;
    case "edited":
      if (fresh) conversation.summary = counts.edited(summary, event);
      break;
    case "deleted":
      if (fresh) conversation.summary = counts.deleted(summary, event, me);
      break;
    case "reacted":
    case "pinned":
    case "unbanned":
  }
  return new Set();
}

/** Their message is what they were typing. */
function stopTyping(conversation: Conversation, { thread, author }: Posted): void {
  if (thread !== null) {
    const left = (conversation.thread_typing.get(thread) ?? []).filter((user) => user !== author);
    const rest = without(conversation.thread_typing, thread);
    conversation.thread_typing = left.length > 0 ? rest.set(thread, left) : rest;
  } else if (conversation.typing.includes(author)) {
    conversation.typing = conversation.typing.filter((user) => user !== author);
    conversation.typing_count = Math.max(0, conversation.typing_count - 1);
  }
}

function join(conversation: Conversation, event: Joined, me: string | undefined, fresh: boolean): void {
  const { role, muted } = event;
  const user = event.person.id;
  const { members, summary } = conversation;
  if (conversation.members_named && !members.includes(user)) conversation.members = [...members, user];
  // What was written before one came is not unread.
  const read = Math.max(summary.read, event.seq);
  const nothing = { joined: true, role, muted, read, unread: 0, mentions: 0, threads: [] };
  conversation.summary = { ...summary, members: summary.members + Number(fresh), ...(user === me && fresh && nothing) };
  setStanding(conversation, { user, role, muted });
}

function leave(conversation: Conversation, user: string, fresh: boolean): void {
  conversation.members = conversation.members.filter((one) => one !== user);
  conversation.presence = without(conversation.presence, user);
  conversation.marks = without(conversation.marks, user);
  conversation.standings = without(conversation.standings, user);
  if (fresh) conversation.summary = { ...conversation.summary, members: conversation.summary.members - 1 };
}

type Stands = { role: Ranked["role"] } | { muted: number | null };

/** Somebody has another role, or may not write for a while. */
function stand(c: Conversation, user: string, how: Stands, me: string | undefined, fresh: boolean): void {
  const known = c.standings.get(user) ?? { user, role: "member", muted: null };
  setStanding(c, { ...known, ...how });
  if (fresh && user === me) c.summary = { ...c.summary, ...how };
}

/** Keep how a member stands; of just members, and where there are too many to name, nothing is kept. */
function setStanding(conversation: Conversation, standing: Standing): void {
  const { user, role, muted } = standing;
  const rest = without(conversation.standings, user);
  const isKept = (role !== "member" || muted !== null) && conversation.members.includes(user);
  conversation.standings = isKept ? rest.set(user, standing) : rest;
}

function without<K, V>(map: Map<K, V>, key: K): Map<K, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
