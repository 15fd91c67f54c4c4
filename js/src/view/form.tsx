/** The parts of the sheets' forms: fields with their labels, choices, and lists of what the hub was asked for. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { withTitles } from "./hub-words";
import { isOffline } from "./panel";
import { S } from "./strings";
import type { Ui } from "./ui";
import { errorText } from "./words";

export interface TextProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** Characters. */
  max: number;
  hint?: string;
}

/** A line of text. */
export function TextField({ label, value, onValue, max, hint }: TextProps) {
  const id = useId();
  return (
    <div>
      <label>
        {label}
        <input
          class="nbc-field"
          dir="auto"
          value={value}
          maxLength={max}
          autoComplete="off"
          aria-describedby={hint ? id : undefined}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      </label>
      {hint ? (
        <p id={id} class="nbc-quiet nbc-hint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** What was just chosen is shown while it is on its way (`disabled`), and then what is so. */
function useChoice<V>(value: V, disabled: boolean | undefined): [shown: V, choose: (value: V) => void] {
  const [chosen, choose] = useState<{ value: V } | null>(null);
  useEffect(() => {
    if (!disabled) choose(null);
  }, [disabled]);
  return [disabled && chosen ? chosen.value : value, (wanted) => choose({ value: wanted })];
}

/** One of a few. */
export function Select<V extends string | number>(props: {
  label: string;
  value: V;
  options: readonly (readonly [value: V, label: string])[];
  onValue: (value: V) => void;
  disabled?: boolean;
}) {
  const { label, options, onValue, disabled } = props;
  const [value, choose] = useChoice(props.value, disabled);
  return (
    <label>
      {label}
      <select
        class="nbc-field"
        disabled={disabled}
        value={String(value)}
        onChange={(event) => {
          const chosen = options[event.currentTarget.selectedIndex];
          if (!chosen) return;
          choose(chosen[0]);
          onValue(chosen[0]);
        }}
      >
        {options.map(([one, text]) => (
          <option key={one} value={String(one)} selected={one === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Yes or no. */
export function Check(props: {
  label: string;
  hint?: string;
  checked: boolean;
  disabled?: boolean;
  onValue: (value: boolean) => void;
}) {
  const id = useId();
  const [checked, choose] = useChoice(props.checked, props.disabled);
  return (
    <div class="nbc-check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={props.disabled}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={({ currentTarget }) => {
          choose(currentTarget.checked);
          props.onValue(currentTarget.checked);
        }}
      />
      <span>
        <label for={id}>{props.label}</label>
        {props.hint ? (
          <span id={`${id}-hint`} class="nbc-quiet nbc-hint">
            {props.hint}
          </span>
        ) : null}
      </span>
    </div>
  );
}

export function SearchField(props: { label: string; value: string; max: number; onValue: (value: string) => void }) {
  return (
    <input
      type="search"
      class="nbc-field"
      dir="auto"
      aria-label={props.label}
      placeholder={props.label}
      maxLength={props.max}
      value={props.value}
      onInput={(event) => props.onValue(event.currentTarget.value)}
    />
  );
}

/** A part of a sheet, with its heading. */
export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="nbc-form">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** The directory is asked this long after the last keystroke, ms. */
const SEARCH_AFTER = 150;

export interface Answer<V> {
  /** Null until the first answer; the one before while another is on its way. */
  found: V | null;
  error: string;
  /** Ask once more. */
  again: () => void;
}

/**
 * What the hub answers; asked when it is connected, again when `about` changes (then after a pause, because somebody types it).
 *
 * `otherwise`: what to say where it fails without words.
 */
export function useAnswer<V>(ui: Ui, ask: () => Promise<V>, about = "", otherwise = S.broken): Answer<V> {
  const [answer, setAnswer] = useState<{ found: V | null; error: string }>({ found: null, error: "" });
  const [round, setRound] = useState(0);
  const offline = isOffline(ui);
  useEffect(() => {
    if (offline) return;
    let current = true;
    const take = (found: V) => current && setAnswer({ found, error: "" });
    const fail = (problem: unknown) =>
      current && setAnswer((was) => ({ ...was, error: withTitles(ui.chat, errorText(problem, otherwise)) }));
    const timer = setTimeout(() => void ask().then(take, fail), about ? SEARCH_AFTER : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [about, offline, round]);
  return { ...answer, again: () => setRound((was) => was + 1) };
}

/** A button that asks once more before something is done: the question has the focus then, and gives it back when it is taken back. */
export function Asks(props: { label: string; danger?: boolean; children: (cancel: () => void) => ComponentChildren }) {
  const root = useRef<HTMLDivElement>(null);
  const [asking, setAsking] = useState<boolean | null>(null);
  useEffect(() => {
    if (asking !== null) root.current?.querySelector<HTMLElement>("input, button")?.focus();
  }, [asking]);
  return (
    <div ref={root} class={asking ? "nbc-boxed" : "nbc-form"}>
      {asking ? (
        props.children(() => setAsking(false))
      ) : (
        <button
          type="button"
          class={props.danger ? "nbc-button nbc-plain nbc-bad" : "nbc-button nbc-plain"}
          onClick={() => setAsking(true)}
        >
          {props.label}
        </button>
      )}
    </div>
  );
}
