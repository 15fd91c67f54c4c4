/** Lists of messages in the pane beside: pinned, saved, mentions, threads. Each leads to its message in its place. */

import { useEffect, useRef, useState } from "preact/hooks";
import { mentionsOfMe, pins } from "../client/actions";
import type { Conversation } from "../client/state";
import type { Hit, Message } from "../protocol/messages.gen";
import { Face } from "./avatar";
import { findMessage } from "./find";
import { jump } from "./jump";
import { lineOf } from "./quote";
import { S } from "./strings";
import { Glyph } from "./talk-icons";
import { K } from "./talk-strings";
import { shortTime } from "./time";
import type { Ui } from "./ui";
import { walk } from "./walk";
import { errorText, titleOf } from "./words";

/** A pane that covers the conversation makes room for what it leads to. */
function leave(ui: Ui, button: HTMLElement): void {
  const side = button.closest<HTMLElement>(".nbc-side");
  const frame = side?.closest<HTMLElement>(".nbc-frame");
  if (side && frame && getComputedStyle(side).position === "absolute") ui.talk.side.value = null;
}

interface EntryProps {
  ui: Ui;
  id: string;
  message: Message | null | undefined;
  /** Lists of several conversations say which one it is. */
  where: boolean;
  note?: string;
  isNew?: boolean;
  act?: () => void;
}

function Entry({ ui, id, message, where, note, isNew, act }: EntryProps) {
  const summary = ui.chat.conversations.value.find((row) => row.id === id) ?? ui.chat.conversation(id).value?.summary;
  if (!message) return <p class="nbc-hit nbc-quiet">{lineOf(message)}</p>;
  const go = (event: Event) => {
    leave(ui, event.currentTarget as HTMLElement);
    if (act) act();
    else jump(ui, id, message.seq);
  };
  const name = ui.chat.name(message.author);
  return (
    <button type="button" class="nbc-hit" onClick={go}>
      <Face chat={ui.chat} user={message.author} />
      <span class="nbc-hit-head">
        <bdi class="nbc-strong nbc-cut">{name}</bdi>
        {where && summary ? <bdi class="nbc-quiet nbc-cut">{titleOf(ui.chat, summary)}</bdi> : null}
        <time class="nbc-quiet">{shortTime(message.at, ui.now.value)}</time>
      </span>
      <span class={message.deleted === null ? "nbc-hit-text" : "nbc-hit-text nbc-quiet"} dir="auto">
        {lineOf(message)}
      </span>
      {note ? <span class={isNew ? "nbc-badge" : "nbc-quiet"}>{note}</span> : null}
    </button>
  );
}

interface ListedProps {
  ui: Ui;
  hits: { id: string; seq: number; message: Message | null | undefined }[] | null;
  empty: string;
  where: boolean;
  problem?: string;
  /** Beside an entry: takes it out of the list. */
  drop?: { name: string; act: (id: string, seq: number) => void };
  more?: (() => void) | null;
}

