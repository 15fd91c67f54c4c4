/** What a client knows: plain data, changed only by `reducer`. Same names and meaning in src/nbchat/client/state.py. */

import type {
  AnyDurable,
  Growing,
  Left,
  Mark,
  Message,
  Offered,
  OwnRow,
  Person,
  Standing,
  Status,
  Summary,
} from "../protocol/messages.gen";

/**
 * Messages that are loaded without a hole: all of one timeline with first <= seq <= last. A timeline is the conversation's own (all but
 * what stands only in threads), or one thread (its root and its replies).
 * `messages` is ascending by seq; `has_before` says that older ones exist below `first`.
 * A range whose `last` is the conversation's cursor is live: it grows with each event. Only the newest can be; it is, after a
 * snapshot, until paging far up has dropped the newest messages to make room (then `Chat.newer` and `Chat.newest` lead back).
 */
export interface Range {
  first: number;
  last: number;
  messages: Message[];
  has_before: boolean;
  /** What happened to the conversation from `first` to `last`, as `changes.spaced` has it; none in a thread. */
  notices: AnyDurable[];
}

/** One conversation as this client has it. */
export interface Conversation {
  summary: Summary;
  /** Last seq given; durable events at or below it are repetitions. */
  cursor: number;
  /** Loaded messages, ascending, never touching each other; empty until a snapshot came. */
  ranges: Range[];
  /** A snapshot came and the view is open: typing, presence and receipts below are current. */
  watched: boolean;
  members: string[];
  /** These are all members; false: there are too many to name, or no snapshot came. */
  members_named: boolean;
  online: number;
  presence: Map<string, Status>;
  marks: Map<string, Mark>;
  receipts: boolean;
  typing: string[];
  typing_count: number;
  /** Loaded messages of the threads that views have open, by root; a snapshot forgets them. */
  threads: Map<number, Range[]>;
  /** Messages that are still being written, by seq, each with all of its text so far. */
  growing: Map<number, Growing>;
  /** Who is typing in which thread; nobody: no entry. */
  thread_typing: Map<number, string[]>;
  /**
   * Single messages that somebody asked for (quoted, pinned, saved, roots), kept up to date like the others, the one asked for last at
   * the end, at most ASIDES; null: there is none with this seq. A snapshot forgets them.
   */
  asides: Map<number, Message | null>;
  /** Members with another role than member, or muted. */
  standings: Map<string, Standing>;
  commands: Offered[];
}

/** What has changed: "list" (rows), "people" (names and profiles), "me", "own" (own state), and ids of conversations. */
export type Touched = Set<string>;

export function union<T>(...sets: Iterable<T>[]): Set<T> {
  const all = new Set<T>();
  for (const set of sets) for (const one of set) all.add(one);
  return all;
}

/** Somebody else has taken this person out of a conversation, which is forgotten: its title, and how it ended. */
export interface Removal {
  title: string;
  left: Left;
}

/** All that one client knows of one hub. */
export interface State {
  me: Person | null;
  owner: boolean;
  store: string;
  uv: number;
  /** ms to add to the own clock to get the hub's. */
  offset: number;
  /** The conversation list goes on below what is here. */
  more: boolean;
  /** The last row of the list that was given; the next page starts below it. */
  tail: string;
  /** Own state by key, in its newest version; rows that were taken away have the value null. */
  own: Map<string, OwnRow>;
  conversations: Map<string, Conversation>;
  people: Map<string, Person>;
  /** By conversation, the last one; it stays when one is a member again. */
  removals: Map<string, Removal>;
  /** Events of unknown kinds. */
  skipped: number;
}

export function emptyState(): State {
  return {
    me: null,
    owner: false,
    store: "",
    uv: 0,
    offset: 0,
    more: false,
    tail: "",
    own: new Map(),
    conversations: new Map(),
    people: new Map(),
    removals: new Map(),
    skipped: 0,
  };
}

/** A conversation of which only the row is known. */
export function newConversation(summary: Summary): Conversation {
  return {
    summary,
    cursor: summary.last_seq,
    ranges: [],
    watched: false,
    members: [],
    members_named: false,
    online: 0,
    presence: new Map(),
    marks: new Map(),
    receipts: false,
    typing: [],
    typing_count: 0,
    threads: new Map(),
    thread_typing: new Map(),
    asides: new Map(),
    standings: new Map(),
    growing: new Map(),
    commands: [],
  };
}

/** Whether messages of it are loaded: only then its cursor says what is here. */
export function hasMessages(conversation: Conversation | undefined): conversation is Conversation {
  return conversation !== undefined && conversation.ranges.length > 0;
}

/** Where it stands, as `watch` and `resume` say it. */
export function positionOf(conversation: Conversation): [string, number] {
  return [conversation.summary.epoch, conversation.cursor];
}

export function positions(conversations: Conversation[]): Record<string, [string, number]> {
  return Object.fromEntries(conversations.map((one) => [one.summary.id, positionOf(one)]));
}
