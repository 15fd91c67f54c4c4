/**
 * Where one writes, in a conversation or in a thread. A plain textarea, so that undo, spelling, selection and input methods are the browser's own;
 * Enter sends, Shift+Enter breaks the line. The unsent text is the chat's draft; what cannot be sent now waits in the chat's outbox, and the line
 * above says so. What helps while writing (completion, commands, formatting, emoji) is the lazy chunk `compose`; without it one still writes.
 */

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../client/state";
import { TEXT_CHARS, VIEW_COMMANDS } from "../protocol/tables.gen";
import { localStore } from "../util/storage";
import { usePart } from "./chunks";
import { editLast } from "./edit-last";
import { Icon } from "./icons";
import { S } from "./strings";
import { placeOf, replyOf, replyTo } from "./talk-state";
import { TypingLine } from "./typing";
import type { Ui } from "./ui";
import { errorText, titleOf } from "./words";

/** How many characters before the limit the count appears. */
const WARN_CHARS = 500;
/** In the browser's storage: there, Enter breaks the line, and Shift+Enter sends. */
export const ENTER_BREAKS = "nbchat:enter-breaks";

export interface ComposerProps {
  ui: Ui;
  id: string;
  conversation: Conversation;
  /** The root of the thread that one writes in; null: in the conversation. */
  thread?: number | null;
}

