/** Leaving a conversation, and coming into one by a link: each asks once. */

import { redeem } from "../client/actions";
import type { Summary } from "../protocol/messages.gen";
import { Problem, useAction } from "./panel";
import { P } from "./people-strings";
import { T } from "./sheet-strings";
import type { Ui } from "./ui";
import { titleOf } from "./words";

export function Leave({ ui, summary }: { ui: Ui; summary: Summary }) {
  const { busy, error, code, run } = useAction(ui);
  const { id } = summary;
  const leave = () =>
    run(async () => {
      await ui.chat.leave(id);
      if (ui.selected.peek() === id) ui.choose("");
      else if (ui.panel.peek() === "leave") ui.panel.value = null;
    });
  const members = () => {
    ui.choose(id);
    ui.show("members", id);
  };
  if (code === "last_owner") {
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

/** A link leads here: nobody becomes a member, and is seen there, because they opened a page. */
export function Redeem({ ui, code }: { ui: Ui; code: string }) {
  const { busy, error, run } = useAction(ui);
  return (
    <div class="nbc-form">
      <p>{P.invitedHint}</p>
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
