/** Leaving a conversation, and coming into one by a link: each asks once. */

import { useEffect } from "preact/hooks";
import { invitation, leave as leaveIt, redeem } from "../client/actions";
import type { Invited, Summary } from "../protocol/messages.gen";
import { Avatar } from "./avatar";
import { useAnswer } from "./form";
import { Problem, useAction } from "./panel";
import { P } from "./people-strings";
import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Ui } from "./ui";
import { titleOf } from "./words";

/** Whether nobody else owns it, as far as is known: of one that is not loaded, or has very many members, only the hub knows. */
function ownsAlone(ui: Ui, { id, role, members }: Summary): boolean {
  const standings = ui.chat.conversation(id).value?.standings;
  const me = ui.chat.me.value?.id;
  if (role !== "owner" || members < 2 || !me || !standings?.has(me)) return false;
  return ![...standings.values()].some((one) => one.role === "owner" && one.user !== me);
}

export function Leave({ ui, summary }: { ui: Ui; summary: Summary }) {
  const { busy, error, code, run } = useAction(ui);
  const { id } = summary;
  const leave = () =>
    run(async () => {
      await leaveIt(ui.chat, id);
      if (ui.selected.peek() === id) ui.choose("");
      else if (ui.panel.peek() === "leave") ui.panel.value = null;
    });
  const members = () => {
    ui.choose(id);
    ui.show("members", id);
  };
  if (code === "last_owner" || ownsAlone(ui, summary)) {
    return (
      <div class="nbc-form">
        <p role="alert">{P.lastOwner}</p>
        <button type="button" class="nbc-button" onClick={members}>
          {P.chooseOwner}
        </button>
      </div>
    );
  }
  return (
    <div class="nbc-form">
      <p>{T.leaveQuestion(titleOf(ui.chat, summary))}</p>
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

/** What conversation it is, as far as who has a link may know. */
function Where({ ui, found }: { ui: Ui; found: Invited }) {
  const { conversation: id, kind, title, settings, members, by, role } = found;
  return (
    <>
      <div class="nbc-card">
        <Avatar id={id} name={title} icon={kind === "channel" ? "channel" : "people"} picture={settings.picture} />
        <p class="nbc-card-name">
          <bdi>{title}</bdi>
        </p>
        {settings.topic ? <p dir="auto">{settings.topic}</p> : null}
        <p class="nbc-quiet">{S.members(members)}</p>
      </div>
      <p>{P.invitedBy(ui.chat.name(by.id, by.name), title)}</p>
      <p class="nbc-quiet">
        {P.invitedHint} {role === "guest" ? P.asGuest : ""}
      </p>
    </>
  );
}

/** A link leads here: nobody becomes a member, and is seen there, because they opened a page. */
export function Redeem({ ui, code }: { ui: Ui; code: string }) {
  const { busy, error, run } = useAction(ui);
  const { found, error: bad } = useAnswer(ui, () => invitation(ui.chat, code));
  useEffect(() => {
    if (found?.joined) ui.choose(found.conversation);
  }, [found]);
  if (!found || found.joined) return bad ? <Problem text={bad} /> : <p class="nbc-quiet">{S.loading}</p>;
  return (
    <div class="nbc-form">
      <Where ui={ui} found={found} />
      <Problem text={error} />
      <div class="nbc-row-of-buttons">
        <button
          type="button"
          class="nbc-button"
          disabled={busy}
          onClick={() => run(async () => ui.choose(await redeem(ui.chat, code)))}
        >
          {P.accept}
        </button>
        <button type="button" class="nbc-button nbc-plain" onClick={() => (ui.panel.value = null)}>
          {T.cancel}
        </button>
      </div>
    </div>
  );
}
