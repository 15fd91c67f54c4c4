/** Leads to a message from anywhere: opens its conversation if need be, and shows it there with its surroundings, however old it is. */

import type { Ui } from "./ui";

/** `thread` says in which timeline to look first; where it stands in another one, that is shown. */
export function jump(ui: Ui, id: string, seq: number, thread: number | null = null): void {
  if (ui.selected.peek() !== id) ui.choose(id);
  ui.atList.value = false;
  ui.talk.target.value = { id, seq, thread };
}
