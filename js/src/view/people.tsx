/** A new conversation: with one person (direct) or several (a group with a title), or an open channel, found, joined or created. */

import { useEffect, useRef, useState } from "preact/hooks";
import { describe, findChannels, findPeople, create as make, openNamed } from "../client/actions";
import type { Person, Summary } from "../protocol/messages.gen";
import { TITLE_CHARS, TOPIC_CHARS } from "../protocol/tables.gen";
import { Avatar } from "./avatar";
import { SearchField, TextField, useAnswer } from "./form";
import { type Action, Problem, useAction } from "./panel";
import { PeopleChoice, toggled } from "./people-choice";
import { P } from "./people-strings";
import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Ui } from "./ui";

function People({ ui }: { ui: Ui }) {
  const [query, setQuery] = useState("");
  const [title, setTitle] = useState("");
  const [chosen, setChosen] = useState<Person[]>([]);
  const { busy, error, run } = useAction(ui);
  const { found } = useAnswer(ui, () => findPeople(ui.chat, query.trim()), query);
  const [only] = chosen;
  const users = chosen.map((one) => one.id);
  const begin = () =>
    users.length === 1 ? openNamed(ui.chat, `@${users[0]}`) : make(ui.chat, "group", title.trim(), users);
  const start = (event: Event) => {
    event.preventDefault();
    run(async () => ui.choose(await begin()));
  };
  return (
    <form class="nbc-form" onSubmit={start}>
      <SearchField label={T.findPeople} value={query} max={TITLE_CHARS} onValue={setQuery} />
      <PeopleChoice
        ui={ui}
        people={found ?? []}
        chosen={chosen}
        empty={!found ? "" : query.trim() ? T.nobodyFound : T.nobodyYet}
        onToggle={(person) => setChosen(toggled(chosen, person))}
      />
      {chosen.length > 1 ? (
        <TextField
          label={T.groupTitle}
          value={title}
          max={TITLE_CHARS}
          hint={title.trim() ? "" : T.titleMissing}
          onValue={setTitle}
        />
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
  action: Action;
}

/** One to look at, by its name, or to join at once. */
function Channel({ ui, row, action }: ChannelProps) {
  const { id, settings } = row;
  const title = row.title || row.handle || id;
  const enter = async () => {
    if (!row.joined) await ui.chat.join(id);
    ui.choose(id);
  };
  return (
    <li class="nbc-person nbc-channel">
      <Avatar id={id} name={title} icon="channel" picture={settings.picture} />
      <span class="nbc-cut">
        <button type="button" class="nbc-cut nbc-block nbc-strong nbc-whole" onClick={() => ui.choose(id)}>
          <bdi>{title}</bdi>
        </button>
        <span class="nbc-quiet nbc-pieces">
          <span>
            {S.members(row.members)}
            {settings.topic ? " · " : ""}
          </span>
          <bdi title={settings.topic}>{settings.topic}</bdi>
        </span>
      </span>
      <button
        type="button"
        class="nbc-button nbc-plain nbc-small"
        disabled={action.busy}
        aria-label={`${row.joined ? T.open : S.join}: ${title}`}
        onClick={() => action.run(enter)}
      >
        {row.joined ? T.open : S.join}
      </button>
    </li>
  );
}

/** A channel that is not there yet is created with what one was looking for. */
function NewChannel({ ui, name, action }: { ui: Ui; name: string; action: Action }) {
  const [topic, setTopic] = useState("");
  const create = (event: Event) => {
    event.preventDefault();
    action.run(async () => {
      const id = await make(ui.chat, "channel", name);
      if (topic.trim()) await describe(ui.chat, id, { topic: topic.trim() });
      ui.choose(id);
    });
  };
  return (
    <form class="nbc-form nbc-boxed" aria-label={P.newChannel} onSubmit={create}>
      <TextField label={P.topicOf} value={topic} max={TOPIC_CHARS} onValue={setTopic} />
      <button type="submit" class="nbc-button" disabled={action.busy}>
        {T.createChannel(name)}
      </button>
    </form>
  );
}

/** The open channels are asked for again this often while somebody may be looking, and at most this often when they look again, ms. */
const ASK_EVERY = 30_000;
const ASK_AT_MOST = 3_000;

/**
 * Nobody is told of an open channel that others make. Calls `again` when the person comes back to the page or its window, and now and then while
 * the page can be seen. Returns what to call when they turn to the list.
 */
function useLooks(again: () => void): () => void {
  const asked = useRef(Date.now());
  const look = () => {
    if (document.visibilityState !== "visible" || Date.now() - asked.current < ASK_AT_MOST) return;
    asked.current = Date.now();
    again();
  };
  useEffect(() => {
    const end = new AbortController();
    document.addEventListener("visibilitychange", look, { signal: end.signal });
    addEventListener("focus", look, { signal: end.signal });
    const timer = setInterval(look, ASK_EVERY);
    return () => {
      end.abort();
      clearInterval(timer);
    };
  }, []);
  return look;
}

function Channels({ ui }: { ui: Ui }) {
  const [query, setQuery] = useState("");
  const action = useAction(ui);
  const { found, again } = useAnswer(ui, () => findChannels(ui.chat, query.trim()), query);
  useLooks(again);
  const name = query.trim();
  const same = (row: Summary) => [row.handle, row.title].some((word) => word?.toLowerCase() === name.toLowerCase());
  return (
    <div class="nbc-form">
      <SearchField label={T.findChannels} value={query} max={TITLE_CHARS} onValue={setQuery} />
      {found && !found.length && !name ? <p class="nbc-quiet">{T.noChannels}</p> : null}
      <ul class="nbc-people nbc-choose">
        {found
          ?.filter((row) => row.joined || !row.settings.archived)
          .map((row) => (
            <Channel key={row.id} ui={ui} row={row} action={action} />
          ))}
      </ul>
      <Problem text={action.error} />
      {name && found && !found.some(same) ? <NewChannel ui={ui} name={name} action={action} /> : null}
    </div>
  );
}

/** So many open channels are shown at once to who has no conversation yet. */
const WELCOME_CHANNELS = 3;

/**
 * For who has no conversation yet: what is open to them, and how to begin one. The button for that comes once it is known what is open: else it
 * would move away under the mouse.
 */
export function Welcome({ ui }: { ui: Ui }) {
  const action = useAction(ui);
  const { found, error, again } = useAnswer(ui, () => findChannels(ui.chat, ""));
  const look = useLooks(again);
  const open = found?.filter((row) => !row.settings.archived) ?? [];
  return (
    <div class="nbc-form nbc-welcome" onPointerEnter={look} onFocusIn={look}>
      <p>{S.emptyList}</p>
      {open.length ? <p class="nbc-strong">{T.openChannels}</p> : null}
      <ul class="nbc-people">
        {open.slice(0, WELCOME_CHANNELS).map((row) => (
          <Channel key={row.id} ui={ui} row={row} action={action} />
        ))}
      </ul>
      <Problem text={action.error} />
      {open.length > WELCOME_CHANNELS ? (
        <button type="button" class="nbc-button nbc-plain" onClick={() => (ui.panel.value = "browse")}>
          {T.browseAll(open.length)}
        </button>
      ) : null}
      {found || error ? (
        <button type="button" class="nbc-button" onClick={() => (ui.panel.value = "new")}>
          {S.startOne}
        </button>
      ) : null}
    </div>
  );
}

export function NewConversation({ ui, channels }: { ui: Ui; channels: boolean }) {
  const tab = (label: string, on: boolean) => (
    <button type="button" aria-pressed={channels === on} onClick={() => (ui.panel.value = on ? "browse" : "new")}>
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
