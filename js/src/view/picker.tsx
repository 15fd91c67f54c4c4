/**
 * The emoji picker: a search field, tabs for the groups, a grid with one Tab stop (arrows move in it), and the skin tone. It tells what was picked
 * and remembers it; where it stands, and what the emoji is for, is its opener's business.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { all, type Emoji, newest, ofGlyph, remember, search, setTone, TONES, type Tone, toned, toneNow } from "./emoji";
import { E } from "./emoji-strings";

/** Columns of the grid, as emoji.css has them. */
const COLUMNS = 9;
/** More matches than anybody looks through. */
const FOUND = 90;
/** The pictures of the tabs: the newest, then the groups in their order. */
const TABS = ["🕘", "🙂", "👋", "🐻", "🍎", "🚗", "⚽", "💡", "🔣", "🏁"];

export interface PickerProps {
  onPick: (emoji: string) => void;
  onClose: () => void;
}

/** What was used last, and behind it the smileys, so that the first picture is no empty one. */
function firstEmoji(): Emoji[] {
  const used = newest(2 * COLUMNS).map((glyph) => ofGlyph(glyph) ?? { glyph, names: [], tags: [], tones: false });
  return [...used, ...(all[0] ?? []).filter((one) => !used.includes(one))];
}

/** Where an arrow key leads in the grid; null: this key does not move. */
function step(key: string, at: number, count: number, isRtl: boolean): number | null {
  const side = isRtl ? -1 : 1;
  const moves: Record<string, number> = {
    ArrowRight: side,
    ArrowLeft: -side,
    ArrowDown: COLUMNS,
    ArrowUp: -COLUMNS,
    Home: -at,
    End: count - 1 - at,
  };
  const move = moves[key];
  if (move === undefined) return null;
  const next = at + move;
  return next < 0 || next >= count ? at : next;
}

export function Picker({ onPick, onClose }: PickerProps) {
  const root = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState("");
  const [tab, setTab] = useState(0);
  const [tone, chooseTone] = useState<Tone>(toneNow);
  const [at, setAt] = useState(0);
  const shown = query.trim() ? search(query, FOUND) : tab === 0 ? firstEmoji() : (all[tab - 1] ?? []);
  const title = query.trim() ? E.found : tab === 0 ? E.newest : E.groups[tab - 1];

  useEffect(() => {
    root.current?.querySelector("input")?.focus();
  }, []);

  const pick = (one: Emoji) => {
    const glyph = toned(one, tone);
    remember(glyph);
    onPick(glyph);
    onClose();
  };
  const move = (to: number) => {
    setAt(to);
    const button = root.current?.querySelectorAll<HTMLElement>(".nbc-emoji-grid button")[to];
    button?.focus();
    button?.scrollIntoView({ block: "nearest" });
  };
  const show = (next: { query?: string; tab?: number }) => {
    setQuery(next.query ?? "");
    setTab(next.tab ?? tab);
    setAt(0);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const [first] = shown;
    if (event.key === "Enter" && first) pick(first);
    else if (event.key === "ArrowDown" && first) move(0);
    else return;
    event.preventDefault();
  };
  const onGridKey = (event: KeyboardEvent) => {
    const to = step(event.key, at, shown.length, getComputedStyle(event.currentTarget as Element).direction === "rtl");
    if (to === null) return;
    event.preventDefault();
    if (event.key === "ArrowUp" && at < COLUMNS) root.current?.querySelector("input")?.focus();
    else move(to);
  };

  return (
    <div ref={root} class="nbc-picker" role="dialog" aria-label={E.picker} tabIndex={-1} onKeyDown={onKey}>
      <div class="nbc-picker-top">
        <input
          type="search"
          class="nbc-filter"
          dir="auto"
          placeholder={E.search}
          aria-label={E.search}
          value={query}
          onInput={(event) => show({ query: event.currentTarget.value })}
          onKeyDown={onSearchKey}
        />
        <Tones tone={tone} choose={chooseTone} />
      </div>
      <div class="nbc-picker-tabs">
        {TABS.map((glyph, index) => {
          const name = index === 0 ? E.newest : E.groups[index - 1];
          const isOpen = !query.trim() && tab === index;
          return (
            <button
              key={glyph}
              type="button"
              aria-label={name}
              title={name}
              aria-pressed={isOpen}
              onClick={() => show({ tab: index })}
            >
              {glyph}
            </button>
          );
        })}
      </div>
      <p class="nbc-picker-title" role="status">
        {shown.length ? title : E.none(query)}
      </p>
      <fieldset class="nbc-emoji-grid" aria-label={title} onKeyDown={onGridKey}>
        {shown.map((one, index) => (
          <button
            key={one.glyph}
            type="button"
            tabIndex={index === at ? 0 : -1}
            aria-label={(one.names[0] ?? one.glyph).replaceAll("_", " ")}
            title={one.names[0] ? `:${one.names[0]}:` : one.glyph}
            onFocus={() => setAt(index)}
            onClick={() => pick(one)}
          >
            {toned(one, tone)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

/** A select, because six choices that one makes once in a year need no room. */
function Tones({ tone, choose }: { tone: Tone; choose: (tone: Tone) => void }) {
  const change = (next: Tone) => {
    setTone(next);
    choose(next);
  };
  return (
    <select
      class="nbc-tones"
      aria-label={E.tone}
      title={E.tone}
      value={tone}
      onChange={(event) => change(event.currentTarget.value as Tone)}
    >
      {TONES.map((one, index) => (
        <option key={one} value={one} aria-label={E.tones[index]}>
          {`✋${one}`}
        </option>
      ))}
    </select>
  );
}
