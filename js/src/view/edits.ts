/**
 * Where the browser's storage has what was typed over an own message and is not saved yet; it goes with the message. What is kept there, and
 * for how long, is kept-edits.ts, which comes with the lazy parts.
 */

import { localStore } from "../util/storage";
import type { Ui } from "./ui";

export const PREFIX = "nbchat:edit:";

/** In another store a conversation has another epoch, and its seqs are other messages. */
export function keyOf(ui: Ui, id: string, seq: number): string {
  const epoch = ui.chat.conversation(id).peek()?.summary.epoch ?? "";
  return `${PREFIX}${ui.chat.me.peek()?.id ?? ""}/${id}/${epoch}/${seq}`;
}

/** It was saved or given up, or its message was deleted. */
export function dropEdit(ui: Ui, id: string, seq: number): void {
  localStore()?.removeItem(keyOf(ui, id, seq));
}
