/**
 * What a view sees of the chat: one object, the same over every transport. Views read signals and call methods; they never learn
 * which transport there is, and hold no protocol state of their own. Implemented by `model.ts`; this file holds types only.
 */

import type { ReadonlySignal } from "@preact/signals";
import type { AnyCommand, AnyReply, Limits, OwnRow, Person, Pointer, Summary } from "../protocol/messages.gen";
import type { Conversation, Removal } from "./state";

/** A message of one's own that the hub has not acknowledged yet. */
export interface Pending {
  key: string;
  conversation: string;
  text: string;
  /** The message that it answers; the root of the thread that it belongs to, and whether it stands in the conversation, too. */
  reply: number | null;
  thread: number | null;
  also: boolean;
  /** The message that it passes on. */
  forward: Pointer | null;
  /** Hub's clock, ms UTC, when it was written. */
  at: number;
  /** waiting: queued; sending: on its way; failed: refused, see `error`. */
  status: "waiting" | "sending" | "failed";
  /** Why it failed, or why the hub could not take it the last time and it goes again by itself, for people; else null. */
  error: string | null;
  /** Which error that is, by the table of errors; null where it has none. */
  code: string | null;
}

/**
 * changing: somebody else is here than before, and not let in yet; asking: the server wants to know who this browser is (`Chat.identify`);
 * frozen: neither hub nor kernel, only a snapshot to read.
 */
export type ConnectionState =
  | "connecting"
  | "connected"
  | "reconnecting"
  | "changing"
  | "signed_out"
  | "asking"
  | "frozen";

export interface Connection {
  state: ConnectionState;
  /**
   * direct: the page's own socket and login; http: the same by long polling, where sockets are blocked; relay: through the kernel, as the
   * session's person; none: not chosen yet, or frozen.
   */
  via: "direct" | "http" | "relay" | "none";
  /** Attempts since the connection was lost. */
  attempt: number;
  /** When the next attempt starts, ms of `Date.now()`; null while one runs or none is planned. */
  retry_at: number | null;
  /** What to tell people, if anything: why it is not connected, or that the kernel is busy (relay only). */
  note:
    | ""
    | "kernel_busy"
    | "kernel_gone"
    | "too_many_connections"
    | "flood"
    | "cannot_store"
    | "unreachable"
    | "offline";
}

/** Answer of the server's `api/me`: whether it knows who this browser is; `owner` is whom "me on another device" would be. */
export interface Question {
  owner: Person | null;
  /** Whether "You on another device" is offered at all. */
  may_be_owner: boolean;
  /** Whom the hub has known here before: whoever used this browser, or this very page, and sits before it; null: nobody. */
  knew: "browser" | "page" | null;
}

/** A typed error of the hub or of the link; `text` is for people. */
export class ChatError extends Error {
  constructor(
    readonly code: string,
    readonly text: string,
    readonly retry_after: number | null = null,
  ) {
    super(text);
    this.name = "ChatError";
  }
}

/** What a message is besides its text; what is left out is nothing. */
export type Extra = Partial<Pick<Pending, "reply" | "thread" | "also" | "forward">>;

/** A command without its `ref`, which the link gives. */
export type Asked = AnyCommand extends infer C ? (C extends { ref: number } ? Omit<C, "ref"> : never) : never;

export interface Chat {
  readonly connection: ReadonlySignal<Connection>;
  readonly me: ReadonlySignal<Person | null>;
  readonly owner: ReadonlySignal<boolean>;
  readonly limits: ReadonlySignal<Limits | null>;
  /** Rows of the list, last event first. */
  readonly conversations: ReadonlySignal<Summary[]>;
  readonly more: ReadonlySignal<boolean>;
  /** Set while the server asks who this browser is. */
  readonly question: ReadonlySignal<Question | null>;
  /** Own state by key (drafts, preferences, saved messages, blocks, markers of threads); messages.gen's OwnRow says which keys. */
  readonly own: ReadonlySignal<ReadonlyMap<string, OwnRow>>;
  /** By conversation: where somebody else has taken this person out, the last time; also where they are a member again. */
  readonly removals: ReadonlySignal<ReadonlyMap<string, Removal>>;
  /** ms to add to Date.now() for the hub's clock. */
  readonly offset: ReadonlySignal<number>;
  /** Where the page of this hub is (absolute, ends in `/nbchat/`), or null over the relay. */
  readonly pageUrl: ReadonlySignal<string | null>;

