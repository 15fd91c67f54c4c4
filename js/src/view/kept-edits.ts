/**
 * What was typed over an own message and is not saved yet, in the browser's storage (edits.ts says where). It is for one version of the
 * message only, and is not kept for ever where nobody goes on with it.
 */

import type { Message } from "../protocol/messages.gen";
import { keysUnder, localStore, readJson, writeJson } from "../util/storage";
import { keyOf, PREFIX } from "./edits";
import type { Ui } from "./ui";

/** What was typed longer ago is given up, ms. */
const KEPT = 7 * 24 * 3_600_000;

/** Keeps it; where the storage is full it is in the field all the same. */
export function keepEdit(ui: Ui, id: string, { seq, edited_at }: Message, text: string): void {
  writeJson(localStore(), keyOf(ui, id, seq), { text, edited_at, at: Date.now() });
}

/** What was typed over this version, or null. A reaction makes no other version: only an edit does. */
export function keptEdit(ui: Ui, id: string, { seq, edited_at }: Message): string | null {
  const kept = Object(readJson(localStore(), keyOf(ui, id, seq)));
  return typeof kept.text === "string" && kept.edited_at === edited_at ? kept.text : null;
}

/** Takes away what is old, and what earlier versions have kept without saying when. */
export function sweepEdits(): void {
  const store = localStore();
  for (const key of keysUnder(store, PREFIX)) {
    const { at } = Object(readJson(store, key));
    if (typeof at !== "number" || Date.now() - at > KEPT) store?.removeItem(key);
  }
}
