/**
 * The one polite line for screen readers: messages of others as they arrive, and short confirmations. Not the timeline itself, because
 * rows that scrolling brings in are no news. What is said of messages is decided in announce.tsx, which comes with a lazy part.
 */

import type { Conversation } from "../client/state";
import { usePart } from "./chunks";
import type { Ui } from "./ui";

export function Announcer({ ui }: { ui: Ui }) {
  return (
    <div class="nbc-hidden" aria-live="polite">
      {ui.spoken.value}
    </div>
  );
}

interface Announced {
  ui: Ui;
  conversation: Conversation | undefined;
  /** The root of the thread that is shown; left out: the conversation's own timeline. */
  thread?: number;
}

/** Has that line say what arrives, as soon as there is a hub that something can arrive from. */
export function Announce({ ui, conversation, thread }: Announced) {
  const news = usePart(ui.chunks, "news", ui.chat.connection.value.state === "connected");
  if (!news || news === "failed") return null;
  return <news.Announcements ui={ui} conversation={conversation} thread={thread ?? null} />;
}
