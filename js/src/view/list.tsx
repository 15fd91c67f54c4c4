/** The person's conversations, last event first: whom it is with, the last words, when, and how much is unread. */

import { useRef, useState } from "preact/hooks";
import type { Summary } from "../protocol/messages.gen";
import { Avatar } from "./avatar";
import { Icon } from "./icons";
import { toLine } from "./markdown";
import { Menu } from "./menu";
import { S } from "./strings";
import { shortTime } from "./time";
import type { Ui } from "./ui";
import { walk } from "./walk";
import { titleOf } from "./words";

/** The filter box appears with this many conversations; fewer fit on the screen. */
const FILTER_FROM = 6;

/** Whether the other person of a direct conversation is online; undefined where the open conversation does not tell. */
function peerOnline(ui: Ui, summary: Summary): boolean | undefined {
  if (!summary.peer) return undefined;
  for (const id of [summary.id, ui.selected.value]) {
    const known = id ? ui.chat.conversation(id).value : undefined;
    const status = known?.watched ? known.presence.get(summary.peer) : undefined;
    if (status) return status.online;
  }
  return undefined;
}

function preview(ui: Ui, { last, kind }: Summary): string {
  if (!last) return S.noPreview;
  const text = toLine(last.text);
  if (last.author === ui.chat.me.value?.id) return S.preview(S.you, text);
  return kind === "direct" ? text : S.preview(ui.chat.name(last.author, last.name), text);
}

function Item({ ui, summary, stop }: { ui: Ui; summary: Summary; stop: boolean }) {
  const title = titleOf(ui.chat, summary);
  const open = ui.selected.value === summary.id;
  const icon = ({ direct: undefined, group: "people", channel: "channel" } as const)[summary.kind];
  return (
    <li>
      <button
        type="button"
        class={summary.unread ? "nbc-item nbc-has-unread" : "nbc-item"}
        aria-current={open ? "true" : undefined}
        tabIndex={stop ? 0 : -1}
        onClick={() => ui.choose(summary.id)}
      >
        <Avatar id={summary.peer ?? summary.id} name={title} icon={icon} online={peerOnline(ui, summary)} />
        <span class="nbc-item-title">
          <bdi>{title}</bdi>
        </span>
        <time class="nbc-item-time">{shortTime(summary.last?.at ?? summary.created_at, ui.now.value)}</time>
        <span class="nbc-item-last">
          <bdi>{preview(ui, summary)}</bdi>
        </span>
        {summary.unread ? (
          <span class="nbc-badge">
            <span aria-hidden="true">{summary.unread > 999 ? "999+" : summary.unread}</span>
            <span class="nbc-hidden">{S.unread(summary.unread)}</span>
          </span>
        ) : null}
      </button>
    </li>
  );
}

function Rows({ ui, shown }: { ui: Ui; shown: Summary[] }) {
  const list = useRef<HTMLUListElement>(null);
  const current = shown.some((row) => row.id === ui.selected.value) ? ui.selected.value : shown[0]?.id;
  return (
    <ul class="nbc-items-list" ref={list} onKeyDown={(event) => walk(event, list.current, ".nbc-item")}>
      {shown.map((summary) => (
        <Item key={summary.id} ui={ui} summary={summary} stop={summary.id === current} />
      ))}
      {ui.chat.more.value ? (
        <li>
          <button
            type="button"
            class="nbc-link nbc-more"
            onClick={() => void ui.chat.moreConversations().catch(() => null)}
          >
            {S.more}
          </button>
        </li>
      ) : null}
    </ul>
  );
}

/** One line and the button for what to do next. */
export function Empty({ text, action, onAct }: { text: string; action: string; onAct: () => void }) {
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

export function List({ ui }: { ui: Ui }) {
  const [query, setQuery] = useState("");
  const all = ui.chat.conversations.value;
  const wanted = query.trim().toLocaleLowerCase();
  const shown = wanted
    ? all.filter((row) => `${titleOf(ui.chat, row)} ${row.last?.name ?? ""}`.toLocaleLowerCase().includes(wanted))
    : all;
  return (
    <nav class="nbc-list" aria-label={S.conversations}>
      <div class="nbc-header">
        <span class="nbc-title nbc-strong">{S.conversations}</span>
        <button
          type="button"
          class="nbc-tool"
          aria-label={S.startOne}
          title={S.startOne}
          onClick={() => (ui.panel.value = "new")}
        >
          <Icon name="plus" />
        </button>
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
      {shown.length ? <Rows ui={ui} shown={shown} /> : null}
      {!shown.length && wanted ? (
        <Empty text={S.noMatch(query)} action={S.clearFilter} onAct={() => setQuery("")} />
      ) : null}
      {!all.length ? <Empty text={S.emptyList} action={S.startOne} onAct={() => (ui.panel.value = "new")} /> : null}
    </nav>
  );
}
