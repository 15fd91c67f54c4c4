/** Choosing several people out of what was found; those that were chosen stay in sight. */

import type { Person } from "../protocol/messages.gen";
import { Avatar } from "./avatar";
import { Icon } from "./icons";
import type { Ui } from "./ui";
import { walk } from "./walk";

/** The choice with this person, or without, if they were in it. */
export function toggled(chosen: Person[], person: Person): Person[] {
  const others = chosen.filter((one) => one.id !== person.id);
  return others.length < chosen.length ? others : [...chosen, person];
}

export interface PeopleChoiceProps {
  ui: Ui;
  people: Person[];
  chosen: Person[];
  /** What to say where nobody was found; empty: nothing yet. */
  empty: string;
  onToggle: (person: Person) => void;
}

export function PeopleChoice({ ui, people, chosen, empty, onToggle }: PeopleChoiceProps) {
  const isChosen = (person: Person) => chosen.some((one) => one.id === person.id);
  const found = people.filter((person) => person.id !== ui.chat.me.value?.id);
  const rows = [...chosen.filter((one) => !found.some((person) => person.id === one.id)), ...found];
  return (
    <>
      {!rows.length && empty ? <p class="nbc-quiet">{empty}</p> : null}
      <ul
        class="nbc-people nbc-choose"
        onKeyDown={(event) => walk(event, event.currentTarget as HTMLElement, ".nbc-person")}
      >
        {rows.map((person, at) => (
          <li key={person.id}>
            <button
              type="button"
              class="nbc-person"
              aria-pressed={isChosen(person)}
              tabIndex={at === 0 ? 0 : -1}
              onClick={() => onToggle(person)}
            >
              <Avatar id={person.id} name={person.name} color={person.color} />
              <span class="nbc-cut">
                <bdi>{person.name}</bdi>
                {person.emoji ? ` ${person.emoji}` : ""}
                <span class="nbc-quiet">
                  {" "}
                  <bdi>@{person.id}</bdi>
                </span>
              </span>
              {isChosen(person) ? <Icon name="one" /> : null}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
