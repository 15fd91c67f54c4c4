/** The card of a person: who they are, how to reach them, blocking, and what a moderator of the open conversation may do. */

import { useState } from "preact/hooks";
import { members, mute, openNamed, type Role, rank, remove } from "../client/actions";
import type { Conversation } from "../client/state";
import type { Standing, Status } from "../protocol/messages.gen";
import { Face } from "./avatar";
import { Asks, Check, Select, TextField, useAnswer } from "./form";
import { isAbove, may, ranksOf } from "./may";
import { Problem, useAction } from "./panel";
import { P } from "./people-strings";
import { isBlocked } from "./prefs";
import { T } from "./sheet-strings";
import { S } from "./strings";
import { fullTime } from "./time";
import type { Ui } from "./ui";
import { block } from "./wishes";
import { titleOf } from "./words";

/** `Remove.reason`'s most characters. */
const REASON_CHARS = 200;

/** "online", "last seen Yesterday at 10:30", or nothing where nobody says. */
export function presenceWords(ui: Ui, status: Pick<Status, "online" | "last_seen"> | undefined): string {
  if (!status) return "";
  if (status.online) return S.isOnline;
  return status.last_seen === null ? S.isOffline : S.lastSeen(fullTime(status.last_seen, ui.now.value));
}

function statusOf(ui: Ui, user: string, conversation: Conversation | undefined): Status | undefined {
  const known = conversation?.watched ? conversation.presence.get(user) : undefined;
  const online = ui.chat.conversations.value.find((row) => row.peer === user)?.online;
  return known ?? (online ? { user, online, last_seen: null } : undefined);
}

/** How somebody stands in a conversation; null: is no member, or not known yet. Above 200 members the hub is asked. */
function useStanding(ui: Ui, user: string, conversation: Conversation | undefined): Standing | null {
  const listed = conversation?.members.length !== 0;
  const { found } = useAnswer(ui, async () => {
    if (!conversation || listed) return null;
    const { members: some } = await members(ui.chat, conversation.summary.id, user);
    return some.find((one) => one.person.id === user) ?? null;
  });
  if (!conversation || conversation.summary.kind === "direct") return null;
  if (listed) {
    if (!conversation.members.includes(user)) return null;
    return conversation.standings.get(user) ?? { user, role: "member", muted: null };
  }
  return found && { user, role: found.role, muted: found.muted };
}

interface Of {
  ui: Ui;
  conversation: Conversation;
  standing: Standing;
}

/** Another role, and whether they may write: each is done when it is chosen. */
function Ranking({ ui, conversation, standing }: Of) {
  const { summary } = conversation;
  const { user, role, muted } = standing;
  const { busy, error, run } = useAction(ui);
  const given = ranksOf(summary.role);
  const roles = given.includes(role) ? given : [...given, role];
  const now = Date.now() + ui.chat.offset.peek();
  const silent = muted !== null && muted > now;
  const times = Object.entries(P.silences).map(([seconds, label]) => [Number(seconds), label] as const);
  const silences = silent ? [...times, [-1, P.silentUntil(fullTime(muted, now))] as const] : times;
  return (
    <>
      {may("rank", summary, now) ? (
        <Select
          label={P.role}
          value={role}
          disabled={busy}
          options={roles.map((one) => [one, P.roles[one]] as const)}
          onValue={(one: Role) => run(() => rank(ui.chat, summary.id, user, one))}
        />
      ) : null}
      {may("mute", summary, now) ? (
        <Select
          label={P.silence}
          value={silent ? -1 : 0}
          disabled={busy}
          options={silences}
          onValue={(seconds) => seconds >= 0 && run(() => mute(ui.chat, summary.id, user, seconds))}
        />
      ) : null}
      <Problem text={error} />
    </>
  );
}

/** Removing somebody asks once more, and for the reason. */
function Removing({ ui, conversation, standing, cancel }: Of & { cancel: () => void }) {
  const [ban, setBan] = useState(false);
  const [reason, setReason] = useState("");
  const { busy, error, run } = useAction(ui);
  const { summary } = conversation;
  const go = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await remove(ui.chat, summary.id, standing.user, { ban, reason: reason.trim() });
      // Unless the person went on to something else meanwhile.
      if (ui.panel.peek() === "person" && ui.about.peek().id === standing.user) ui.show("members", summary.id);
    });
  };
  return (
    <form class="nbc-form" onSubmit={go}>
      <p>{P.removeQuestion(ui.chat.name(standing.user), titleOf(ui.chat, summary))}</p>
      <Check label={P.alsoBan} checked={ban} onValue={setBan} />
      <TextField label={P.reason} value={reason} max={REASON_CHARS} onValue={setReason} />
      <Problem text={error} />
      <div class="nbc-row-of-buttons">
        <button type="submit" class="nbc-button nbc-danger" disabled={busy}>
          {P.remove}
        </button>
        <button type="button" class="nbc-button nbc-plain" onClick={cancel}>
          {T.cancel}
        </button>
      </div>
    </form>
  );
}

function Actions({ ui, user }: { ui: Ui; user: string }) {
  const { busy, error, run } = useAction(ui);
  const blocked = isBlocked(ui.chat, user);
  if (user === ui.chat.me.value?.id) {
    return (
      <button type="button" class="nbc-button nbc-plain" onClick={() => (ui.panel.value = "profile")}>
        {P.editProfile}
      </button>
    );
  }
  return (
    <>
      {blocked ? <p class="nbc-quiet">{P.blocked(ui.chat.name(user))}</p> : null}
      <div class="nbc-row-of-buttons">
        <button
          type="button"
          class="nbc-button"
          disabled={busy}
          onClick={() => run(async () => ui.choose(await openNamed(ui.chat, `@${user}`)))}
        >
          {P.message}
        </button>
        <button type="button" class="nbc-button nbc-plain" onClick={() => block(ui.chat, user, !blocked)}>
          {blocked ? P.unblock : P.block}
        </button>
      </div>
      <Problem text={error} />
    </>
  );
}

export function PersonCard({
  ui,
  user,
  conversation,
}: {
  ui: Ui;
  user: string;
  conversation: Conversation | undefined;
}) {
  const { chat } = ui;
  const who = chat.person(user);
  const status = statusOf(ui, user, conversation);
  const standing = useStanding(ui, user, conversation);
  const isMe = user === chat.me.value?.id;
  const above = !isMe && standing && conversation && isAbove(conversation.summary.role, standing.role);
  return (
    <>
      <div class="nbc-card">
        <Face chat={chat} user={user} online={status?.online} />
        <p class="nbc-card-name">
          <bdi>{chat.name(user)}</bdi>
          {who?.emoji ? ` ${who.emoji}` : ""}
        </p>
        {who?.status ? <p dir="auto">{who.status}</p> : null}
        <p class="nbc-quiet">
          <bdi>@{user}</bdi>
        </p>
        <p class="nbc-quiet">
          {[presenceWords(ui, status), standing && standing.role !== "member" ? P.roles[standing.role] : ""]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      <Actions ui={ui} user={user} />
      {above ? (
        <div class="nbc-form">
          <Ranking ui={ui} conversation={conversation} standing={standing} />
          {may("remove", conversation.summary, ui.now.value) ? (
            <Asks label={P.removeFrom(titleOf(chat, conversation.summary))} danger>
              {(cancel) => <Removing ui={ui} conversation={conversation} standing={standing} cancel={cancel} />}
            </Asks>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
