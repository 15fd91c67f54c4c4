/**
 * Where one writes. A plain textarea, so that undo, spelling, selection and input methods are the browser's own; Enter sends, Shift+Enter
 * breaks the line. The unsent text is the chat's draft; what cannot be sent now waits in the chat's outbox, and the line below says so.
 */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../client/state";
import { TEXT_CHARS } from "../protocol/tables.gen";
import { Icon } from "./icons";
import { S } from "./strings";
import { TypingLine } from "./typing";
import type { Ui } from "./ui";
import { errorText, titleOf } from "./words";

/** How many characters before the limit the count appears. */
const WARN_CHARS = 500;

interface ComposerProps {
  ui: Ui;
  id: string;
  conversation: Conversation;
}

/**
 * As high as its text: an invisible copy beside it, in the same cell of a grid, gives the height, and CSS stops it at eight lines. Nothing is
 * measured, so a keystroke costs no layout of the timeline, and the timeline keeps its place.
 */
function grow(area: HTMLTextAreaElement): void {
  if (area.parentElement) area.parentElement.dataset["text"] = area.value;
}

/** As the hub counts them: an emoji is one. */
const countOf = (text: string): number => [...text].length;

export function Composer({ ui, id, conversation }: ComposerProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const note = ui.note.value;
  const left = (ui.chat.limits.value?.text ?? TEXT_CHARS) - countOf(text);

  const show = (area: HTMLTextAreaElement) => {
    setText(area.value);
    ui.note.value = "";
    grow(area);
  };

  useLayoutEffect(() => {
    if (!area.current) return;
    area.current.value = ui.chat.draft(id);
    show(area.current);
  }, [id]);

  const changed = () => {
    const element = area.current;
    if (!element) return;
    ui.chat.setDraft(id, element.value);
    ui.chat.typing(id, element.value !== "");
    show(element);
  };

  const send = () => {
    const element = area.current;
    if (!element?.value.trim()) return;
    try {
      ui.chat.send(id, element.value.replace(/^\n+|\s+$/g, ""));
    } catch (error) {
      ui.note.value = errorText(error, S.broken);
      return;
    }
    element.value = "";
    changed();
    element.focus();
  };

  const onKey = (event: KeyboardEvent) => {
    // An input method that composes uses Enter for itself; Safari says so only by the old code 229.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") {
      area.current?.blur();
    }
  };

  return (
    <fieldset class="nbc-composer" aria-label={S.write(titleOf(ui.chat, conversation.summary))}>
      <Foot ui={ui} conversation={conversation} note={note || limitNote(left)} bad={left < 0} />
      <div class="nbc-box">
        <div class="nbc-grow">
          <textarea
            ref={area}
            rows={1}
            dir="auto"
            class="nbc-input"
            aria-label={S.write(titleOf(ui.chat, conversation.summary))}
            placeholder={S.write(titleOf(ui.chat, conversation.summary))}
            onInput={changed}
            onKeyDown={onKey}
          />
        </div>
        <button
          type="button"
          class="nbc-send"
          aria-label={S.send}
          title={S.send}
          aria-disabled={!text.trim() || left < 0}
          // The focus stays in the text, and with it a phone's keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      </div>
    </fieldset>
  );
}

function limitNote(left: number): string {
  if (left > WARN_CHARS) return "";
  return left < 0 ? S.tooLong(-left) : S.left(left);
}

/** Above the box: who is typing, or what there is to say about this text; at the end under which name one writes. */
function Foot({ ui, conversation, note, bad }: { ui: Ui; conversation: Conversation; note: string; bad: boolean }) {
  const { state, via } = ui.chat.connection.value;
  const waiting = state !== "connected" && ui.chat.pending(conversation.summary.id).value.length > 0 ? S.waits : "";
  const said = note || waiting;
  const name = ui.chat.me.value?.name ?? "";
  return (
    <div class="nbc-foot">
      <span class={bad ? "nbc-note nbc-bad" : "nbc-note"} role="status">
        {said}
      </span>
      {said ? null : <TypingLine ui={ui} conversation={conversation} />}
      {name ? (
        <button type="button" class="nbc-link nbc-as" title={S.changeName} onClick={() => (ui.panel.value = "name")}>
          {via === "relay" ? S.relay(name) : S.writingAs(name)}
        </button>
      ) : null}
    </div>
  );
}

/** Instead of the composer, for an open channel that one only looks at. */
export function JoinBar({ ui, id }: { ui: Ui; id: string }) {
  const [note, setNote] = useState("");
  const join = () => {
    setNote("");
    ui.chat.join(id).catch((error: unknown) => setNote(errorText(error, S.broken)));
  };
  return (
    <div class="nbc-bar">
      <span role="status">{note || S.joinToWrite}</span>
      <button type="button" class="nbc-button" onClick={join}>
        {S.join}
      </button>
    </div>
  );
}

/** Writing is over when the view goes: a last "stopped". */
export function useStopTyping(ui: Ui, id: string): void {
  useEffect(() => () => ui.chat.typing(id, false), [id]);
}
