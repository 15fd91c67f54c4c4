/** One row of the timeline: the beginning, a day line, the unread divider, or a message. */

import type { VNode } from "preact";
import type { Conversation } from "../client/state";
import { findMessage } from "./find";
import { Message, type MessageProps } from "./message";
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

const isSame = (one: MessageProps, other: MessageProps): boolean =>
  (Object.keys(one) as (keyof MessageProps)[]).every((key) => one[key] === other[key]);

/** How a row was drawn last. Given the same again, Preact passes over it: a new message costs one row, and not the list. */
const drawn = new WeakMap<MessageRow, VNode<MessageProps>>();

function drawMessage(row: MessageRow, around: Around) {
  const props = propsOf(row, around);
  const known = drawn.get(row);
  if (known && isSame(props, known.props)) return known;
  const made = <Message key={row.key} {...props} />;
  drawn.set(row, made);
  return made;
}

function propsOf(row: MessageRow, { ui, id, conversation, me, active, thread }: Around): MessageProps {
  const tick = row.own ? tickOf(row, conversation, me) : NO_TICK;
  const { reply, root } = named(row, thread);
  const editing = ui.talk.editing.value;
  const { key, message, pending, author, at, text, growing, via, own, first } = row;
  return {
    ui,
    conversation: id,
    thread,
    rowKey: key,
    message,
    pending,
    author,
    at,
    text,
    growing,
    via,
    own,
    first,
    active: key === active,
    tick: own ? tick.kind : "",
    n: tick.n,
    of: tick.of,
    quoted: reply === null ? null : findMessage(conversation, reply),
    root: root === null ? null : findMessage(conversation, root),
    editing: row.seq !== null && editing?.seq === row.seq && editing.id === id && editing.thread === thread,
    unread: conversation.summary.threads.find((one) => one.root === row.seq)?.unread ?? 0,
  };
}
