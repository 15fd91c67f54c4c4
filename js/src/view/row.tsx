/** One row of the timeline: the beginning, a day line, the unread divider, or a message. */

import type { Conversation } from "../client/state";
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
    case "message":
      return drawMessage(row, around);
  }
}

/** What begins at the top: a direct conversation is no person. */
function what({ ui, conversation: { summary }, me }: Around): string {
  const title = titleOf(ui.chat, summary);
  return summary.kind === "direct" ? S.conversationWith(summary.peer === me ? S.yourself : title) : title;
}

function drawMessage(row: MessageRow, { ui, id, conversation, me, active }: Around) {
  const tick = row.own ? tickOf(row, conversation, me) : NO_TICK;
  return (
    <Message
      key={row.key}
      ui={ui}
      conversation={id}
      rowKey={row.key}
      pendingKey={row.pending?.key ?? ""}
      error={row.pending?.error ?? ""}
      seq={row.seq}
      author={row.author}
      at={row.at}
      text={row.text}
      via={row.via}
      own={row.own}
      first={row.first}
      active={row.key === active}
      tick={row.own ? tick.kind : ""}
      n={tick.n}
      of={tick.of}
    />
  );
}
