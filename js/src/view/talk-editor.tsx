/**
 * Editing an own message in its row: the Markdown in a textarea, what sends in the composer saves, Esc cancels. What is typed is kept in the browser
 * until it is saved or given up, so that neither scrolling away, nor an error, nor a crash of the page loses it; and not longer than the message has
 * that text.
 */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { edit } from "../client/actions";
import type { Message } from "../protocol/messages.gen";
import { breaksLines, sends } from "./composer";
import { dropEdit } from "./edits";
import { keepEdit, keptEdit } from "./kept-edits";
import { S } from "./strings";
import type { Spot } from "./talk-state";
import { K } from "./talk-strings";
import type { Ui } from "./ui";
import { errorText } from "./words";

interface EditorProps {
  ui: Ui;
  spot: Spot;
  message: Message;
}

export function Editor({ ui, spot, message }: EditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  /** The composer, where "Up" was pressed in it: there one goes on writing afterwards. */
  const composer = useRef<HTMLElement | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const grow = () => {
    if (area.current?.parentElement) area.current.parentElement.dataset["text"] = area.current.value;
  };

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    composer.current = document.activeElement?.closest<HTMLElement>(".nbc-composer textarea") ?? null;
    element.value = keptEdit(ui, spot.id, message) ?? message.text;
    grow();
    element.focus({ preventScroll: true });
    element.setSelectionRange(element.value.length, element.value.length);
    // The timeline leads there if it is not on the screen.
    ui.talk.target.value = spot;
  }, []);

  const leave = () => {
    const row = area.current?.closest<HTMLElement>("[data-key]");
    dropEdit(ui, spot.id, message.seq);
    ui.talk.editing.value = null;
    (composer.current?.isConnected ? composer.current : row)?.focus();
  };
  const save = async () => {
    const text = (area.current?.value ?? "").replace(/^\n+|\s+$/g, "");
    if (!text) {
      ui.talk.over.value = { kind: "delete", spot, x: 0, y: 0 };
      return;
    }
    if (text === message.text) return leave();
    setBusy(true);
    setProblem("");
    try {
      await edit(ui.chat, spot.id, spot.seq, text);
      leave();
    } catch (error) {
      setProblem(errorText(error, S.broken));
      setBusy(false);
    }
  };
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && sends(event)) {
      event.preventDefault();
      if (!busy) void save();
    }
  };

  return (
    <div class="nbc-editor">
      <div class="nbc-grow">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          class="nbc-input"
          aria-label={K.editing}
          onInput={() => {
            keepEdit(ui, spot.id, message, area.current?.value ?? "");
            grow();
          }}
          onKeyDown={onKey}
        />
      </div>
      <div class="nbc-editor-foot">
        <button type="button" class="nbc-link" disabled={busy} onClick={() => void save()}>
          {K.saveEdit}
        </button>
        <button type="button" class="nbc-link" onClick={leave}>
          {K.cancel}
        </button>
        <span class={problem ? "nbc-bad-text" : "nbc-quiet"} role="status">
          {problem || (busy ? K.saving : breaksLines() ? K.editHintSwapped : K.editHint)}
        </span>
      </div>
    </div>
  );
}
