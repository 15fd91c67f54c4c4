/** Bringing people into a conversation: by name, out of the directory, or by a link that ends by itself. */

import { useState } from "preact/hooks";
import { dropLink, findPeople, invite, links, makeLink, type Role } from "../client/actions";
import type { Conversation } from "../client/state";
import type { Invitation, Person } from "../protocol/messages.gen";
import { CopyButton } from "./copy-button";
import { Part, SearchField, Select, useAnswer } from "./form";
import { may } from "./may";
import { Problem, useAction } from "./panel";
import { PeopleChoice, toggled } from "./people-choice";
import { P } from "./people-strings";
import { T } from "./sheet-strings";
import { listOf } from "./strings";
import { fullTime } from "./time";
import type { Ui } from "./ui";

const QUERY_CHARS = 100;
const WEEK = 604_800;

interface Of {
  ui: Ui;
  conversation: Conversation;
}

function ByName({ ui, conversation }: Of) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Person[]>([]);
  const [done, setDone] = useState("");
  const { busy, error, run } = useAction(ui);
  const { found } = useAnswer(ui, () => findPeople(ui.chat, query.trim()), query);
  const others = found?.filter((person) => !conversation.members.includes(person.id));
  const go = (event: Event) => {
    event.preventDefault();
    const [first, ...rest] = chosen;
    if (!first) return;
    run(async () => {
      await invite(ui.chat, conversation.summary.id, [first.id, ...rest.map((one) => one.id)]);
      setDone(P.inviteDone(listOf(chosen.map((one) => one.name))));
      setChosen([]);
      setQuery("");
    });
  };
  return (
    <form class="nbc-form" onSubmit={go}>
      <h3>{P.byName}</h3>
      <SearchField label={T.findPeople} value={query} max={QUERY_CHARS} onValue={setQuery} />
      <PeopleChoice
        ui={ui}
        people={others ?? []}
        chosen={chosen}
        empty={others ? P.everybodyIsHere : ""}
        onToggle={(person) => setChosen(toggled(chosen, person))}
      />
      <Problem text={error} />
      <p class="nbc-quiet" role="status">
        {done}
      </p>
      {chosen.length ? (
        <button type="submit" class="nbc-button" disabled={busy}>
          {P.inviteThem(chosen.length)}
        </button>
      ) : null}
    </form>
  );
}

/** Seconds; 0: never. */
const LIVES = [3_600, 86_400, WEEK, 2_592_000, 0] as const;
const LINK_ROLES: readonly Role[] = ["member", "guest"];
const USES = [0, 1, 10, 100] as const;

/** The address that a link leads to; over the relay there is none, and the code is enough for who has the page. */
const addressOf = (ui: Ui, code: string): string =>
  ui.chat.pageUrl.value ? `${ui.chat.pageUrl.value}?invite=${encodeURIComponent(code)}` : code;

function LinkRow({ ui, link, drop, busy }: { ui: Ui; link: Invitation; drop: () => void; busy: boolean }) {
  const address = addressOf(ui, link.code);
  const words = [
    link.until === null ? P.linkStays : P.linkEnds(fullTime(link.until, ui.now.value)),
    link.uses === null ? "" : P.usesLeft(link.uses),
    link.role === "member" ? "" : P.roles[link.role],
  ];
  return (
    <li class="nbc-invitation">
      <input
        class="nbc-field"
        readOnly
        aria-label={P.link}
        value={address}
        dir="ltr"
        onFocus={(event) => event.currentTarget.select()}
      />
      <p class="nbc-quiet">{words.filter(Boolean).join(" · ")}</p>
      <div class="nbc-row-of-buttons">
        <CopyButton text={address} label={P.copyLink} />
        <button type="button" class="nbc-button nbc-plain nbc-small" disabled={busy} onClick={drop}>
          {P.withdraw}
        </button>
      </div>
    </li>
  );
}

function ByLink({ ui, conversation }: Of) {
  const { id } = conversation.summary;
  const [seconds, setSeconds] = useState<number>(WEEK);
  const [uses, setUses] = useState<number>(0);
  const [role, setRole] = useState<Role>("member");
  const { busy, error, run } = useAction(ui);
  const { found, error: listError, again } = useAnswer(ui, () => links(ui.chat, id));
  const make = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await makeLink(ui.chat, id, { seconds: seconds || null, uses: uses || null, role });
      again();
    });
  };
  const drop = (link: Invitation) => () =>
    run(async () => {
      await dropLink(ui.chat, id, link.code);
      again();
    });
  return (
    <Part title={P.byLink}>
      <p class="nbc-quiet">{P.linkHint}</p>
      <form class="nbc-form" onSubmit={make}>
        <div class="nbc-columns">
          <Select<number>
            label={P.expires}
            value={seconds}
            options={LIVES.map((one) => [one, P.lives[one]] as const)}
            onValue={setSeconds}
          />
          <Select<number>
            label={P.uses}
            value={uses}
            options={USES.map((one) => [one, P.useCounts[one]] as const)}
            onValue={setUses}
          />
          <Select
            label={P.joinAs}
            value={role}
            options={LINK_ROLES.map((one) => [one, P.roles[one]] as const)}
            onValue={setRole}
          />
        </div>
        <button type="submit" class="nbc-button nbc-plain" disabled={busy}>
          {P.makeLink}
        </button>
      </form>
      <Problem text={error || listError} />
      {found && !found.length ? <p class="nbc-quiet">{P.noLinks}</p> : null}
      <ul class="nbc-form">
        {found?.map((link) => (
          <LinkRow key={link.code} ui={ui} link={link} drop={drop(link)} busy={busy} />
        ))}
      </ul>
    </Part>
  );
}

export function Invite({ ui, conversation }: Of) {
  return (
    <>
      <ByName ui={ui} conversation={conversation} />
      {may("make_link", conversation.summary, ui.now.value) ? <ByLink ui={ui} conversation={conversation} /> : null}
    </>
  );
}
