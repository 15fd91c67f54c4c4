/**
 * The lazy chunk for who does not look at the messages: the unread count in the tab's title, and what a screen reader says; and the debug
 * switch. Loaded once there is a hub that something can come from.
 */

import type { Chat } from "../client/chat";
import { countInTitle as count } from "./title";
import { trace } from "./trace";

export { Announcements } from "./announce";

/** What this chunk does for a view as long as it is there. */
export function countInTitle(chat: Chat, until: AbortSignal): void {
  trace(chat, until);
  count(chat, until);
}
