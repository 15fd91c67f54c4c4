/**
 * The person's conversations: the starred ones in their own order, the others with the last event first, the archived ones folded. Each row
 * says whom it is with, the last words, when, and what is unread. Its menu is row-menu.tsx, which comes with the sheets.
 */

import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import type { Summary } from "../protocol/messages.gen";
import { Avatar } from "./avatar";
import { usePart } from "./chunks";
import { Icon } from "./icons";
import { deedIn, toLine } from "./markdown";
import { Menu } from "./menu";
import { isQuiet, prefsOf, READ_WITHIN, sectionsOf } from "./prefs";
import { onMenuOf } from "./press";
import { S } from "./strings";
import { shortTime } from "./time";
import { Tool } from "./tool";
import type { Ui } from "./ui";
import { walk } from "./walk";
import { titleOf } from "./words";

/** The filter box appears with this many conversations; fewer fit on the screen. */
const FILTER_FROM = 6;

/** Whether the other person of a direct conversation is online; undefined where nobody says. */
function peerOnline(ui: Ui, summary: Summary): boolean | undefined {
  if (!summary.peer) return undefined;
  for (const id of [summary.id, ui.selected.value]) {
    const known = id ? ui.chat.conversation(id).value : undefined;
    const status = known?.watched ? known.presence.get(summary.peer) : undefined;
    if (status) return status.online;
  }
  return summary.online ?? undefined;
}

/** What one has begun to write there; not of what is open, where the composer shows it. */
function draftOf(ui: Ui, id: string): string {
  if (id === ui.selected.value && !ui.atList.value) return "";
  return String(ui.chat.own.value.get(`draft:${id}`)?.value ?? "");
}

/** A name's first word, unless that is a title or an initial: a row has room for few. */
const FIRST_NAME = /^\S{2,}[^\s.](?=\s)/;

/** Whose words are the last ones; empty: the other person's in a direct conversation. Of a deed, who does it. */
function authorOf(ui: Ui, { last, kind }: Summary, deed: boolean): string {
  if (!last) return "";
  if (last.author === ui.chat.me.value?.id && !deed) return S.you;
  const name = kind === "direct" && !deed ? "" : ui.chat.name(last.author, last.name);
  return FIRST_NAME.exec(name)?.[0] ?? name;
}

/** The own draft, else the last words and whose they are: each in its own direction, so that what does not fit is cut at their end. */
function Words({ ui, summary, draft }: { ui: Ui; summary: Summary; draft: string }) {
  const { last } = summary;
  const text = draft || last?.text || "";
  const line = useMemo(() => toLine(text), [text]);
  const deed = !draft && !!deedIn(text);
  const by = draft ? S.draft : authorOf(ui, summary, deed);
  return (
    <>
      {by ? (
        <>
          <bdi>{by}</bdi>
          <span>{deed ? " " : ": "}</span>
        </>
      ) : null}
      <span dir="auto">{!draft && last?.deleted ? S.deleted : draft || last ? line : S.noPreview}</span>
    </>
  );
}

/** One line under the title. Where nothing was written since one came, who brought one in is the news. */
function Preview({ ui, summary }: { ui: Ui; summary: Summary }) {
  const { id, last, kind, read } = summary;
  const draft = draftOf(ui, id);
  const isAbove = (last?.seq ?? 0) < read;
  // A marker that rises later, as by "Mark all read", says that somebody read, and not that they came.
  const wasAbove = useRef(isAbove).current;
  const came = !draft && kind !== "direct" && wasAbove && isAbove;
  const part = usePart(ui.chunks, "notices", came && ui.chat.connection.value.state === "connected");
  const words = <Words ui={ui} summary={summary} draft={draft} />;
  const look = draft ? " nbc-draft" : last?.deleted ? " nbc-gone" : "";
  return (
    <span class={`nbc-item-last${look}`}>
      {came && part && part !== "failed" ? (
        <part.Came ui={ui} summary={summary}>
          {words}
        </part.Came>
      ) : (
        words
      )}
    </span>
  );
}

