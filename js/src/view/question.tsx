/** "Who are you?": asked once of a browser that the server does not know. */

import { useState } from "preact/hooks";
import { identify } from "../client/answers";
import type { Question } from "../client/chat";
import { NAME_CHARS } from "../protocol/tables.gen";
import { Avatar } from "./avatar";
import { Problem, useAction } from "./panel";
import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Ui } from "./ui";
import { Unsent } from "./unsent";

export function WhoAreYou({ ui, question }: { ui: Ui; question: Question }) {
  const [name, setName] = useState("");
  const { busy, error, run } = useAction(ui, false);
  const owner = question.may_be_owner ? question.owner : null;
  const Title = ui.page ? "h1" : "h2";
  const start = (event: Event) => {
    event.preventDefault();
    run(() => identify(ui.chat, { owner: false, name: name.trim() }));
  };
  return (
    <section class="nbc-question" aria-label={S.whoAreYou}>
      <Title class="nbc-title">{S.whoAreYou}</Title>
      <p class="nbc-quiet">{question.knew ? T.forgotten : T.whoHint}</p>
      {question.knew && !owner ? <p>{T.ownersWay}</p> : null}
      {owner ? (
        <button
          type="button"
          class="nbc-choice"
          disabled={busy}
          onClick={() => run(() => identify(ui.chat, { owner: true }))}
        >
          <Avatar id={owner.id} name={owner.name} />
          <span>
            <b>{T.ownerAgain(owner.name)}</b>
            <span class="nbc-quiet">{T.ownerHint}</span>
          </span>
        </button>
      ) : null}
      <form class="nbc-form" onSubmit={start}>
        <label>
          {owner ? T.somebodyNew : T.yourName}
          <input
            class="nbc-field"
            dir="auto"
            placeholder={owner ? T.yourName : ""}
            value={name}
            maxLength={NAME_CHARS}
            autoComplete="nickname"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <Problem text={error} />
        <button type="submit" class="nbc-button" disabled={busy || !name.trim()}>
          {T.start}
        </button>
      </form>
      {question.knew === "page" ? <Unsent ui={ui} /> : null}
    </section>
  );
}
