/** "Ada is typing…" with three quiet dots, in a line that is always there, so that nothing jumps. */

import { useEffect, useState } from "preact/hooks";
import { S } from "./strings";
import type { Ui } from "./ui";

/** Somebody writes just now; who, say the words around it. */
export function Dots() {
  return (
    <span class="nbc-dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}

interface TypingProps {
  ui: Ui;
  id: string;
  /** Root of the thread, or null: in the conversation. */
  thread: number | null;
}

/** Who has sent before this has passed, ms, was not seen typing: a line for less than a moment is only a flicker, and two pictures more. */
const SHOWN_AFTER = 150;

/** Whether something has been so for some time, ms. */
export function useLasting(is: boolean, time: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!is) return setLasts(false);
    const later = setTimeout(() => setLasts(true), time);
    return () => clearTimeout(later);
  }, [is]);
  return is && lasts;
}

export function TypingLine({ ui, id, thread }: TypingProps) {
  const conversation = ui.chat.conversation(id).value;
  const me = ui.chat.me.value?.id;
  const all = thread === null ? conversation?.typing : conversation?.thread_typing.get(thread);
  const others = (all ?? []).filter((user) => user !== me);
  const total = (thread === null ? conversation?.typing_count : all?.length) ?? 0;
  const count = total - ((all?.length ?? 0) - others.length);
  if (!useLasting(count > 0, SHOWN_AFTER)) return <span class="nbc-typing" />;
  return (
    <span class="nbc-typing">
      <Dots />
      <span class="nbc-cut">
        {S.typing(
          others.map((user) => ui.chat.name(user)),
          count,
        )}
      </span>
    </span>
  );
}