/** A count that the eye finds, and the words for who cannot see it. */
function Badge({ kind, text, words }: { kind: string; text: string; words: string }) {
  return (
    <span class={`nbc-badge ${kind}`}>
      <span aria-hidden="true" dir="ltr">
        {text}
      </span>
      <span class="nbc-hidden">{words}</span>
    </span>
  );
}

const Mentioned = ({ n }: { n: number }) => (
  <Badge kind="nbc-at" text={n > 99 ? "@99+" : `@${n}`} words={S.mentionsOfYou(n)} />
);

const capped = (n: number): string => (n > 999 ? "999+" : `${n}`);

type BadgesProps = Pick<Summary, "unread" | "mentions" | "threads"> & { low: boolean };

function Badges({ unread, mentions, threads, low }: BadgesProps) {
  return (
    <span class="nbc-badges">
      {threads.length ? (
        <>
          <Icon name="thread" />
          <span class="nbc-hidden">{S.unreadThreads(threads.length)}</span>
        </>
      ) : null}
      {mentions ? <Mentioned n={mentions} /> : null}
      {unread ? <Badge kind={low ? "nbc-low" : ""} text={capped(unread)} words={S.unread(unread)} /> : null}
    </span>
  );
}

/**
 * What is unread of a row. While one looks at the conversation a rise waits: what is on the screen is read at once, and a badge that comes and
 * goes with each message is a picture more, and no news.
 */
function useUnread(ui: Ui, { id, unread, mentions }: Summary): { unread: number; mentions: number } {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const now = { unread, mentions };
  const latest = useRef(now);
  const shown = useRef(now);
  latest.current = now;
  const isOpen = id === ui.selected.value && document.visibilityState === "visible";
  const waits = isOpen && (unread > shown.current.unread || mentions > shown.current.mentions);
  if (!waits) shown.current = now;
  useEffect(() => {
    if (!waits) return;
    const later = setTimeout(() => {
      shown.current = latest.current;
      redraw();
    }, READ_WITHIN);
    return () => clearTimeout(later);
  }, [waits]);
  return shown.current;
}

function Item({ ui, summary, stop }: { ui: Ui; summary: Summary; stop: boolean }) {
  const { id, peer, kind, settings, last, threads } = summary;
  const { unread, mentions } = useUnread(ui, summary);
  const title = titleOf(ui.chat, summary);
  const who = peer ? ui.chat.person(peer) : undefined;
  const prefs = prefsOf(ui.chat, id);
  const quiet = isQuiet(prefs, ui.now.value);
  const low = quiet || prefs.level !== "all";
  const news = mentions || (!low && (unread || threads.length));
  const icon = ({ direct: undefined, group: "people", channel: "channel" } as const)[kind];
  return (
    <li>
      <button
        type="button"
        class={`nbc-item${news ? " nbc-has-unread" : ""}${quiet ? " nbc-is-quiet" : ""}`}
        aria-current={ui.selected.value === id ? "true" : undefined}
        tabIndex={stop ? 0 : -1}
        onClick={() => ui.choose(id)}
        {...onMenuOf((at) => ui.show("row", id, at))}
      >
        <Avatar
          id={peer ?? id}
          name={title}
          icon={icon}
          color={who?.color}
          picture={settings.picture}
          online={peerOnline(ui, summary)}
        />
        <span class="nbc-item-title" dir="auto">
          {title}
          {who?.emoji ? ` ${who.emoji}` : ""}
        </span>
        <time class="nbc-item-time">{shortTime(last?.at ?? summary.created_at, ui.now.value)}</time>
        <Preview ui={ui} summary={summary} />
        <Badges unread={unread} mentions={mentions} threads={threads} low={low} />
        {quiet ? <span class="nbc-hidden">{S.quiet}</span> : null}
      </button>
    </li>
  );
}