function Listed({ ui, hits, empty, where, problem = "", drop, more }: ListedProps) {
  const root = useRef<HTMLUListElement>(null);
  const said = problem || (hits === null ? S.loading : hits.length ? "" : empty);
  return (
    <div class="nbc-hits">
      <p class={problem ? "nbc-bad-text nbc-none" : "nbc-quiet nbc-none"} role="status">
        {said}
      </p>
      <ul ref={root} onKeyDown={(event) => walk(event, root.current, ".nbc-hit")}>
        {hits?.map(({ id, seq, message }) => (
          <li key={`${id}/${seq}`}>
            <Entry ui={ui} id={id} message={message} where={where} />
            {drop ? (
              <button
                type="button"
                class="nbc-tool nbc-drop"
                aria-label={drop.name}
                title={drop.name}
                onClick={() => drop.act(id, seq)}
              >
                <Glyph name="delete" />
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {more ? (
        <button type="button" class="nbc-link" onClick={more}>
          {K.older}
        </button>
      ) : null}
    </div>
  );
}

/** Newest pin first; asked for again as soon as one comes or goes among the loaded messages. */
export function Pins({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const { id } = conversation.summary;
  const [found, setFound] = useState<Message[] | null>(null);
  const [problem, setProblem] = useState("");
  const loaded = [...conversation.ranges.flatMap((range) => range.messages), ...conversation.asides.values()];
  const mark = loaded
    .filter((one) => one?.pinned)
    .map((one) => one?.seq)
    .join(" ");
  const isConnected = ui.chat.connection.value.state === "connected";
  useEffect(() => {
    let current = true;
    pins(ui.chat, id).then(
      ({ messages }) => current && setFound([...messages].reverse()),
      (error: unknown) => current && setProblem(errorText(error, S.broken)),
    );
    return () => {
      current = false;
    };
  }, [id, mark, isConnected]);
  // Where the client has a message, its own version is the newer one.
  const hits = found?.map((message) => ({
    id,
    seq: message.seq,
    message: findMessage(conversation, message.seq) ?? message,
  }));
  const pinned = hits?.filter(({ message }) => message.pinned !== null) ?? null;
  return <Listed ui={ui} hits={pinned} empty={K.noPins} where={false} problem={problem} />;
}

/** Messages of any conversations: what the client has, the others asked for once. */
function useMessages(ui: Ui, wanted: [id: string, seq: number][]): (Message | null | undefined)[] {
  const [asked, setAsked] = useState<ReadonlyMap<string, Message | null>>(new Map());
  const known = wanted.map(([id, seq]) => {
    const conversation = ui.chat.conversation(id).value;
    return (conversation && findMessage(conversation, seq)) ?? asked.get(`${id}/${seq}`);
  });
  const missing = wanted.filter((_, at) => known[at] === undefined);
  useEffect(() => {
    const ids = [...new Set(missing.map(([id]) => id))];
    for (const id of ids) {
      const seqs = missing.filter(([one]) => one === id).map(([, seq]) => seq);
      void lookup(ui, id, seqs.slice(0, LOOKUP)).then((more) => setAsked((now) => new Map([...now, ...more])));
    }
  }, [missing.join(" ")]);
  return known;
}

/** As many as one `lookup` takes. */
const LOOKUP = 50;

async function lookup(ui: Ui, id: string, seqs: number[]): Promise<[string, Message | null][]> {
  const none = seqs.map((seq): [string, null] => [`${id}/${seq}`, null]);
  try {
    const reply = await ui.chat.ask({ t: "lookup", conversation: id, seqs });
    const found = reply.t === "found" ? reply.messages : [];
    return [...none, ...found.map((one): [string, Message] => [`${id}/${one.seq}`, one])];
  } catch {
    return none;
  }
}

/** Only the person sees it: the saved ones, saved last on top. */
export function Saved({ ui }: { ui: Ui }) {
  const rows = [...ui.chat.own.value.values()]
    .filter(({ key, value }) => key.startsWith("saved:") && value !== null)
    .sort((a, b) => Number(b.value) - Number(a.value));
  const wanted = rows.map(({ key }): [string, number] => {
    const cut = key.lastIndexOf("/");
    return [key.slice("saved:".length, cut), Number(key.slice(cut + 1))];
  });
  const messages = useMessages(ui, wanted);
  const hits = wanted.map(([id, seq], at) => ({ id, seq, message: messages[at] }));
  const drop = { name: K.unsave, act: (id: string, seq: number) => ui.chat.setOwn(`saved:${id}/${seq}`, null) };
  return <Listed ui={ui} hits={hits} empty={K.noSaved} where drop={drop} />;
}

/** What mentions the person, newest first, page by page. */
export function Mentions({ ui }: { ui: Ui }) {
  const [hits, setHits] = useState<Hit[] | null>(null);
  const [next, setNext] = useState<number | null>(null);
  const [problem, setProblem] = useState("");
  const load = async (before: number | null) => {
    try {
      const page = await mentionsOfMe(ui.chat, before);
      setHits((now) => [...(before === null ? [] : (now ?? [])), ...page.hits]);
      setNext(page.next);
    } catch (error) {
      setProblem(errorText(error, S.broken));
    }
  };
  const count = ui.chat.conversations.value.reduce((sum, row) => sum + row.mentions, 0);
  useEffect(() => void load(null), [count]);
  // Where the client has a message, its own version is the newer one.
  const here = (id: string, seq: number) => {
    const conversation = ui.chat.conversation(id).value;
    return conversation && findMessage(conversation, seq);
  };
  const rows = hits?.map(({ conversation: id, message }) => ({
    id,
    seq: message.seq,
    message: here(id, message.seq) ?? message,
  }));
  const more = next === null ? null : () => void load(next);
  return <Listed ui={ui} hits={rows ?? null} empty={K.noMentions} where problem={problem} more={more} />;
}

interface ThreadHit {
  id: string;
  root: number;
  unread: number;
}

/** The unread ones of all conversations, then those among the loaded messages of this one, the newest reply first. */
function threadsOf(ui: Ui, conversation: Conversation | undefined): ThreadHit[] {
  const unread = ui.chat.conversations.value.flatMap(({ id, threads }) =>
    [...threads].reverse().map((one): ThreadHit => ({ id, root: one.root, unread: one.unread })),
  );
  const id = conversation?.summary.id ?? "";
  const loaded = (conversation?.ranges ?? [])
    .flatMap((range) => range.messages)
    .filter((one) => one.replies?.count)
    .sort((a, b) => (b.replies?.last_seq ?? 0) - (a.replies?.last_seq ?? 0))
    .map((one): ThreadHit => ({ id, root: one.seq, unread: 0 }));
  const isNew = (hit: ThreadHit) => !unread.some((one) => one.id === hit.id && one.root === hit.root);
  return [...unread, ...loaded.filter(isNew)];
}

export function Threads({ ui, conversation }: { ui: Ui; conversation: Conversation | undefined }) {
  const root = useRef<HTMLUListElement>(null);
  const hits = threadsOf(ui, conversation);
  const messages = useMessages(
    ui,
    hits.map(({ id, root: seq }) => [id, seq]),
  );
  const open = ({ id, root: seq }: ThreadHit) => {
    if (id !== ui.selected.peek()) ui.choose(id);
    ui.talk.side.value = { kind: "thread", id, root: seq };
  };
  return (
    <div class="nbc-hits">
      {hits.length ? null : <p class="nbc-quiet nbc-none">{K.noThreads}</p>}
      <ul ref={root} onKeyDown={(event) => walk(event, root.current, ".nbc-hit")}>
        {hits.map((hit, at) => {
          const message = messages[at];
          const note = hit.unread ? K.newReplies(hit.unread) : S.replies(message?.replies?.count ?? 0);
          return (
            <li key={`${hit.id}/${hit.root}`} class={hit.unread ? "nbc-hit-new" : ""}>
              <Entry
                ui={ui}
                id={hit.id}
                message={message}
                where
                note={note}
                isNew={hit.unread > 0}
                act={() => open(hit)}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
