/** Why one cannot write in a conversation now, in words for where the composer would be. The hub decides (docs/policy.md); pure. */

import type { Summary } from "../protocol/messages.gen";
import { S } from "./strings";
import { fullTime } from "./time";

/** Empty: one can write. `now`: the hub's clock, ms; `thread`: in a thread, which announcements leave open. */
export function closedWords({ settings, role, muted }: Summary, now: number, thread = false): string {
  if (settings.archived) return S.closed.archived;
  if (muted !== null && muted > now) return S.closed.muted(fullTime(muted, now));
  if (settings.announcements && !thread && role !== "owner" && role !== "moderator") return S.closed.announcements;
  return "";
}
