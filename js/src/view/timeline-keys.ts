/** What keys in a timeline mean: moving between messages, and actions on the one that has the focus. Part of the lazy chunk `talk`. */

import type { MessageRow, Row } from "./rows";
import { rowOf, spotOf } from "./spots";
import { act } from "./talk-acts";
import type { Act } from "./talk-state";
import type { Ui } from "./ui";

/** Keys of the row that has the focus; the menu shows the same (talk-menu.tsx). */
const KEYS: Record<string, Act> = {
  Enter: "menu",
  m: "menu",
  r: "reply",
  t: "thread",
  e: "edit",
  "+": "react",
  Delete: "delete",
  c: "copy",
};

interface Here {
  ui: Ui;
  id: string;
  thread: number | null;
  rows: Row[];
  /** Key of the row with the Tab stop, now: keys that were pressed before this part came are handled together. */
  active(): string;
  moveTo(key: string | undefined): void;
}

/** Arrows, Home and End move between messages; letters act on the one that has the focus itself. */
export function onKey(event: KeyboardEvent, { ui, id, thread, rows, active, moveTo }: Here): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target as HTMLElement;
  if (target.matches("textarea, input, [role=menu] *, [role=toolbar] *")) return;
  const messages = rows.filter((row): row is MessageRow => row.kind === "message");
  const at = messages.findIndex((row) => row.key === active());
  const there = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: messages.length - 1 }[event.key];
  const what = KEYS[event.key.length > 1 ? event.key : event.key.toLowerCase()];
  const row = rowOf(target);
  const spot = spotOf(row, id, thread);
  if (there !== undefined) {
    event.preventDefault();
    moveTo(messages[Math.max(0, Math.min(there, messages.length - 1))]?.key);
  } else if (what && spot && row && (target === row || what === "copy") && !event.repeat) {
    event.preventDefault();
    act(ui, what, spot, row);
  }
}
