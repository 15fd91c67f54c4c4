/**
 * The lazy chunk for who does not look at the messages: the unread count in the tab's title, and what a screen reader says; the debug
 * switch; and the sweeping of what nobody goes on with. Loaded once there is a hub that something can come from.
 */

import type { Chat } from "../client/chat";
import { sweepEdits } from "./kept-edits";
import { countInTitle } from "./title";
import { trace } from "./trace";

export { Announcements } from "./announce";

/** What this chunk does for a view as long as it is there. */
export function accompany(chat: Chat, until: AbortSignal): void {
  trace(chat, until);
  countInTitle(chat, until);
  sweepEdits();
}
