/**
 * What a view can ask of a hub besides what `Chat` itself has: conversations, edits, reactions, members, settings, lists. Thin typed functions over
 * `Chat.ask`, so that the lazy parts of the view carry them and the widget does not. Each rejects with a `ChatError`, whose `text` is for
 * people; what was changed arrives as an event, as for everybody. Holds no state.
 */

import type {
  AnyDurable,
  AnyReply,
  Describe,
  Found,
  Hits,
  Invitation,
  Invited,
  Log,
  Member,
  Person,
  Reported,
  SetProfile,
  Standing,
  Summary,
} from "../protocol/messages.gen";
import { randomKey } from "../util/keys";
import { type Asked, type Chat, ChatError } from "./chat";

export type Role = Standing["role"];
type ReplyOf<T extends AnyReply["t"]> = Extract<AnyReply, { t: T }>;

/** Ask, and take the one kind of reply that this command has. */
async function asked<T extends AnyReply["t"]>(chat: Chat, command: Asked, kind: T): Promise<ReplyOf<T>> {
  const reply = await chat.ask(command);
  if (reply.t === kind) return reply as ReplyOf<T>;
  throw new ChatError("internal", `The hub answered ${command.t} with ${reply.t}. Update the hub or this page.`);
}

async function done(chat: Chat, command: Asked): Promise<void> {
  await asked(chat, command, "done");
}

// ---------------------------------------------------------------------------------------------------------------- messages

/** Change the text of an own message. */
export const edit = (chat: Chat, conversation: string, message: number, text: string): Promise<void> =>
  done(chat, { t: "edit", conversation, message, text, key: randomKey() });

/** Delete a message for everybody: an own one, or as a moderator. */
export const deleteMessage = (chat: Chat, conversation: string, message: number): Promise<void> =>
  done(chat, { t: "delete", conversation, message });

/** Put an emoji under a message, or take the own one away. */
export const react = (chat: Chat, conversation: string, message: number, emoji: string, on: boolean): Promise<void> =>
  done(chat, { t: "react", conversation, message, emoji, on });

export const pin = (chat: Chat, conversation: string, message: number, on: boolean): Promise<void> =>
  done(chat, { t: "pin", conversation, message, on });

/** The `posted` and `edited` events of a message, oldest first. */
export const versions = async (chat: Chat, conversation: string, message: number): Promise<AnyDurable[]> =>
  (await asked(chat, { t: "find_versions", conversation, message }, "versions")).events;

/** The pinned messages, the one pinned last at the end. They are not kept up to date: ask again. */
export const pins = (chat: Chat, conversation: string): Promise<Found> =>
  asked(chat, { t: "find_pins", conversation }, "found");

/** Messages of all own conversations that mention me, newest first; `before` is `next` of the reply before. */
export const mentionsOfMe = (chat: Chat, before: number | null = null): Promise<Hits> =>
  asked(chat, { t: "find_mentions", before }, "hits");

/** Be told of a thread's replies, or no more. */
export const follow = (chat: Chat, conversation: string, thread: number, on: boolean): Promise<void> =>
  done(chat, { t: "follow", conversation, thread, on });

/** Everything from this message on is unread again; with `thread` in that thread. */
export const unreadFrom = (chat: Chat, conversation: string, message: number, thread?: number): Promise<void> =>
  done(chat, { t: "read", conversation, seq: message - 1, back: true, thread: thread ?? null });

/** Move the own markers of all conversations and threads to their ends. */
export const readAll = (chat: Chat): Promise<void> => done(chat, { t: "read_all" });

/** Report a message to the moderators. */
export const report = (chat: Chat, conversation: string, message: number, reason: string): Promise<void> =>
  done(chat, { t: "report", conversation, message, reason });

// ------------------------------------------------------------------------------------------------ conversation and members

/** The id of the conversation with this name (`ml-team`, `@ada`), which is made where there is none unless `create` is false. */
export const openNamed = async (chat: Chat, name: string, create = true): Promise<string> =>
  (await asked(chat, { t: "open", name, create }, "opened")).conversation;

/** Make a group or an open channel; returns its id. */
export const create = async (
  chat: Chat,
  kind: "group" | "channel",
  title: string,
  members: string[] = [],
): Promise<string> =>
  (await asked(chat, { t: "create", kind, title, members, key: randomKey() }, "opened")).conversation;

export const leave = (chat: Chat, conversation: string): Promise<void> => done(chat, { t: "leave", conversation });

