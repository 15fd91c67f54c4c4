/** What things are called: conversations by their title or person, errors by their own words. */

import type { Chat } from "../client/chat";
import type { Summary } from "../protocol/messages.gen";
import { language } from "./language";

/** What a conversation is called: its title, else the name of the other person. */
export function titleOf(chat: Chat, summary: Summary): string {
  return summary.title || (summary.peer ? chat.name(summary.peer) : summary.handle) || summary.id;
}

/** A text for people from whatever went wrong, in their language where it has words for the code; never an exception's own words. */
export function errorText(error: unknown, otherwise: string): string {
  const { code, text } = (error ?? {}) as { code?: unknown; text?: unknown };
  return language.peek().errors[String(code)] || (typeof text === "string" && text) || otherwise;
}
