/** What things are called: conversations by their title or person, errors by their own words. */

import type { Chat } from "../client/chat";
import type { Summary } from "../protocol/messages.gen";

/** What a conversation is called: its title, else the name of the other person. */
export function titleOf(chat: Chat, summary: Summary): string {
  return summary.title || (summary.peer ? chat.name(summary.peer) : summary.handle) || summary.id;
}

/** A text for people from whatever went wrong; never an exception's own words. */
export function errorText(error: unknown, otherwise: string): string {
  const text = (error as { text?: unknown } | null)?.text;
  return typeof text === "string" && text ? text : otherwise;
}
