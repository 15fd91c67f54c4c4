/**
 * In the list: who brought the person into a conversation in which nothing was written since. The hub is asked for what happened there last,
 * once for each such row. Part of the lazy chunk `notices`; without an answer the row says what it says else.
 */

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../client/chat";
import type { AnyDurable, Summary } from "../protocol/messages.gen";
import { N } from "./notice-strings";
import type { Ui } from "./ui";

/** Who brought the person in, and where that stands in the log. */
interface Entry {
  by: string;
  seq: number;
}

/** What was answered of each conversation: null where nobody else did, or it is too long ago. */
type Answers = Map<string, Promise<Entry | null>>;

const answers = new WeakMap<Chat, Answers>();

/** A long list asks beside what the person does: no more than this at once. */
const AT_ONCE = 2;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(task: () => Promise<T>): Promise<T> {
  while (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  running += 1;
  try {
    return await task();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** Whether somebody became a member by it, at the beginning of the conversation or later. */
function bringsIn(event: AnyDurable, user: string | undefined): boolean {
  if (event.t === "created") return event.people.some(({ id }) => id === user);
  return event.t === "joined" && event.person.id === user;
}

async function entryOf(chat: Chat, id: string): Promise<Entry | null> {
  const me = chat.me.peek()?.id;
  const reply = await chat.ask({ t: "history", conversation: id, limit: 1 });
  const came = reply.t === "page" ? reply.notices.filter((one) => bringsIn(one, me)).at(-1) : null;
  return came && came.author !== me ? { by: came.author, seq: came.seq } : null;
}

function answersOf(chat: Chat): Answers {
  const known = answers.get(chat) ?? new Map();
  answers.set(chat, known);
  return known;
}

/** The answer, asked for once; a failure is none, and asked for again when there is reason to. */
function ask(chat: Chat, id: string): Promise<Entry | null> {
  const known = answersOf(chat);
  const asked =
    known.get(id) ??
    inTurn(() => entryOf(chat, id)).catch(() => {
      known.delete(id);
      return null;
    });
  known.set(id, asked);
  return asked;
}

export function Came({ ui, summary, children }: { ui: Ui; summary: Summary; children: VNode }) {
  const { id, read, last } = summary;
  const { chat } = ui;
  const [entry, setEntry] = useState<Entry | null>(null);
  const online = chat.connection.value.state === "connected";
  useEffect(() => {
    let current = online;
    if (online) void ask(chat, id).then((found) => current && setEntry(found));
    return () => {
      current = false;
      // Who is taken out may be brought in again, by somebody else.
      if (!chat.conversations.peek().some((row) => row.id === id)) answersOf(chat).delete(id);
    };
  }, [id, read, online]);
  // The marker may also be so high because all was marked read.
  if (!entry || (last?.seq ?? 0) > entry.seq) return children;
  return <span dir="auto">{N.invitedYou(chat.name(entry.by))}</span>;
}