function Rows({ ui, shown, all }: { ui: Ui; shown: Summary[]; all: boolean }) {
  const list = useRef<HTMLDivElement>(null);
  const [unfolded, setUnfolded] = useState(false);
  const { starred, others, archived } = sectionsOf(ui.chat, shown);
  const mentions = archived.reduce((sum, row) => sum + row.mentions, 0);
  const open = all || unfolded;
  const rows = [...starred, ...others, ...(open ? archived : [])];
  const current = rows.some((row) => row.id === ui.selected.value) ? ui.selected.value : rows[0]?.id;
  const part = (name: string, some: Summary[]) =>
    some.length ? (
      <ul aria-label={name} onKeyDown={(event) => walk(event, list.current, ".nbc-item")}>
        {some.map((summary) => (
          <Item key={summary.id} ui={ui} summary={summary} stop={summary.id === current} />
        ))}
      </ul>
    ) : null;
  return (
    <div class="nbc-items-list" ref={list}>
      {starred.length ? <p class="nbc-part">{S.starred}</p> : null}
      {part(S.starred, starred)}
      {starred.length && others.length ? <p class="nbc-part">{S.conversations}</p> : null}
      {part(S.conversations, others)}
      {ui.chat.more.value ? (
        <button
          type="button"
          class="nbc-link nbc-more"
          onClick={() => void ui.chat.moreConversations().catch(() => null)}
        >
          {S.more}
        </button>
      ) : null}
      {archived.length ? (
        <button
          type="button"
          class="nbc-part nbc-fold"
          aria-expanded={open}
          disabled={all}
          onClick={() => setUnfolded(!unfolded)}
        >
          {S.archived(archived.length)} {mentions && !open ? <Mentioned n={mentions} /> : null}
        </button>
      ) : null}
      {open ? part(S.archived(archived.length), archived) : null}
    </div>
  );
}

/** One line and the button for what to do next. */
export function Empty({ text, action, onAct }: { text: string; action?: string; onAct?: () => void }) {
  return (
    <div class="nbc-empty">
      <p>{text}</p>
      {action ? (
        <button type="button" class="nbc-button" onClick={onAct}>
          {action}
        </button>
      ) : null}
    </div>
  );
}

/**
 * Where there is no conversation yet: what is open to the person, as soon as that part is there; until then nothing to press that would move, but
 * what the header has. Before the hub has said so nobody knows that there is none.
 */
function First({ ui }: { ui: Ui }) {
  const isIn = ui.chat.connection.value.state === "connected";
  const sheets = usePart(ui.chunks, "sheets", isIn);
  if (sheets && sheets !== "failed") return <sheets.Welcome ui={ui} />;
  return isIn ? <Empty text={S.emptyList} /> : null;
}

export function List({ ui }: { ui: Ui }) {
  const [query, setQuery] = useState("");
  const all = ui.chat.conversations.value;
  const wanted = query.trim().toLocaleLowerCase();
  const shown = wanted
    ? all.filter((row) => `${titleOf(ui.chat, row)} ${row.last?.name ?? ""}`.toLocaleLowerCase().includes(wanted))
    : all;
  const mentions = all.reduce((sum, row) => sum + row.mentions, 0);
  const start = () => (ui.panel.value = "new");
  return (
    <nav class="nbc-list" aria-label={S.conversations}>
      <div class="nbc-header">
        <span class="nbc-title nbc-strong">{S.conversations}</span>
        {all.length ? (
          <Tool
            icon="at"
            name={mentions ? S.mentionsOfYou(mentions) : S.mentions}
            mark={mentions}
            act={() => (ui.talk.side.value = { kind: "mentions" })}
          />
        ) : null}
        <Tool icon="plus" name={S.startOne} act={start} />
        <Menu ui={ui} />
      </div>
      {all.length >= FILTER_FROM ? (
        <input
          type="search"
          class="nbc-field nbc-filter"
          aria-label={S.filter}
          placeholder={S.filter}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      ) : null}
      {shown.length ? <Rows ui={ui} shown={shown} all={wanted !== ""} /> : null}
      {!shown.length && wanted ? (
        <Empty text={S.noMatch(query)} action={S.clearFilter} onAct={() => setQuery("")} />
      ) : null}
      {!all.length ? <First ui={ui} /> : null}
    </nav>
  );
}
