/**
 * What helps while writing, around the composer's textarea: suggestions at the caret, formatting, commands, preview, emoji, and the answers to what
 * was typed or pasted. One of them is open at a time. It changes the text only as typing would, so that undo takes everything back.
 */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { closedName } from "./completion";
import { C } from "./compose-strings";
import type { Aid, ComposerProps } from "./composer";
import { apply, put } from "./edit-text";
import { FormatBar } from "./format-bar";
import { edit, type Format, fence, formatOf, looksLikeCode, pasteLink } from "./formats";
import { Help, Preview, Question } from "./overlays";
import { pickEmoji } from "./pick-emoji";
import { BUILT_IN, commandIn, type Outcome, run } from "./slash";
import { S } from "./strings";
import { Suggestions, useSuggestions } from "./suggest";
import { Tool } from "./tool";
import { errorText } from "./words";

export interface AssistProps extends ComposerProps {
  area: { current: HTMLTextAreaElement | null };
  aid: Aid;
  /** Sends a message of this place as it is. */
  post: (text: string) => void;
  /** Empties the composer. */
  clear: () => void;
  /** A text that was taken out of this place is there again, unless something was written there since. */
  putBack: (text: string) => void;
  /** The send button. */
  children: ComponentChildren;
}

type Over =
  | { kind: "preview" | "help" }
  | { kind: "unknown"; name: string; text: string }
  | { kind: "pasted"; from: number; to: number };

const selectedIn = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) => ({
  text: value,
  start: selectionStart,
  end: selectionEnd,
});

/** Listens to the textarea for as long as the composer stands. */
function useEvent<K extends keyof HTMLElementEventMap>(
  area: HTMLTextAreaElement | null,
  kind: K,
  act: (event: HTMLElementEventMap[K]) => void,
): void {
  const latest = useRef(act);
  latest.current = act;
  useLayoutEffect(() => {
    const tell = (event: HTMLElementEventMap[K]) => latest.current(event);
    area?.addEventListener(kind, tell);
    return () => area?.removeEventListener(kind, tell);
  }, [area]);
}

/** Commands and unknown commands: true where the text is not just sent. Those of the view come first, whoever offers one of the same name. */
function takeCommand(props: AssistProps, text: string, open: (over: Over) => void): boolean {
  const typed = commandIn(text);
  const command = BUILT_IN.find(({ name }) => name === typed?.name);
  if (command) runHere(props, text, () => run(command, props.ui, props.conversation, typed?.rest ?? ""), open);
  else if (!typed || props.conversation.commands.some(({ name }) => name.toLowerCase() === typed.name)) return false;
  else open({ kind: "unknown", name: typed.name, text });
  return true;
}

/** What the hub must answer first leaves the composer at once, so that a second Enter sends no second one, and what is typed meanwhile stays. */
function runHere(
  { ui, post, clear, putBack }: AssistProps,
  text: string,
  command: () => Outcome | Promise<Outcome>,
  open: (over: Over) => void,
): void {
  const tell = ({ say, help }: Outcome) => {
    if (help) open({ kind: "help" });
    if (say) ui.note.value = say;
  };
  const fail = (error: unknown) => {
    ui.note.value = errorText(error, S.broken);
  };
  try {
    const outcome = command();
    if (!(outcome instanceof Promise) && outcome.send) post(outcome.send);
    else clear();
    if (!(outcome instanceof Promise)) tell(outcome);
    else
      outcome.then(tell, (error: unknown) => {
        putBack(text);
        fail(error);
      });
  } catch (error) {
    fail(error);
  }
}

/** Whoever chooses a conversation in the list goes on writing there; on a phone only after a touch, because a keyboard would cover it. */
function useFocus({ conversation, thread = null, area }: AssistProps): void {
  useLayoutEffect(() => {
    const isChosen = document.activeElement?.matches(".nbc-item") && thread === null;
    if (isChosen && matchMedia("(hover: hover)").matches) area.current?.focus({ preventScroll: true });
  }, [conversation.summary.id]);
}

