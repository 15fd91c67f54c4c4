/** What conversation this is, who is here, whether one is connected, and the menu. */

import type { Conversation } from "../client/state";
import { Avatar } from "./avatar";
import { ConnectionDot } from "./banner";
import { Icon } from "./icons";
import { Menu } from "./menu";
import { S } from "./strings";
import { fullTime } from "./time";
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
        <Avatar key={user} id={user} name={ui.chat.name(user)} online={watched ? here(user) : undefined} />
      ))}
    </button>
  );
}

export function Header({ ui, conversation }: { ui: Ui; conversation: Conversation | undefined }) {
  const Title = ui.page ? "h1" : "h2";
  const title = conversation ? titleOf(ui.chat, conversation.summary) : S.app;
  return (
    <div class="nbc-header">
      <button
        type="button"
        class="nbc-tool nbc-back"
        aria-label={S.back}
        title={S.back}
        onClick={() => (ui.atList.value = true)}
      >
        <Icon name="back" />
        {ui.chat.unread.value > (conversation?.summary.unread ?? 0) ? <span class="nbc-mark" /> : null}
      </button>
      <div class="nbc-titles">
        <Title class="nbc-title" title={title}>
          <bdi>{title}</bdi>
        </Title>
        {conversation ? <p class="nbc-sub">{subtitle(ui, conversation)}</p> : null}
      </div>
      {conversation ? <Faces ui={ui} conversation={conversation} /> : null}
      <ConnectionDot ui={ui} />
      <Menu ui={ui} />
    </div>
  );
}
