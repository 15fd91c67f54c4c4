/** An emoji for a status or a picture: a few to choose from, any other by the picker or typed. */

import { useRef, useState } from "preact/hooks";
import { usePart } from "./chunks";
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
  const [open, setOpen] = useState(false);
  const part = usePart(ui.chunks, "emoji", open);
  const Picker = open && part && part !== "failed" ? part.Picker : null;
  const close = () => {
    setOpen(false);
    more.current?.focus();
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
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        …
      </button>
      {hint ? <span class="nbc-quiet nbc-hint">{hint}</span> : null}
      {Picker ? (
        <Picker
          onPick={(emoji: string) => {
            onValue(emoji);
            close();
          }}
          onClose={close}
        />
      ) : null}
    </fieldset>
  );
}
