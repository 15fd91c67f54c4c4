/** Changes the text of a textarea as if it had been typed, so that undo takes it back. The only place that does so. */

/** What is to stand in the place of [from, to), and what is selected then. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
  select: [start: number, end: number];
}

/** Does it; the textarea tells of it by an `input` event. */
export function apply(area: HTMLTextAreaElement, { from, to, insert, select }: Edit): void {
  area.focus();
  area.setSelectionRange(from, to);
  // Deprecated, and still the only way that keeps the browser's undo.
  const isDone =
    from === to && !insert ? true : document.execCommand?.(insert ? "insertText" : "delete", false, insert);
  if (!isDone) {
    area.setRangeText(insert, from, to, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText", data: insert }));
  }
  area.setSelectionRange(...select);
}

/** An edit that leaves the caret behind what it inserts. */
export const put = (from: number, to: number, insert: string): Edit => ({
  from,
  to,
  insert,
  select: [from + insert.length, from + insert.length],
});
