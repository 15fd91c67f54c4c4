/** Files cannot be sent yet: what is dropped or pasted anywhere in the view gets an answer, and does not take the page's place. */

import { S } from "./strings";
import type { Ui } from "./ui";

/** Answers for files until the signal aborts. */
export function refuseFiles(root: HTMLElement, ui: Ui): void {
  const refuse = (event: Event) => {
    const { dataTransfer, clipboardData } = event as DragEvent & ClipboardEvent;
    const types = [...((dataTransfer ?? clipboardData)?.types ?? [])];
    if (!types.includes("Files")) return;
    // Some programs put text beside the picture of it: then the text is what was meant, where there is a place for it.
    if (types.includes("text/plain") && (event.target as HTMLElement).matches("input, textarea")) return;
    event.preventDefault();
    if (event.type !== "dragover") ui.note.value = S.noFiles;
  };
  for (const kind of ["dragover", "drop", "paste"]) root.addEventListener(kind, refuse, { signal: ui.until });
}
