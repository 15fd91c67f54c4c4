/** The small sheets of the menu: members, one's own name, where the data is, leaving. */

import { useEffect, useState } from "preact/hooks";
import type { Conversation } from "../client/state";
import { GROUP_MEMBERS, NAME_CHARS } from "../protocol/tables.gen";
import { Avatar } from "./avatar";
import { MenuItems } from "./menu-items";
import { isOffline, Problem, Sheet, useAction } from "./panel";
import { NewConversation } from "./people";
import { T } from "./sheet-strings";
import { S } from "./strings";
import { fullTime } from "./time";
import type { Ui } from "./ui";
import { errorText, titleOf } from "./words";

function Members({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const { members, presence, summary, online, watched } = conversation;
  const me = ui.chat.me.value?.id;
  const here = (user: string) => presence.get(user)?.online ?? false;
  const order = [...members].sort(
    (a, b) => Number(here(b)) - Number(here(a)) || ui.chat.name(a).localeCompare(ui.chat.name(b)),
  );
  const seen = (user: string) => {
    const at = presence.get(user)?.last_seen ?? null;
    if (!watched) return "";
    return here(user) ? S.isOnline : at === null ? S.isOffline : S.lastSeen(fullTime(at, ui.now.value));
  };
  return (
    <>
      <p class="nbc-quiet">
        {S.members(summary.members)}
        {watched ? `, ${S.online(online)}` : ""}
      </p>
      {summary.members > GROUP_MEMBERS ? <p>{T.tooMany}</p> : null}
      <ul class="nbc-people">
        {order.map((user) => (
          <li key={user} class="nbc-person">
            <Avatar id={user} name={ui.chat.name(user)} online={watched ? here(user) : undefined} />
            <span class="nbc-cut">
              <bdi>{user === me ? `${ui.chat.name(user)} (${S.you})` : ui.chat.name(user)}</bdi>
            </span>
            <span class="nbc-quiet">{seen(user)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function ChangeName({ ui }: { ui: Ui }) {
  const [name, setName] = useState(ui.chat.me.peek()?.name ?? "");
  const { busy, error, run } = useAction(isOffline(ui));
  const save = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await ui.chat.rename(name.trim());
      ui.panel.value = null;
    });
  };
  return (
    <form class="nbc-form" onSubmit={save}>
      <label>
        {T.yourName}
        <input
          class="nbc-field"
          dir="auto"
          value={name}
          maxLength={NAME_CHARS}
          autoComplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <p class="nbc-quiet">{T.nameHint}</p>
      <Problem text={error} />
      <button type="submit" class="nbc-button" disabled={busy || !name.trim()}>
        {T.save}
      </button>
    </form>
  );
}

interface Place {
  where: string;
  backup: string;
  remove: string;
}

function DataPlace({ ui }: { ui: Ui }) {
  const [place, setPlace] = useState<Place | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    ui.chat.whereIsTheData().then(setPlace, (problem: unknown) => setError(errorText(problem, T.dataForbidden)));
  }, []);
  if (!place) return error ? <Problem text={error} /> : <p class="nbc-quiet">{S.loading}</p>;
  const part = (label: string, text: string) => (
    <>
      <dt>{label}</dt>
      <dd>
        <code>{text}</code>
      </dd>
    </>
  );
  return (
    <dl class="nbc-data">
      {part(T.dataWhere, place.where)}
      {part(T.dataBackup, place.backup)}
      {part(T.dataRemove, place.remove)}
    </dl>
  );
}

function Leave({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const { busy, error, run } = useAction(isOffline(ui));
  const leave = () =>
    run(async () => {
      await ui.chat.leave(conversation.summary.id);
      ui.choose("");
    });
  return (
    <div class="nbc-form">
      <p>{T.leaveQuestion(titleOf(ui.chat, conversation.summary))}</p>
      <Problem text={error} />
      <div class="nbc-row-of-buttons">
        <button type="button" class="nbc-button nbc-danger" disabled={busy} onClick={leave}>
          {T.leave}
        </button>
        <button type="button" class="nbc-button nbc-plain" onClick={() => (ui.panel.value = null)}>
          {T.cancel}
        </button>
      </div>
    </div>
  );
}

const titles = { new: S.startOne, members: S.showMembers, name: T.yourName, data: T.whereIsTheData, leave: T.leave };

export function Panels({ ui, conversation }: { ui: Ui; conversation: Conversation | undefined }) {
  const panel = ui.panel.value;
  if (!panel || (!conversation && (panel === "members" || panel === "leave"))) return null;
  if (panel === "menu") return <MenuItems ui={ui} conversation={conversation} />;
  return (
    <Sheet key={panel} ui={ui} title={titles[panel]}>
      {panel === "new" ? <NewConversation ui={ui} /> : null}
      {panel === "name" ? <ChangeName ui={ui} /> : null}
      {panel === "data" ? <DataPlace ui={ui} /> : null}
      {panel === "members" && conversation ? <Members ui={ui} conversation={conversation} /> : null}
      {panel === "leave" && conversation ? <Leave ui={ui} conversation={conversation} /> : null}
    </Sheet>
  );
}
