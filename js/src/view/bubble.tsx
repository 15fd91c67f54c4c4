/** What stands in the bubble of a message: its text, what it answers and passes on; what is left of a deleted one; the field that edits it. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Pointer } from "../protocol/messages.gen";
import { Body } from "./body";
import { dropEdit } from "./edits";
import { findMessage } from "./find";
import { Icon } from "./icons";
import { jump } from "./jump";
import { forget } from "./markdown";
import type { MessageProps } from "./message";
import { isBlocked } from "./prefs";
import { Forward, Quote } from "./quote";
import { S } from "./strings";

export const isDeleted = ({ message }: Pick<MessageProps, "message">): boolean => (message?.deleted ?? null) !== null;

/** Messages of somebody whom the person blocks are folded. */
function Folded({ show }: { show: () => void }) {
  return (
    <p class="nbc-gone">
      {S.fromBlocked}
      <button type="button" class="nbc-link" onClick={show}>
        {S.showIt}
      </button>
    </p>
  );
}

function Tombstone({ author, message }: MessageProps) {
  return (
    <p class="nbc-gone">
      <Icon name="bin" />
      {message?.deleted === author ? S.deleted : S.deletedByModerator}
    </p>
  );
}

/** The message that a waiting one is to pass on, where it is loaded. */
function Passing({ ui, of: [id, seq] }: { ui: MessageProps["ui"]; of: Pointer }) {
  const conversation = ui.chat.conversation(id).value;
  const message = conversation && findMessage(conversation, seq);
  return <Quote ui={ui} of={message} label={S.forwards} active={false} act={() => jump(ui, id, seq)} />;
}

/** The thread that it comes from, where it stands in the conversation, and what it answers. */
function Quotes({ ui, conversation: id, thread, message, pending, active, ...props }: MessageProps) {
  const what = message ?? pending;
  const root = thread === null ? (what?.thread ?? null) : null;
  const reply = what?.reply ?? null;
  const open = () => {
    if (root !== null) ui.talk.side.value = { kind: "thread", id, root };
  };
  return (
    <>
      {root === null ? null : <Quote ui={ui} of={props.root} label={S.inThread} active={active} act={open} />}
      {reply === null ? null : (
        <Quote ui={ui} of={props.quoted} active={active} act={() => jump(ui, id, reply, thread)} />
      )}
    </>
  );
}

function Words({
  ui,
  conversation: id,
  thread,
  message,
  pending,
  active,
  editing,
  text,
  growing,
  author,
}: MessageProps) {
  const Editor = editing ? ui.talk.parts.value?.Editor : undefined;
  if (Editor && message) return <Editor ui={ui} spot={{ id, seq: message.seq, thread }} message={message} />;
  return (
    <>
      {text ? (
        <Body {...{ ui, text, active, growing }} by={ui.chat.name(author)} mentions={message?.mentions ?? []} />
      ) : null}
      {message?.forwarded ? <Forward ui={ui} of={message.forwarded} active={active} /> : null}
      {pending?.forward ? <Passing ui={ui} of={pending.forward} /> : null}
    </>
  );
}

export function Bubble(props: MessageProps) {
  const { ui, own, author, conversation, message } = props;
  const [isOpen, setOpen] = useState(false);
  const isFolded = !own && !isOpen && isBlocked(ui.chat, author);
  const isGone = isDeleted(props);
  const said = useRef("");
  if (!isGone) said.current = props.text;
  useEffect(() => {
    if (!isGone) return;
    forget(said.current);
    if (own && message) dropEdit(ui, conversation, message.seq);
  }, [isGone]);
  if (isGone) {
    return (
      <div class="nbc-bubble nbc-hollow">
        <Tombstone {...props} />
      </div>
    );
  }
  return (
    <div class={isFolded ? "nbc-bubble nbc-hollow" : "nbc-bubble"}>
      {isFolded ? (
        <Folded show={() => setOpen(true)} />
      ) : (
        <>
          <Quotes {...props} />
          <Words {...props} />
        </>
      )}
    </div>
  );
}