  /** One conversation; a new object whenever anything of it changed, undefined while unknown. */
  conversation(id: string): ReadonlySignal<Conversation | undefined>;
  /** Own messages of it that are not acknowledged, those of threads too, oldest first. */
  pending(id: string): ReadonlySignal<Pending[]>;
  /** Display name: the directory's, else the fallback, else the id. Reads signals, so views follow a rename. */
  name(user: string, fallback?: string): string;
  /** Who somebody is (status, emoji, colour), undefined while unknown. Reads signals, too. */
  person(user: string): Person | undefined;

  /** Whether the hub has this conversation for this person; rejects where it cannot say. */
  exists(id: string): Promise<boolean>;
  /** A view shows this conversation: watch it until the signal aborts (counted; the last one unwatches). */
  watch(id: string, until: AbortSignal): void;
  /** Queue a message; shown at once as pending, never lost. Throws ChatError where it cannot be queued (empty, too long, outbox full). */
  send(id: string, text: string, extra?: Extra): Pending;
  retry(key: string): void;
  discard(key: string): void;
  /**
   * Load the page before the range that has the message `at` (left out: before the oldest loaded one); resolves when it is in the state,
   * false if there is none.
   */
  older(id: string, at?: number): Promise<boolean>;
  /**
   * After paging up more than 1,000 messages the newest have made room (the last range's `last` is below `cursor`): load the page after
   * the range that has the message `at` (left out: the newest); false if that reaches the end.
   */
  newer(id: string, at?: number): Promise<boolean>;
  /** The same at once: load the newest page again, instead of what is loaded. */
  newest(id: string): Promise<void>;
  /** Load the page around a seq, as a range of its own unless it touches one; false if the hub has no such message. */
  around(id: string, seq: number): Promise<boolean>;
  /** Single messages are wanted on the screen: those that are nowhere loaded are asked for, many at once, and come in `asides`. */
  want(id: string, seqs: number[]): void;
  /** A view shows this thread: load its newest replies and keep them until the signal aborts (counted). */
  thread(id: string, root: number, until: AbortSignal): void;
  /** Load the page before the oldest loaded reply of an open thread; false if there is none. */
  olderReplies(id: string, root: number): Promise<boolean>;
  /** Rows of this conversation (or thread) up to seq were on the screen in a visible tab. */
  read(id: string, seq: number, thread?: number): void;
  /** A keystroke, or the composer was emptied; the link paces what is sent. */
  typing(id: string, active: boolean, thread?: number): void;
  /**
   * Any other command: conversations, edits, reactions, members, settings, invitations. Waits for a connection for as long as the link waits for a
   * reply; rejects with a ChatError. The lazy parts of the view build what they need on it (client/actions.ts).
   */
  ask(command: Asked): Promise<AnyReply>;
  join(id: string): Promise<void>;
  /** Set a row of the own state: shown at once, told to the hub now or when connected; drafts at most once a second. */
  setOwn(key: string, value: OwnRow["value"]): void;
  moreConversations(): Promise<void>;
  /** Try to connect now. */
  retryNow(): void;
  /** Unsent text of a composer: what this browser has kept, or else what the person wrote on another device. */
  draft(id: string, thread?: number): string;
  /** Keep it, here at once and on the hub. */
  setDraft(id: string, text: string, thread?: number): void;
}
