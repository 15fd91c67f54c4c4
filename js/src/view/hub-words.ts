/** What the hub says of an error, as people should read it. */

import type { Chat } from "../client/chat";
import { titleOf } from "./words";

/** A text of the hub in which conversations have their titles instead of their ids. */
export function withTitles(chat: Chat, text: string): string {
  return text.replace(/“([^”]+)”/g, (said, id) => {
    const row = chat.conversations.peek().find((one) => one.id === id) ?? chat.conversation(id).peek()?.summary;
    return row ? `“${titleOf(chat, row)}”` : said;
  });
}
