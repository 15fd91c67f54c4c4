/** An emoji for a status or a picture: a few to choose from, any other by the picker or typed. */

import { useRef } from "preact/hooks";
import { P } from "./people-strings";
import type { Ui } from "./ui";

/** The most that one emoji has: a family with skin tones, in UTF-16 units. `SetProfile.emoji` and `Describe.picture` take no more. */
const EMOJI_UNITS = 64;

/** The first character as people see it; what else was typed is dropped. */
function firstOf(text: string): string {
  const trimmed = text.trim();
  if (!("Segmenter" in Intl)) return [...trimmed][0] ?? "";
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(trimmed);
  return first?.segment ?? "";
}

export interface EmojiFieldProps {
  ui: Ui;
  label: string;
  value: string;
  some: readonly string[];
  onValue: (value: string) => void;
  hint?: string;
}

export function EmojiField({ ui, label, value, some, onValue, hint }: EmojiFieldProps) {
  const more = useRef<HTMLButtonElement>(null);
  const pick = async () => {
    const compose = await ui.chunks.get("compose");
    const emoji = more.current && (await compose?.pickEmoji(ui, more.current));
    if (emoji) onValue(emoji);
  };
  return (
    <fieldset class="nbc-emoji">
      <legend>{label}</legend>
      <input
        class="nbc-field"
        aria-label={label}
        value={value}
        maxLength={EMOJI_UNITS}
        autoComplete="off"
        onInput={(event) => {
          const one = firstOf(event.currentTarget.value);
          event.currentTarget.value = one;
          onValue(one);
        }}
      />
      {some.map((emoji) => (
        <button
          key={emoji}
          type="button"
          class="nbc-pick"
          aria-pressed={value === emoji}
          onClick={() => onValue(value === emoji ? "" : emoji)}
        >
          {emoji}
        </button>
      ))}
      <button
        ref={more}
        type="button"
        class="nbc-pick"
        aria-label={P.moreEmoji}
        title={P.moreEmoji}
        onClick={() => void pick()}
      >
        …
      </button>
      {hint ? <span class="nbc-quiet nbc-hint">{hint}</span> : null}
    </fieldset>
  );
}
