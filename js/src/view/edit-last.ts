/** "Up" in an empty composer: the newest own message of its timeline is edited in its row. */

import { findLastOwn } from "./find";
import { loadTalk } from "./talk-state";
import type { Ui } from "./ui";

/** Begins the edit; false where there is no own message to edit among the newest. */
export function editLast(ui: Ui, id: string, thread: number | null = null): boolean {
  const conversation = ui.chat.conversation(id).peek();
  const me = ui.chat.me.peek()?.id;
  const last = conversation && me ? findLastOwn(conversation, thread, me) : undefined;
  if (!last) return false;
  void loadTalk(ui);
  ui.talk.editing.value = { id, seq: last.seq, thread };
  return true;
}