export function Assist(props: AssistProps) {
  const { ui, conversation, area, aid, post, children } = props;
  useFocus(props);
  const [over, setOver] = useState<Over | null>(null);
  const [hasBar, setBar] = useState(false);
  const emoji = useRef<HTMLSpanElement>(null);
  const suggestions = useSuggestions(ui, conversation, area);
  const close = () => {
    setOver(null);
    area.current?.focus();
  };
  const toggle = (kind: "preview" | "help") => (over?.kind === kind ? close() : setOver({ kind }));
  const format = (what: Format | "preview") => {
    if (!area.current) return;
    if (what === "preview") toggle("preview");
    else apply(area.current, edit(what, selectedIn(area.current), C.linkText));
  };

  aid.takes = (text) => takeCommand(props, text, setOver);
  aid.key = (event) => {
    if (suggestions.key(event)) return true;
    if (event.key === "Escape" && over) {
      setOver(null);
      return true;
    }
    const what = formatOf(event);
    if (!what) return false;
    event.stopPropagation();
    format(what);
    return true;
  };
  useEvent(area.current, "input", (event) => {
    const { data, inputType } = event as InputEvent;
    // The composer tells of being emptied, after sending, by an event of no kind.
    if (over && (over.kind !== "preview" || (!inputType && !area.current?.value))) setOver(null);
    if (area.current && data === ":") void replaceName(props, area.current);
  });
  useEvent(area.current, "paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!area.current || !text) return;
    const selected = selectedIn(area.current);
    const link = pasteLink(selected, text);
    if (link) {
      event.preventDefault();
      apply(area.current, link);
    } else if (looksLikeCode(text)) {
      // After the browser has put it there, and told of it.
      setTimeout(() => setOver({ kind: "pasted", from: selected.start, to: area.current?.selectionEnd ?? 0 }));
    }
  });
  const insertEmoji = async () => {
    const anchor = emoji.current;
    const { start, end } = area.current ? selectedIn(area.current) : { start: 0, end: 0 };
    const picked = anchor && (await pickEmoji(ui, anchor));
    if (picked && area.current) apply(area.current, put(start, end, picked));
  };
  const sendAsText = (text: string) => {
    setOver(null);
    post(text.trim());
  };
  const wrap = (from: number, to: number) => {
    if (area.current) apply(area.current, fence({ text: area.current.value, start: from, end: to }));
    close();
  };

  return (
    <>
      {suggestions.shown ? <Suggestions ui={ui} {...suggestions} /> : null}
      {over?.kind === "preview" ? <Preview ui={ui} text={area.current?.value ?? ""} close={close} /> : null}
      {over?.kind === "help" ? <Help conversation={conversation} close={close} /> : null}
      {over?.kind === "unknown" ? (
        <Question
          text={C.unknown(over.name)}
          close={close}
          choices={[
            [C.sendAsText, () => sendAsText(over.text)],
            [C.showCommands, () => setOver({ kind: "help" })],
          ]}
        />
      ) : null}
      {over?.kind === "pasted" ? (
        <Question text={C.pasted} close={close} choices={[[C.wrap, () => wrap(over.from, over.to)]]} />
      ) : null}
      <span class="nbc-aids" ref={emoji}>
        <Tool icon="smile" name={C.emoji} act={() => void insertEmoji()} />
        <button
          type="button"
          class="nbc-tool"
          aria-label={C.format}
          title={C.format}
          aria-pressed={hasBar}
          onClick={() => setBar(!hasBar)}
        >
          <span class="nbc-letters" aria-hidden="true">
            Aa
          </span>
        </button>
      </span>
      {children}
      {hasBar ? <FormatBar format={format} help={() => toggle("help")} isPreview={over?.kind === "preview"} /> : null}
    </>
  );
}

/** `:smile:` that was just closed becomes its emoji. */
async function replaceName({ ui }: AssistProps, area: HTMLTextAreaElement): Promise<void> {
  const { value, selectionStart } = area;
  const closed = closedName(value, selectionStart);
  const emoji = closed && (await ui.chunks.get("emoji"));
  const found = closed && emoji?.named(closed.name);
  // Somebody may have gone on typing while the emoji were on their way.
  if (!emoji || !found || area.value !== value || area.selectionStart !== selectionStart) return;
  const glyph = emoji.toned(found, emoji.toneNow());
  emoji.remember(glyph);
  apply(area, put(closed.from, selectionStart, glyph));
}
