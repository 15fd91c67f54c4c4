/** Over the text that one writes: which message it answers. Part of the lazy chunk `talk`, by which one comes to answer. */

import type { ComposerProps } from "./composer";
import { findMessage } from "./find";
import { toLine } from "./markdown";
import { replyTo } from "./talk-state";
import { K } from "./talk-strings";
import { Tool } from "./tool";

/** Whom one answers, and the way out of it. */
export function ReplyBar({ ui, id, conversation, thread = null, seq }: ComposerProps & { seq: number }) {
  const message = findMessage(conversation, seq);
  const cancel = () => replyTo(ui.talk, id, thread, null);
  return (
    <div class="nbc-reply-bar">
      <span class="nbc-cut">
        <b>{K.replyTo(message ? ui.chat.name(message.author) : "")}</b> <bdi>{message ? toLine(message.text) : ""}</bdi>
      </span>
      <Tool icon="close" name={K.noReply} act={cancel} />
    </div>
  );
}
