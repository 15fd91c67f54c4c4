/** One row of the timeline: the beginning, a day line, the unread divider, or a message. */

import type { Conversation } from "../client/state";
import { findMessage } from "./find";
import { Message } from "./message";
import { type Tick, tickOf } from "./receipts";
import type { MessageRow, Row } from "./rows";
import { S } from "./strings";
import { dayLabel } from "./time";
import type { Ui } from "./ui";
import { titleOf } from "./words";

const NO_TICK: Tick = { kind: "sent", n: 0, of: 0 };

export interface Around {
  ui: Ui;
  id: string;
  conversation: Conversation;
  me: string;
  /** Key of the row that has the timeline's Tab stop. */
  active: string;
  thread: number | null;
}

/** Seqs of the messages that a row shows besides its own: what it answers, and in the conversation the root of its thread. */
function named(row: Row, thread: number | null): { reply: number | null; root: number | null } {
  if (row.kind !== "message") return { reply: null, root: null };
  const what = row.message ?? row.pending;
  return { reply: what?.reply ?? null, root: thread === null ? (what?.thread ?? null) : null };
}

/** Seqs that these rows show and that are loaded nowhere. */
export function wanted(rows: Row[], conversation: Conversation, thread: number | null): number[] {
  const seqs = rows.flatMap((row) => Object.values(named(row, thread)));
  const all = new Set(thread === null ? seqs : [thread, ...seqs]);
  return [...all].filter((seq): seq is number => seq !== null && findMessage(conversation, seq) === undefined);
}

export function drawRow(row: Row, around: Around) {
  const { ui } = around;
  switch (row.kind) {
    case "start":
      return (
        <p key={row.key} class="nbc-start">
          {row.more ? S.older : S.beginning(what(around))}
        </p>
      );
    case "day":
      return (
        <div key={row.key} class="nbc-rule">
          <span>{dayLabel(row.at, ui.now.value)}</span>
        </div>
      );
    case "unread":
      return (
        <div key={row.key} class="nbc-rule nbc-unread">
          <span>{S.newMessages}</span>
        </div>
      );
    case "replies":
      return (
        <div key={row.key} class="nbc-rule nbc-replies">
          <span>{S.replies(row.n)}</span>
        </div>
      );
    case "notice":
      return row.draw();
    case "message":
      return drawMessage(row, around);
  }
}

/** What begins at the top: a direct conversation is no person. */
function what({ ui, conversation: { summary }, me }: Around): string {
  const title = titleOf(ui.chat, summary);
  return summary.kind === "direct" ? S.conversationWith(summary.peer === me ? S.yourself : title) : title;
}

function drawMessage(row: MessageRow, { ui, id, conversation, me, active, thread }: Around) {
  const tick = row.own ? tickOf(row, conversation, me) : NO_TICK;
  const { reply, root } = named(row, thread);
  const editing = ui.talk.editing.value;
  return (
    <Message
      key={row.key}
      ui={ui}
      conversation={id}
      thread={thread}
      rowKey={row.key}
      message={row.message}
      pending={row.pending}
      author={row.author}
      at={row.at}
      text={row.text}
      growing={row.growing}
      via={row.via}
      own={row.own}
      first={row.first}
      active={row.key === active}
      tick={row.own ? tick.kind : ""}
      n={tick.n}
      of={tick.of}
      quoted={reply === null ? null : findMessage(conversation, reply)}
      root={root === null ? null : findMessage(conversation, root)}
      editing={row.seq !== null && editing?.seq === row.seq && editing.id === id && editing.thread === thread}
      unread={conversation.summary.threads.find((one) => one.root === row.seq)?.unread ?? 0}
    />
  );
}
