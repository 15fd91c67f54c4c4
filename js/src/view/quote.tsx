/** Other messages inside of one: what it answers, and what it passes on. A quote is only a seq, so an original that is deleted is gone here as well. */

import type { Message, Forwarded as Passed } from "../protocol/messages.gen";
import { colourOf } from "./avatar";
import { Body } from "./body";
import { toLine } from "./markdown";
import { S } from "./strings";
import { fullTime } from "./time";
import type { Ui } from "./ui";

/** Longer ones are cut; CSS shows one line of them. */
const QUOTED_CHARS = 200;

interface QuoteProps {
  ui: Ui;
  /** null: there is none; undefined: on its way. */
  of: Message | null | undefined;
  /** Instead of the author's name: "In a thread". */
  label?: string;
  active: boolean;
  act: () => void;
}

/** What a message says in one line, for quotes and lists. */
export function lineOf(of: Message | null | undefined): string {
  if (of === undefined) return S.loading;
  if (of === null) return S.gone;
  return of.deleted === null ? toLine(of.text || (of.forwarded?.text ?? "")).slice(0, QUOTED_CHARS) : S.deleted;
}

/** One line of the message that is answered; pressing it leads there. */
export function Quote({ ui, of, label, active, act }: QuoteProps) {
  const name = label ?? (of ? ui.chat.name(of.author) : "");
  const line = lineOf(of);
  return (
    <button
      type="button"
      class="nbc-quote"
      tabIndex={active ? 0 : -1}
      style={of ? { borderColor: colourOf(of.author, ui.chat.person(of.author)?.color) } : ""}
      onClick={act}
    >
      {label ? null : <span class="nbc-hidden">{S.answers} </span>}
      {name ? <bdi class="nbc-strong">{name}</bdi> : null}
      <span class={of?.deleted === null ? "nbc-cut" : "nbc-cut nbc-quiet"} dir="auto">
        {line}
      </span>
    </button>
  );
}

/** A copy of a message from elsewhere. */
export function Forward({ ui, of, active }: { ui: Ui; of: Passed; active: boolean }) {
  const name = ui.chat.name(of.author, of.name);
  return (
    <blockquote class="nbc-forward">
      <p class="nbc-quiet">{S.forwarded(name, fullTime(of.at, ui.now.value))}</p>
      <Body ui={ui} text={of.text} by={name} mentions={[]} active={active} />
    </blockquote>
  );
}