/** People whose name has this in it; all of them, as far as one answer has room, for an empty query. */
export const findPeople = async (chat: Chat, query: string): Promise<Person[]> =>
  (await asked(chat, { t: "people", query, limit: 50 }, "people")).people;

/** Open channels that one may come into, by their title. */
export const findChannels = async (chat: Chat, query: string): Promise<Summary[]> =>
  (await asked(chat, { t: "channels", query, limit: 50 }, "channels")).channels;

/** What `describe` may change; what is left out stays. */
export type Description = Partial<Omit<Describe, "t" | "ref" | "conversation">>;

export const describe = (chat: Chat, conversation: string, change: Description): Promise<void> =>
  done(chat, { t: "describe", conversation, ...change });

/** Give a member another role. */
export const rank = (chat: Chat, conversation: string, user: string, role: Role): Promise<void> =>
  done(chat, { t: "rank", conversation, user, role });

/** Let a member write nothing for so many seconds; 0: let them write again. */
export const mute = (chat: Chat, conversation: string, user: string, seconds: number): Promise<void> =>
  done(chat, { t: "mute", conversation, user, seconds });

/** Make people members: at least one. */
export const invite = (chat: Chat, conversation: string, users: [string, ...string[]]): Promise<void> =>
  done(chat, { t: "invite", conversation, users });

/** Make somebody no member any more; with `ban` they may not come back. */
export const remove = (
  chat: Chat,
  conversation: string,
  user: string,
  { ban = false, reason = "" }: { ban?: boolean; reason?: string } = {},
): Promise<void> => done(chat, { t: "remove", conversation, user, ban, reason });

export const unban = (chat: Chat, conversation: string, user: string): Promise<void> =>
  done(chat, { t: "unban", conversation, user });

/** Who may not come back. */
export const banned = async (chat: Chat, conversation: string): Promise<Person[]> =>
  (await asked(chat, { t: "find_banned", conversation }, "people")).people;

/** Members by name; `after` is the user id of the last one that is there already. */
export async function members(
  chat: Chat,
  conversation: string,
  query = "",
  after: string | null = null,
): Promise<{ members: Member[]; more: boolean }> {
  return asked(chat, { t: "find_members", conversation, query, after }, "members");
}

// ------------------------------------------------------------------------------------------------------------------- links

/** Make a link by which people join; `seconds` and `uses` null: no end. Returns it. */
export async function makeLink(
  chat: Chat,
  conversation: string,
  what: { seconds?: number | null; uses?: number | null; role?: Role } = {},
): Promise<Invitation> {
  const [made] = (await asked(chat, { t: "make_link", conversation, ...what }, "links")).links;
  if (made === undefined) throw new ChatError("internal", "The hub made no link. Try again.");
  return made;
}

/** The links that can still be used, the newest first. */
export const links = async (chat: Chat, conversation: string): Promise<Invitation[]> =>
  (await asked(chat, { t: "find_links", conversation }, "links")).links;

export const dropLink = (chat: Chat, conversation: string, code: string): Promise<void> =>
  done(chat, { t: "drop_link", conversation, code });

/** Where a link leads; takes no use of it. */
export const invitation = (chat: Chat, code: string): Promise<Invited> =>
  asked(chat, { t: "find_invitation", code }, "invited");

/** Join by a link. Returns the id of the conversation. */
export const redeem = async (chat: Chat, code: string): Promise<string> =>
  (await asked(chat, { t: "redeem", code }, "opened")).conversation;

// -------------------------------------------------------------------------------------------------------------- moderation

/** What was reported and is open, oldest first. */
export const reports = async (chat: Chat, conversation: string): Promise<Reported[]> =>
  (await asked(chat, { t: "find_reports", conversation }, "reports")).reports;

/** This report is dealt with; `id` is `Reported.id`. */
export const closeReport = (chat: Chat, conversation: string, id: number): Promise<void> =>
  done(chat, { t: "close_report", conversation, report: id });

/** What was moderated, newest first, below the seq `before`. */
export const log = (chat: Chat, conversation: string, before: number | null = null): Promise<Log> =>
  asked(chat, { t: "find_log", conversation, before }, "log");

// ----------------------------------------------------------------------------------------------------------------- oneself

/** What of oneself to change; what is left out stays. */
export type Profile = Partial<Omit<SetProfile, "t" | "ref">>;

export const setProfile = (chat: Chat, change: Profile): Promise<void> => done(chat, { t: "set_profile", ...change });
