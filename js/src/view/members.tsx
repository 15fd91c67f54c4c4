/** The members of a conversation: who is here first, found by name; a press on one shows the card. Large lists come by page. */

import { useState } from "preact/hooks";
import { members } from "../client/actions";
import type { Conversation } from "../client/state";
import type { Member } from "../protocol/messages.gen";
import { Face } from "./avatar";
import { SearchField, useAnswer } from "./form";
import { Problem, useAction } from "./panel";
import { P } from "./people-strings";
import { presenceWords } from "./person";
import { S } from "./strings";
import type { Ui } from "./ui";
import { walk } from "./walk";

/** `FindMembers.query`'s most characters. */
const QUERY_CHARS = 100;
/** The search box appears with this many members. */
const SEARCH_FROM = 8;

type Row = Omit<Member, "person"> & { id: string };

/** The members that a small conversation lists, by name. */
function listed(ui: Ui, { members: users, presence, standings }: Conversation): Row[] {
  const rows = users.map((id) => ({
    id,
    role: standings.get(id)?.role ?? "member",
    muted: standings.get(id)?.muted ?? null,
    online: presence.get(id)?.online ?? false,
    last_seen: presence.get(id)?.last_seen ?? null,
  }));
  return rows.sort((a, b) => ui.chat.name(a.id).localeCompare(ui.chat.name(b.id)));
}

function MemberRow({ ui, row, knows, stop }: { ui: Ui; row: Row; knows: boolean; stop: boolean }) {
  const { chat } = ui;
  const who = chat.person(row.id);
  const name = chat.name(row.id);
  const notes = [
    row.role === "member" ? "" : P.roles[row.role],
    row.muted !== null && row.muted > ui.now.value ? P.silentNow : "",
    knows ? presenceWords(ui, row) : "",
  ].filter(Boolean);
  const status = who?.status;
  return (
    <li>
      <button type="button" class="nbc-person" tabIndex={stop ? 0 : -1} onClick={() => ui.show("person", row.id)}>
        <Face chat={chat} user={row.id} online={knows ? row.online : undefined} />
        <span class="nbc-cut">
          <span class="nbc-cut nbc-block">
            <bdi>{row.id === chat.me.value?.id ? P.you(name) : name}</bdi>
            {who?.emoji ? ` ${who.emoji}` : ""}
          </span>
          <span class="nbc-quiet nbc-pieces">
            <span>{[...notes, ...(status ? [""] : [])].join(" · ")}</span>
            {status ? <span dir="auto">{status}</span> : null}
          </span>
        </span>
      </button>
    </li>
  );
}

function Rows(props: { ui: Ui; title: string; rows: Row[]; knows: boolean }) {
  if (!props.rows.length) return null;
  return (
    <section>
      <h3 class="nbc-part">{props.title}</h3>
      <ul class="nbc-people" onKeyDown={(event) => walk(event, event.currentTarget, ".nbc-person")}>
        {props.rows.map((row, at) => (
          <MemberRow key={row.id} ui={props.ui} row={row} knows={props.knows} stop={at === 0} />
        ))}
      </ul>
    </section>
  );
}

/** Above the number that a snapshot lists, the hub finds them. */
function Paged({ ui, conversation, query }: { ui: Ui; conversation: Conversation; query: string }) {
  const { id } = conversation.summary;
  const [more, setMore] = useState<{ query: string; members: Member[]; more: boolean }>({
    query,
    members: [],
    more: true,
  });
  const { found, error } = useAnswer(ui, () => members(ui.chat, id, query), query);
  const { busy, error: pageError, run } = useAction(ui);
  const later = more.query === query ? more.members : [];
  const all = [...(found?.members ?? []), ...later];
  const goesOn = later.length ? more.more : found?.more;
  const page = async () => {
    const next = await members(ui.chat, id, query, all.at(-1)?.person.id ?? null);
    setMore({ query, members: [...later, ...next.members], more: next.more });
  };
  const rows = all.map(({ person, ...rest }) => ({ id: person.id, ...rest }));
  return (
    <>
      <Problem text={error || pageError} />
      {found && !rows.length ? <p class="nbc-quiet">{P.noMember}</p> : null}
      <Rows ui={ui} title={P.all(conversation.summary.members)} rows={rows} knows />
      {goesOn ? (
        <button type="button" class="nbc-link nbc-more" disabled={busy} onClick={() => run(page)}>
          {S.more}
        </button>
      ) : null}
    </>
  );
}

function Small({ ui, conversation, query }: { ui: Ui; conversation: Conversation; query: string }) {
  const wanted = query.trim().toLocaleLowerCase();
  const rows = listed(ui, conversation).filter((row) =>
    `${ui.chat.name(row.id)} ${row.id}`.toLocaleLowerCase().includes(wanted),
  );
  const { watched } = conversation;
  const here = rows.filter((row) => row.online);
  const away = rows.filter((row) => !row.online);
  if (!rows.length) return <p class="nbc-quiet">{P.noMember}</p>;
  if (!watched) return <Rows ui={ui} title={P.all(rows.length)} rows={rows} knows={false} />;
  return (
    <>
      <Rows ui={ui} title={P.here(here.length)} rows={here} knows />
      <Rows ui={ui} title={P.away(away.length)} rows={away} knows />
    </>
  );
}

export function Members({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const [query, setQuery] = useState("");
  const large = conversation.members.length === 0;
  return (
    <>
      {conversation.summary.members >= SEARCH_FROM ? (
        <SearchField label={P.findMembers} value={query} max={QUERY_CHARS} onValue={setQuery} />
      ) : null}
      <div class="nbc-form">
        {large ? (
          <Paged ui={ui} conversation={conversation} query={query} />
        ) : (
          <Small ui={ui} conversation={conversation} query={query} />
        )}
      </div>
    </>
  );
}
