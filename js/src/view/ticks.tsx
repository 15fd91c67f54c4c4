/** How far an own message is: clock, one tick, two, two filled when all have read it, or the red mark with what can be done about it. */

import { Icon } from "./icons";
import { readers, type TickKind } from "./receipts";
import { S } from "./strings";
import type { Ui } from "./ui";

const icons = {
  waiting: "clock",
  sending: "clock",
  failed: "failed",
  sent: "one",
  delivered: "two",
  seen: "two",
  read: "two",
} as const;

interface TickProps {
  ui: Ui;
  conversation: string;
  seq: number;
  kind: TickKind;
  n: number;
  of: number;
}

/** In words; of one that waits, what it waits for. */
function words({ ui, conversation, seq, kind, n, of }: TickProps): string {
  if (kind === "delivered") return S.delivered(n, of);
  const here = ui.chat.conversation(conversation);
  if (kind === "waiting") {
    if (ui.chat.connection.value.state !== "connected") return S.waits;
    return here.value?.summary.settings.slow ? S.waitsSlow : S.waiting;
  }
  if (kind !== "read" && kind !== "seen") return S[kind];
  const known = here.peek();
  const names = known ? readers(known, seq, ui.chat.me.peek()?.id ?? "").map((user) => ui.chat.name(user)) : [];
  return S.read(n, of, names);
}

export function Ticks(props: TickProps) {
  const text = words(props);
  return (
    <span class={`nbc-ticks nbc-${props.kind}`} role="img" aria-label={text} title={text}>
      <Icon name={icons[props.kind]} />
    </span>
  );
}
