/** The list of suggestions above the composer: a listbox that the textarea steers, so that the focus never leaves the text. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../client/state";
import { Avatar } from "./avatar";
import { type Query, queryAt, SUGGESTIONS, type Suggestion } from "./completion";
import { C } from "./compose-strings";
import { apply, put } from "./edit-text";
import { Icon } from "./icons";
import { commandsFor, emojiFor, peopleElsewhere, peopleHere } from "./sources";
import type { Ui } from "./ui";

/** Before the hub is asked: between two keystrokes there is no question. */
const ASK_AFTER_MS = 150;

let lists = 0;

type Area = { current: HTMLTextAreaElement | null };

const isSame = (a: Query | null, b: Query | null): boolean =>
  a === b || (a !== null && b !== null && a.kind === b.kind && a.from === b.from && a.text === b.text);

/** What the caret asks for, kept up to date while the textarea has the focus; `dismissed`: a query that the person has put away. */
function useQuery(area: Area): [query: Query | null, dismiss: () => void] {
  const [query, setQuery] = useState<Query | null>(null);
  const put = useRef<number | null>(null);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    const end = new AbortController();
    const look = () => {
      const { value, selectionStart, selectionEnd } = element;
      const found = selectionStart === selectionEnd ? queryAt(value, selectionStart) : null;
      if (found?.from !== put.current) put.current = null;
      const next = put.current === null ? found : null;
      setQuery((now) => (isSame(now, next) ? now : next));
    };
    for (const kind of ["input", "click", "focus"]) element.addEventListener(kind, look, { signal: end.signal });
    element.addEventListener("keyup", (event) => /^(?:Arrow(?:Left|Right)|Home|End)$/.test(event.key) && look(), end);
    element.addEventListener("blur", () => setQuery(null), { signal: end.signal });
    return () => end.abort();
  }, [area.current]);
  const dismiss = () => {
    put.current = query?.from ?? null;
    setQuery(null);
  };
  return [query, dismiss];
}

/** What answers a query; what has to be asked for comes behind what is here. */
function useItems(ui: Ui, conversation: Conversation, query: Query | null): Suggestion[] {
  const [later, setLater] = useState<{ query: Query; items: Suggestion[] } | null>(null);
  useEffect(() => {
    if (!query || query.kind === "command") return;
    let current = true;
    const take = (items: Suggestion[]) => current && setLater({ query, items });
    const ask = () => {
      if (query.kind === "emoji") void emojiFor(ui, query).then(take);
      else void peopleElsewhere(ui, conversation, query.text).then(take);
    };
    const timer = setTimeout(ask, query.kind === "emoji" ? 0 : ASK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query]);
  if (!query) return [];
  if (query.kind === "command") return commandsFor(ui, conversation, query);
  const here = query.kind === "person" ? peopleHere(ui, conversation, query.text) : [];
  // While more is on its way, what came for one letter less stays: the list does not blink.
  const asked = later && later.query.kind === query.kind && later.query.from === query.from ? later.items : [];
  const there = query.kind === "emoji" || later?.query === query ? asked : [];
  const known = new Set(here.map(({ key }) => key));
  return [...here, ...there.filter(({ key }) => !known.has(key))].slice(0, SUGGESTIONS);
}

export interface Steered {
  shown: boolean;
  id: string;
  items: Suggestion[];
  active: number;
  label: string;
  pick: (at: number) => void;
  hover: (at: number) => void;
  /** A key of the textarea; true: it was meant for the list. */
  key: (event: KeyboardEvent) => boolean;
}

const LABELS = { person: () => C.people, command: () => C.commands, emoji: () => C.emoji };

export function useSuggestions(ui: Ui, conversation: Conversation, area: Area): Steered {
  const [id] = useState(() => `nbc-suggestions-${++lists}`);
  const [query, dismiss] = useQuery(area);
  const items = useItems(ui, conversation, query);
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, items.length - 1);
  const shown = query !== null && items.length > 0;
  useEffect(() => setChosen(0), [query?.kind, query?.text]);
  useEffect(() => steer(area.current, shown ? id : null, active), [shown, active, area.current]);

  const pick = (at: number) => {
    const item = items[at];
    if (!item || !query || !area.current) return;
    const to = area.current.selectionEnd;
    // One space behind it, not two.
    const extra = area.current.value[to] === " " ? 1 : 0;
    apply(area.current, put(query.from, to + extra, item.insert));
    dismiss();
  };
  const key = (event: KeyboardEvent): boolean => {
    if (!shown || event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== "Tab"))
      return false;
    const isWhole = query?.kind === "command" && items[active]?.key === query.text;
    switch (event.key) {
      case "ArrowDown":
        setChosen((active + 1) % items.length);
        return true;
      case "ArrowUp":
        setChosen((active + items.length - 1) % items.length);
        return true;
      case "Escape":
        dismiss();
        return true;
      case "Enter":
        // A command that is all there is run, not completed.
        if (isWhole) return false;
        pick(active);
        return true;
      case "Tab":
        if (event.shiftKey) return false;
        pick(active);
        return true;
      default:
        return false;
    }
  };
  return { shown, id, items, active, label: query ? LABELS[query.kind]() : "", pick, hover: setChosen, key };
}

/** Tells who cannot see it which list belongs to the text, and what is chosen in it. */
function steer(area: HTMLTextAreaElement | null, id: string | null, active: number): void {
  if (!area) return;
  const said: Record<string, string> = id
    ? { "aria-autocomplete": "list", "aria-controls": id, "aria-activedescendant": `${id}-${active}` }
    : {};
  for (const name of ["aria-autocomplete", "aria-controls", "aria-activedescendant"]) {
    if (said[name]) area.setAttribute(name, said[name]);
    else area.removeAttribute(name);
  }
}

export function Suggestions({ ui, id, items, active, label, pick, hover }: Steered & { ui: Ui }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView?.({ block: "nearest" });
  }, [active]);
  return (
    <div ref={list} id={id} class="nbc-over nbc-suggestions" role="listbox" aria-label={label}>
      {items.map((item, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys come through the textarea, which has the focus
        <div
          key={item.key}
          id={`${id}-${at}`}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          class="nbc-suggestion"
          // The focus stays in the text.
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => at !== active && hover(at)}
          onClick={() => pick(at)}
        >
          <Face ui={ui} item={item} />
          <bdi class="nbc-cut">{item.label}</bdi>
          <span class="nbc-suggestion-detail nbc-cut">
            <bdi>{item.detail}</bdi>
          </span>
        </div>
      ))}
    </div>
  );
}

function Face({ ui, item: { user, label, glyph, online } }: { ui: Ui; item: Suggestion }) {
  if (user) return <Avatar id={user} name={label} color={ui.chat.person(user)?.color} online={online} />;
  if (label.startsWith("@")) return <Icon name="people" />;
  return glyph ? <span class="nbc-suggestion-glyph">{glyph}</span> : null;
}
