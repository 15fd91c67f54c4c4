/**
 * Leads a timeline to the message that somebody wants to see (`ui.talk.target`): shows it where it is loaded, else has it fetched by the
 * lazy part (talk-jump.ts), and shows it when it has come.
 */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Conversation } from "../client/state";
import { inTimeline } from "./find";
import { loadTalk, type Spot } from "./talk-state";
import type { Ui } from "./ui";

/** `show` is told the seq, in a layout effect, once it is loaded. */
export function useTarget(
  ui: Ui,
  conversation: Conversation,
  thread: number | null,
  show: (seq: number) => void,
): void {
  const target = ui.talk.target.value;
  const id = conversation.summary.id;
  const asked = useRef<Spot | null>(null);
  useLayoutEffect(() => {
    if (target?.id !== id || target.thread !== thread) return;
    if (inTimeline(conversation, thread, target.seq)) {
      ui.talk.target.value = null;
      show(target.seq);
    } else if (asked.current !== target) {
      asked.current = target;
      void loadTalk(ui).then((talk) => talk?.fetchTarget(ui, target));
    }
  }, [target, conversation]);
}
