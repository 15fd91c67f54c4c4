/** "Who are you?": asked once of a browser that the server does not know. */

import { useEffect, useState } from "preact/hooks";
import { identify } from "../client/answers";
import type { Question } from "../client/chat";
import type { Person } from "../protocol/messages.gen";
import { NAME_CHARS } from "../protocol/tables.gen";
import { Avatar } from "./avatar";
import { Problem, useAction } from "./panel";
import { T } from "./sheet-strings";
import { S } from "./strings";
import { useLasting } from "./typing";
import type { Ui } from "./ui";
import { Unsent } from "./unsent";

/** After which people are told why they still wait, ms: longer than the answer itself may take (util/http.ts). */
const SLOW_AFTER = 6_000;

type Answer = "owner" | "new";

/** The answer that is on its way, or was taken by a server whose hub has not let in yet; null: none, or it was not taken. */
function useTelling(ui: Ui, question: Question) {
  const [told, setTold] = useState<Answer | null>(null);
  const { error, run } = useAction(ui, false);
  // Asked anew.
  useEffect(() => setTold(null), [question]);
  const answer = (as: Answer, name = "") => {
    setTold(as);
    const failed = (problem: unknown) => {
      setTold(null);
      throw problem;
    };
    run(() => identify(ui.chat, as === "owner" ? { owner: true } : { owner: false, name }).catch(failed));
  };
  return { told, error, answer };
}

/** Why one is asked; in its place, so that nothing moves, why it takes so long: in the words of the connection bar, where that has some. */
function Why({ ui, waits, why }: { ui: Ui; waits: boolean; why: string }) {
  const isSlow = useLasting(waits, SLOW_AFTER);
  const { note } = ui.chat.connection.value;
  return (
    <p class="nbc-quiet" role="status">
      {isSlow ? `${S.notes[note] || T.slow} ${T.nameLater}` : why}
    </p>
  );
}

function Owner({ owner, told, onChoose }: { owner: Person; told: Answer | null; onChoose: () => void }) {
  return (
    <button type="button" class="nbc-choice" disabled={told !== null} onClick={onChoose}>
      <Avatar id={owner.id} name={owner.name} />
      <span>
        <b>{T.ownerAgain(owner.name)}</b>
        <span class="nbc-quiet">{told === "owner" ? S.connecting : T.ownerHint}</span>
      </span>
    </button>
  );
}

export function WhoAreYou({ ui, question }: { ui: Ui; question: Question }) {
  const [name, setName] = useState("");
  const { told, error, answer } = useTelling(ui, question);
  const owner = question.may_be_owner ? question.owner : null;
  const Title = ui.page ? "h1" : "h2";
  const isOff = told !== null || !name.trim();
  const start = (event: Event) => {
    event.preventDefault();
    if (!isOff) answer("new", name.trim());
  };
  return (
    <section class="nbc-question" aria-label={S.whoAreYou}>
      <Title class="nbc-title">{S.whoAreYou}</Title>
      <Why ui={ui} waits={told !== null} why={question.knew ? T.forgotten : T.whoHint} />
      {question.knew && !owner ? <p>{T.ownersWay}</p> : null}
      {owner ? <Owner owner={owner} told={told} onChoose={() => answer("owner")} /> : null}
      <form class="nbc-form" onSubmit={start}>
        <label>
          {owner ? T.somebodyNew : T.yourName}
          <input
            class="nbc-field"
            dir="auto"
            placeholder={owner ? T.yourName : ""}
            value={name}
            maxLength={NAME_CHARS}
            readOnly={told !== null}
            autoComplete="nickname"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <Problem text={error} />
        <button type="submit" class="nbc-button" disabled={isOff}>
          {told === "new" ? S.connecting : T.start}
        </button>
      </form>
      {question.knew === "page" ? <Unsent ui={ui} /> : null}
    </section>
  );
}
