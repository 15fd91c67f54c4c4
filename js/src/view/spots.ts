/** Which row of a timeline, and which message of it, something happened in. */

import type { Spot } from "./talk-state";

/** The row in which something happened. */
export const rowOf = (target: EventTarget | null): HTMLElement | null =>
  (target as Element | null)?.closest<HTMLElement>("[data-key]") ?? null;

/** The message of a row; none where it waits to be sent. */
export function spotOf(row: HTMLElement | null, id: string, thread: number | null): Spot | null {
  const seq = Number(row?.dataset["seq"] ?? 0);
  return seq ? { id, seq, thread } : null;
}
