/** The rows of a timeline as it shows them: messages (rows.ts), and among them what happened to the conversation, once the lazy part is here. */

import { useMemo } from "preact/hooks";
import type { Pending } from "../client/chat";
import type { Conversation } from "../client/state";
import { type Parts, usePart } from "./chunks";
import { buildRows, type Row, type Shown, shownRange } from "./rows";
import type { Ui } from "./ui";

/** The lazy part with what happened, while there is something of that to tell. */
export function useNotices(ui: Ui, wanted: unknown): Parts["notices"] | null {
  const part = usePart(ui.chunks, "notices", !!wanted);
  return part === "failed" ? null : part;
}

/** `after`: where reading stopped, as for `buildRows`. The same array for as long as nothing of it is another. */
export function useRows(
  ui: Ui,
  conversation: Conversation,
  pending: Pending[],
  after: number | null,
  shown: Shown,
): Row[] {
  const me = ui.chat.me.value?.id ?? "";
  const notices = shownRange(conversation, shown)?.notices;
  const weave = useNotices(ui, notices?.length)?.weave;
  // Not of the whole conversation: who types, who is there and who has read what leaves the rows as they are.
  const { ranges, threads, asides, growing, cursor } = conversation;
  return useMemo(() => {
    const rows = buildRows(conversation, pending, me, after, shown);
    return (notices && weave?.(ui, conversation, notices, rows)) ?? rows;
  }, [ranges, threads, asides, growing, cursor, pending, me, after, shown.at, weave]);
}
