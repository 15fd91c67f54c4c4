/** What conversation this is and what it is about, who is here, what is pinned, whether one is connected, and the menu. */

import type { Conversation } from "../client/state";
import { Face } from "./avatar";
import { ConnectionDot } from "./banner";
import { Menu } from "./menu";
import { loud } from "./prefs";
import { S } from "./strings";
import { fullTime } from "./time";
import { Tool } from "./tool";
import type { Ui } from "./ui";
import { titleOf } from "./words";

/** Faces in the header; the panel has them all. */
const FACES = 4;

/** "5 members, 3 online"; in a direct conversation how it is with the other person. */
function subtitle(ui: Ui, { summary, presence, online, watched }: Conversation): string {
  if (summary.kind === "direct") {
    if (summary.peer === ui.chat.me.value?.id) return S.justYou;
    const status = presence.get(summary.peer ?? "");
    if (!status) return "";
    if (status.online) return watched ? S.isOnline : "";
    return status.last_seen === null ? S.isOffline : S.lastSeen(fullTime(status.last_seen, ui.now.value));
  }
  const members = S.members(summary.members);
  return watched ? `${members}, ${S.online(online)}` : members;
}

function Faces({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const { members, presence, summary, watched } = conversation;
  if (summary.kind === "direct" || members.length === 0) return null;
  const here = (user: string) => presence.get(user)?.online ?? false;
  const shown = [...members].sort((a, b) => Number(here(b)) - Number(here(a))).slice(0, FACES);
  return (
    <button type="button" class="nbc-faces" title={S.showMembers} onClick={() => (ui.panel.value = "members")}>
      <span class="nbc-hidden">{S.showMembers}</span>
      {shown.map((user) => (
        <Face key={user} chat={ui.chat} user={user} online={watched ? here(user) : undefined} />
      ))}
    </button>
  );
}

/** The title, which opens what there is to know; and what it is about. */
function Titles({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const { summary } = conversation;
  const { peer, settings } = summary;
  const who = peer ? ui.chat.person(peer) : undefined;
  const title = titleOf(ui.chat, summary);
  const about = who ? who.status : settings.topic;
  const here = [subtitle(ui, conversation), settings.archived ? S.isArchived : ""].filter(Boolean);
  const Title = ui.page ? "h1" : "h2";
  return (
    <div class="nbc-titles">
      <Title class="nbc-title">
        <button
          type="button"
          title={S.details(title)}
          onClick={() => (peer ? ui.show("person", peer) : ui.show("details", summary.id))}
        >
          {settings.picture ? `${settings.picture} ` : ""}
          <bdi>{title}</bdi>
          {who?.emoji ? ` ${who.emoji}` : ""}
        </button>
      </Title>
      <p class={about ? "nbc-sub nbc-about" : "nbc-sub"} title={about}>
        {here.join(" · ")}
        {here.length && about ? " · " : ""}
        {about ? <bdi>{about}</bdi> : null}
      </p>
    </div>
  );
}

/** Back to the list; the mark says that there is something new in another conversation. */
function Back({ ui, id }: { ui: Ui; id: string | undefined }) {
  const isNew = ui.chat.conversations.value.some((row) => row.id !== id && loud(ui.chat, row, ui.now.value));
  return <Tool icon="back" kind="nbc-back" name={S.back} mark={isNew} act={() => (ui.atList.value = true)} />;
}

function Threads({ ui }: { ui: Ui }) {
  const isNew = ui.chat.conversations.value.some((row) => row.threads.length);
  const act = () => (ui.talk.side.value = { kind: "threads" });
  return <Tool icon="thread" kind="nbc-wide" name={S.threads} mark={isNew} act={act} />;
}

export function Header({ ui, conversation }: { ui: Ui; conversation: Conversation | undefined }) {
  const Title = ui.page ? "h1" : "h2";
  const { side } = ui.talk;
  return (
    <div class="nbc-header">
      <Back ui={ui} id={conversation?.summary.id} />
      {conversation ? (
        <>
          <Titles ui={ui} conversation={conversation} />
          <Faces ui={ui} conversation={conversation} />
          <Threads ui={ui} />
          <Tool
            icon="pin"
            kind="nbc-wide"
            name={S.pins}
            act={() => (side.value = { kind: "pins", id: conversation.summary.id })}
          />
        </>
      ) : (
        <Title class="nbc-title">{S.app}</Title>
      )}
      <ConnectionDot ui={ui} />
      <Menu ui={ui} />
    </div>
  );
}
