/** What a widget's traits say before, or without, a hub: the first paint, and all there is in a static document. */

import type { AnyModel } from "@anywidget/types";
import type { Message, Person, Summary } from "../protocol/messages.gen";

export interface Seed {
  me: Person | null;
  conversations: Summary[];
  /** The open conversation, and its newest messages. */
  open: string;
  messages: Message[];
  people: Person[];
}

/** Read the traits; what is missing or of another shape is left out, because an old document may hold anything. */
export function seedOf(model: AnyModel): Seed {
  const me = asPerson(model.get("me"));
  const rows = listOf(model.get("conversations"))
    .filter(isSummary)
    .map((one) => ({ ...ROW, ...one }));
  const messages = listOf(model.get("messages"))
    .filter(isMessage)
    .map((one) => ({ ...MESSAGE, ...one }));
  const people = messages
    .map((one) => asPerson({ id: one.author, name: Object(one).name }))
    .filter((one) => one !== null);
  return { me, conversations: rows, open: String(model.get("conversation_id") ?? ""), messages, people };
}

/** What a document of an earlier version does not say. */
const ROW = {
  mentions: 0,
  threads: [],
  settings: { topic: "", picture: "", archived: false, slow: 0, announcements: false },
  role: null,
  muted: null,
  online: null,
};
const MESSAGE = {
  edited_at: null,
  deleted: null,
  reply: null,
  thread: null,
  also: false,
  mentions: [],
  forwarded: null,
  reactions: [],
  pinned: null,
  replies: null,
};

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asPerson(value: unknown): Person | null {
  const { id, name } = Object(value);
  if (typeof id !== "string" || id === "" || typeof name !== "string") return null;
  return { status: "", emoji: "", color: "", hide_seen: false, ...Object(value) };
}

function isSummary(value: unknown): value is Summary {
  const { id, kind, title, last_seq } = Object(value);
  return [id, kind, title].every((field) => typeof field === "string") && typeof last_seq === "number";
}

function isMessage(value: unknown): value is Message {
  const { seq, author, text, at } = Object(value);
  return typeof seq === "number" && typeof author === "string" && typeof text === "string" && typeof at === "number";
}
