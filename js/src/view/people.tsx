/** A new conversation: choose one person (direct) or several (a group with a title), or find, join and create open channels. */

import { useEffect, useState } from "preact/hooks";
import type { Person, Summary } from "../protocol/messages.gen";
import { TITLE_CHARS } from "../protocol/tables.gen";
import { Avatar } from "./avatar";
import { Icon } from "./icons";
import { isOffline, Problem, useAction } from "./panel";
import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Ui } from "./ui";
import { walk } from "./walk";

/** The directory is asked this long after the last keystroke, ms. */
const SEARCH_AFTER = 150;

/** What a search found, for the words that are in the box now; null until the first answer. */
function useSearch<T>(ui: Ui, query: string, find: (query: string) => Promise<T[]>): T[] | null {
  const [found, setFound] = useState<T[] | null>(null);
  const offline = isOffline(ui);
  useEffect(() => {
    if (offline) return;
    let current = true;
    const ask = () =>
      find(query.trim()).then(
        (rows) => current && setFound(rows),
        () => null,
      );
    const timer = setTimeout(ask, query ? SEARCH_AFTER : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query, offline]);
  return found;
}

function SearchField(props: { label: string; value: string; onValue: (value: string) => void }) {
  return (
    <input
      type="search"
      class="nbc-field"
      dir="auto"
      aria-label={props.label}
      placeholder={props.label}
      maxLength={TITLE_CHARS}
      value={props.value}
      onInput={(event) => props.onValue(event.currentTarget.value)}
    />
  );
}

const arrows = (event: KeyboardEvent) => walk(event, event.currentTarget as HTMLElement, ".nbc-person");

function People({ ui }: { ui: Ui }) {
  const [query, setQuery] = useState("");
  const [title, setTitle] = useState("");
  const [chosen, setChosen] = useState<Person[]>([]);
  const { busy, error, run } = useAction(isOffline(ui));
  const found = useSearch(ui, query, (text) => ui.chat.findPeople(text));
  const others = found?.filter((person) => person.id !== ui.chat.me.value?.id);
  const isChosen = (person: Person) => chosen.some((one) => one.id === person.id);
  const toggle = (person: Person) =>
    setChosen(isChosen(person) ? chosen.filter((one) => one.id !== person.id) : [...chosen, person]);
  const [only] = chosen;
  const start = (event: Event) => {
    event.preventDefault();
    run(async () => {
      const group = () =>
        ui.chat.create(
          "group",
          title.trim(),
          chosen.map((one) => one.id),
        );
      ui.choose(chosen.length === 1 && only ? await ui.chat.open(`@${only.id}`) : await group());
    });
  };
  return (
    <form class="nbc-form" onSubmit={start}>
      <SearchField label={T.findPeople} value={query} onValue={setQuery} />
      {others && !others.length ? <p class="nbc-quiet">{T.nobodyFound}</p> : null}
      <ul class="nbc-people" onKeyDown={arrows}>
        {others?.map((person) => (
          <li key={person.id}>
            <button type="button" class="nbc-person" aria-pressed={isChosen(person)} onClick={() => toggle(person)}>
              <Avatar id={person.id} name={person.name} />
              <span class="nbc-cut">
                <bdi>{person.name}</bdi>
              </span>
              {isChosen(person) ? <Icon name="check" /> : null}
            </button>
          </li>
        ))}
      </ul>
      {chosen.length > 1 ? (
        <label>
          {T.groupTitle}
          <input
            class="nbc-field"
            dir="auto"
            value={title}
            maxLength={TITLE_CHARS}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </label>
      ) : null}
      <Problem text={error} />
      {only ? (
        <button type="submit" class="nbc-button" disabled={busy || (chosen.length > 1 && !title.trim())}>
          {chosen.length > 1 ? T.createGroup(chosen.length + 1) : T.writeTo(only.name)}
        </button>
      ) : null}
    </form>
  );
}

interface ChannelProps {
  ui: Ui;
  row: Summary;
  busy: boolean;
  go: (work: () => Promise<string>) => void;
}

function Channel({ ui, row, busy, go }: ChannelProps) {
  const join = async () => {
    await ui.chat.join(row.id);
    return row.id;
  };
  return (
    <li class="nbc-person nbc-channel">
      <Avatar id={row.id} name={row.title} icon="channel" />
      <span class="nbc-cut">
        <bdi>{row.title || row.handle}</bdi>
      </span>
      <span class="nbc-quiet">{S.members(row.members)}</span>
      <button
        type="button"
        class="nbc-button nbc-plain"
        disabled={busy}
        aria-label={`${row.joined ? T.open : S.join}: ${row.title || row.handle}`}
        onClick={() => go(row.joined ? async () => row.id : join)}
      >
        {row.joined ? T.open : S.join}
      </button>
    </li>
  );
}

function Channels({ ui }: { ui: Ui }) {
  const [query, setQuery] = useState("");
  const { busy, error, run } = useAction(isOffline(ui));
  const found = useSearch(ui, query, (text) => ui.chat.findChannels(text));
  const name = query.trim();
  const same = (row: Summary) => [row.handle, row.title].some((word) => word?.toLowerCase() === name.toLowerCase());
  const go = (work: () => Promise<string>) => run(async () => ui.choose(await work()));
  const create = (event: Event) => {
    event.preventDefault();
    if (name) go(() => ui.chat.create("channel", name));
  };
  return (
    <form class="nbc-form" onSubmit={create}>
      <SearchField label={T.findChannels} value={query} onValue={setQuery} />
      {found && !found.length && !name ? <p class="nbc-quiet">{T.noChannels}</p> : null}
      <ul class="nbc-people">
        {found?.map((row) => (
          <Channel key={row.id} ui={ui} row={row} busy={busy} go={go} />
        ))}
      </ul>
      <Problem text={error} />
      {name && found && !found.some(same) ? (
        <button type="submit" class="nbc-button" disabled={busy}>
          {T.createChannel(name)}
        </button>
      ) : null}
    </form>
  );
}

export function NewConversation({ ui }: { ui: Ui }) {
  const [channels, setChannels] = useState(false);
  const tab = (label: string, value: boolean) => (
    <button type="button" aria-pressed={channels === value} onClick={() => setChannels(value)}>
      {label}
    </button>
  );
  return (
    <>
      <div class="nbc-tabs">
        {tab(T.people, false)}
        {tab(T.channels, true)}
      </div>
      {channels ? <Channels ui={ui} /> : <People ui={ui} />}
    </>
  );
}
