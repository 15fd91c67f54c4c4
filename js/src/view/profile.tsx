/** What others see of oneself: name, status, colour; whether they are told when one was here; and whom one blocks. */

import { useState } from "preact/hooks";
import { type Profile as Change, setProfile } from "../client/actions";
import type { Person } from "../protocol/messages.gen";
import { NAME_CHARS, PERSON_COLORS } from "../protocol/tables.gen";
import { Avatar, Face } from "./avatar";
import { EmojiField } from "./emoji-field";
import { Check, Part, TextField } from "./form";
import { Problem, useAction } from "./panel";
import { P } from "./people-strings";
import { isBlocked } from "./prefs";
import { T } from "./sheet-strings";
import type { Ui } from "./ui";
import { block } from "./wishes";

/** `SetProfile.status`'s most characters. */
const STATUS_CHARS = 100;

/** Emoji that many use beside their names; any other can be typed. */
const STATUSES = ["🎧", "📅", "🍽️", "🏠", "🌴", "🤒"];

function Colors({ person, value, onValue }: { person: Person; value: string; onValue: (value: string) => void }) {
  return (
    <fieldset class="nbc-colors">
      <legend>{P.color}</legend>
      {["", ...PERSON_COLORS].map((color) => (
        <label key={color} title={P.colors[color as keyof typeof P.colors]}>
          <input
            type="radio"
            name="color"
            class="nbc-hidden"
            checked={value === color}
            onChange={() => onValue(color)}
          />
          <Avatar id={person.id} name={person.name} color={color} />
          <span class="nbc-hidden">{P.colors[color as keyof typeof P.colors]}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What differs from what is known. */
function changeOf(was: Person, now: Person): Change {
  const change: Change = {};
  if (now.name.trim() !== was.name) change.name = now.name.trim();
  if (now.status.trim() !== was.status) change.status = now.status.trim();
  if (now.emoji !== was.emoji) change.emoji = now.emoji;
  if (now.color !== was.color) change.color = now.color;
  if (now.hide_seen !== was.hide_seen) change.hide_seen = now.hide_seen;
  return change;
}

function Blocked({ ui }: { ui: Ui }) {
  const users = [...ui.chat.own.value.keys()].filter((key) => key.startsWith("block:")).map((key) => key.slice(6));
  const blocked = users.filter((user) => isBlocked(ui.chat, user));
  return (
    <Part title={P.blockedPeople}>
      {blocked.length ? null : <p class="nbc-quiet">{P.nobodyBlocked}</p>}
      <ul class="nbc-people">
        {blocked.map((user) => (
          <li key={user} class="nbc-person">
            <Face chat={ui.chat} user={user} />
            <span class="nbc-cut">
              <bdi>{ui.chat.name(user)}</bdi>
            </span>
            <button
              type="button"
              class="nbc-button nbc-plain nbc-small"
              aria-label={`${P.unblock}: ${ui.chat.name(user)}`}
              onClick={() => block(ui.chat, user, false)}
            >
              {P.unblock}
            </button>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Profile({ ui, me }: { ui: Ui; me: Person }) {
  const [person, setPerson] = useState(me);
  const { busy, error, run } = useAction(ui);
  const set = (change: Partial<Person>) => setPerson({ ...person, ...change });
  const change = changeOf(me, person);
  const save = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await setProfile(ui.chat, change);
      ui.spoken.value = P.saved;
      if (ui.panel.peek() === "profile") ui.panel.value = null;
    });
  };
  return (
    <>
      <form class="nbc-form" onSubmit={save}>
        <TextField
          label={T.yourName}
          value={person.name}
          max={NAME_CHARS}
          hint={T.nameHint}
          onValue={(name) => set({ name })}
        />
        <TextField label={P.status} value={person.status} max={STATUS_CHARS} onValue={(status) => set({ status })} />
        <EmojiField
          ui={ui}
          label={P.statusEmoji}
          value={person.emoji}
          some={STATUSES}
          onValue={(emoji) => set({ emoji })}
        />
        <Colors person={person} value={person.color} onValue={(color) => set({ color })} />
        <Check
          label={P.hideSeen}
          hint={P.hideSeenHint}
          checked={person.hide_seen}
          onValue={(hide_seen) => set({ hide_seen })}
        />
        <Problem text={error} />
        <button
          type="submit"
          class="nbc-button"
          disabled={busy || !person.name.trim() || Object.keys(change).length === 0}
        >
          {T.save}
        </button>
      </form>
      <Blocked ui={ui} />
    </>
  );
}
