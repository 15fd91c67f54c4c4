/** "Ada is typing…" with three quiet dots, in a line that is always there, so that nothing jumps. */

import type { Conversation } from "../client/state";
import { S } from "./strings";
import type { Ui } from "./ui";

export function TypingLine({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const me = ui.chat.me.value?.id;
  const others = conversation.typing.filter((user) => user !== me);
  const count = conversation.typing_count - (conversation.typing.length - others.length);
  if (count <= 0) return <span class="nbc-typing" />;
  return (
    <span class="nbc-typing">
      <span class="nbc-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span class="nbc-cut">
        {S.typing(
          others.map((user) => ui.chat.name(user)),
          count,
        )}
      </span>
    </span>
  );
}