/** What the lazy part of the composer takes over, once it is there. */
export interface Aid {
  /** A key that is not composing; true: it was meant for the lazy part. */
  key?(event: KeyboardEvent): boolean;
  /** Before a text is sent; true: it was a command, or is asked about first. */
  takes?(text: string): boolean;
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

/** Whether Enter alone breaks the line. */
export const breaksLines = (): boolean => localStore()?.getItem(ENTER_BREAKS) === "true";

/** Whether this Enter sends: with Ctrl or Cmd always, else without Shift, or with it where the person has swapped them. */
export const sends = (event: KeyboardEvent): boolean =>
  event.ctrlKey || event.metaKey || event.shiftKey === breaksLines();

/** A command of the view: while the lazy part is not there it must not become a message, which all would read. */
function isCommand(text: string): boolean {
  const name = /^\/([a-z]+)(?!\S)/i.exec(text.trim())?.[1]?.toLowerCase();
  return VIEW_COMMANDS.some((one) => one === name);
}

/** What a key wants of the composer itself. */
function wishOf(event: KeyboardEvent, isEmpty: boolean): "send" | "edit" | "leave" | null {
  if (event.key === "Enter" && sends(event)) return "send";
  if (event.key === "ArrowUp" && isEmpty) return "edit";
  return event.key === "Escape" ? "leave" : null;
}

/**
 * Keeps the textarea at the draft: the one of this place, and then what the person writes on another device, unless they write here. What is sent or
 * emptied there goes here, too: else Enter would send it again.
 */
function useDraft(
  { ui, id, thread = null }: ComposerProps,
  area: { current: HTMLTextAreaElement | null },
  show: () => void,
): void {
  const row = ui.chat.own.value.get(`draft:${placeOf(id, thread)}`);
  const given = useRef("");
  useLayoutEffect(() => {
    const element = area.current;
    const draft = ui.chat.draft(id, thread ?? undefined);
    if (!element || element.value === draft) return;
    const isOurs = element.value && element.value !== given.current && element.matches(":focus");
    if (draft && isOurs) return;
    element.value = given.current = draft;
    show();
  }, [id, thread, row]);
}

export function Composer(props: ComposerProps) {
  const { ui, id, conversation, thread = null } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const aid = useRef<Aid>({});
  const [text, setText] = useState("");
  const [also, setAlso] = useState(false);
  const [isShown, setShown] = useState(false);
  const compose = usePart(ui.chunks, "compose", isShown);
  const reply = replyOf(ui.talk, id, thread);
  const ReplyBar = ui.talk.parts.value?.ReplyBar;
  const note = ui.note.value;
  const left = (ui.chat.limits.value?.text ?? TEXT_CHARS) - countOf(text);
  /** The place that stands here when an answer comes: not always the one where it was asked. */
  const shown = useRef("");
  shown.current = placeOf(id, thread);
  const label = thread === null ? S.write(titleOf(ui.chat, conversation.summary)) : S.writeReply;

  const show = () => {
    if (!area.current) return;
    setText(area.current.value);
    ui.note.value = "";
    grow(area.current);
  };
  useDraft(props, area, show);
  // After the first picture: nothing that one reads waits for it.
  useEffect(() => setShown(true), []);
  useEffect(() => {
    if (reply !== null) area.current?.focus();
  }, [reply]);

  const changed = () => {
    const value = area.current?.value ?? "";
    ui.chat.setDraft(id, value, thread ?? undefined);
    ui.chat.typing(id, value !== "", thread ?? undefined);
    show();
  };
  const clear = () => {
    if (area.current) area.current.value = "";
    // The helpers listen, too.
    area.current?.dispatchEvent(new InputEvent("input"));
    replyTo(ui.talk, id, thread, null);
    setAlso(false);
  };
  const putBack = (what: string) => {
    if (ui.chat.draft(id, thread ?? undefined)) return;
    ui.chat.setDraft(id, what, thread ?? undefined);
    if (!area.current || area.current.value || shown.current !== placeOf(id, thread)) return;
    area.current.value = what;
    show();
  };
  /** Nothing is taken away before it is in the outbox. */
  const post = (what: string) => {
    try {
      ui.chat.send(id, what, reply === null && thread === null ? undefined : { reply, thread, also });
    } catch (error) {
      ui.note.value = errorText(error, S.broken);
      return;
    }
    clear();
  };
  const send = () => {
    const written = area.current?.value ?? "";
    if (!written.trim() || left < 0 || aid.current.takes?.(written)) return;
    if (!aid.current.takes && isCommand(written)) {
      ui.note.value = S.broken;
      return;
    }
    post(written.replace(/^\n+|\s+$/g, ""));
    area.current?.focus();
  };

  const onKey = (event: KeyboardEvent) => {
    const what = aid.current.key?.(event) ? "done" : wishOf(event, text === "");
    if (what === "send") send();
    if (what === "leave") reply === null ? area.current?.blur() : replyTo(ui.talk, id, thread, null);
    if (what === "done" || what === "send" || (what === "edit" && editLast(ui, id, thread))) event.preventDefault();
  };

  const button = (
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
  );

  return (
    <fieldset class="nbc-composer" aria-label={label}>
      <Foot {...props} note={note || limitNote(left)} bad={left < 0}>
        {compose && compose !== "failed" ? <compose.Held {...props} /> : null}
      </Foot>
      {ReplyBar && reply !== null ? <ReplyBar {...props} seq={reply} /> : null}
      <div class="nbc-box">
        <div class="nbc-grow">
          <textarea
            ref={area}
            rows={1}
            dir="auto"
            class="nbc-input"
            aria-label={label}
            placeholder={label}
            onInput={changed}
            // An input method that composes uses Enter for itself; Safari says so only by the old code 229.
            onKeyDown={(event) => event.isComposing || event.keyCode === 229 || onKey(event)}
          />
        </div>
        {compose && compose !== "failed" ? (
          <compose.Assist {...props} area={area} aid={aid.current} post={post} clear={clear} putBack={putBack}>
            {button}
          </compose.Assist>
        ) : (
          button
        )}
      </div>
      {thread === null ? null : (
        <label class="nbc-also">
          <input type="checkbox" checked={also} onChange={(event) => setAlso(event.currentTarget.checked)} />
          {S.also}
        </label>
      )}
    </fieldset>
  );
}

function limitNote(left: number): string {
  if (left > WARN_CHARS) return "";
  return left < 0 ? S.tooLong(-left) : S.left(left);
}

/** Above the box: who is typing, or what there is to say about this text; at the end under which name one writes. */
function Foot(props: ComposerProps & { note: string; bad: boolean; children: ComponentChildren }) {
  const { ui, conversation, thread = null, note, bad, children } = props;
  const { state, via } = ui.chat.connection.value;
  const waiting = state !== "connected" && ui.chat.pending(conversation.summary.id).value.length > 0 ? S.waits : "";
  const said = note || waiting;
  const name = ui.chat.me.value?.name ?? "";
  return (
    <div class="nbc-foot">
      <span class={bad ? "nbc-note nbc-bad" : "nbc-note"} role="status">
        {said}
      </span>
      {said ? null : <TypingLine ui={ui} id={conversation.summary.id} thread={thread} />}
      {said ? null : children}
      {name ? (
        <button type="button" class="nbc-link nbc-as" title={S.changeName} onClick={() => (ui.panel.value = "profile")}>
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
