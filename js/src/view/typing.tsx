/** "Ada is typing…" with three quiet dots, in a line that is always there, so that nothing jumps. */

import type { Conversation } from "../client/state";
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
  conversation: Conversation;
  /** Root of the thread, or null: in the conversation. */
  thread: number | null;
}

export function TypingLine({ ui, conversation, thread }: TypingProps) {
  const me = ui.chat.me.value?.id;
  const typing = thread === null ? conversation.typing : (conversation.thread_typing.get(thread) ?? []);
  const others = typing.filter((user) => user !== me);
  const count = (thread === null ? conversation.typing_count : typing.length) - (typing.length - others.length);
  if (count <= 0) return <span class="nbc-typing" />;
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
