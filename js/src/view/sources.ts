/** Where suggestions come from: the members that are known here, the directory of the hub, the commands of the conversation, the emoji. */

import { findPeople, members } from "../client/actions";
import type { Conversation } from "../client/state";
import type { Person } from "../protocol/messages.gen";
import { EVERYBODY_MEMBERS } from "../protocol/tables.gen";
import { plain, type Query, rankOf, SUGGESTIONS, type Suggestion } from "./completion";
import { C } from "./compose-strings";
import { BUILT_IN, offered } from "./slash";
import type { Ui } from "./ui";

/** Sorted by how well they answer, then by name. */
function best(people: Person[], query: string): Person[] {
  return people
    .map((person) => ({ person, rank: rankOf(person.name, person.id, query) }))
    .filter((one): one is { person: Person; rank: number } => one.rank !== null)
    .sort((a, b) => a.rank - b.rank || a.person.name.localeCompare(b.person.name))
    .map(({ person }) => person);
}

/** By name where that means one person, else by id, as the hub resolves it. */
function wordFor(person: Person, among: Person[]): string {
  const same = among.filter(({ name }) => plain(name) === plain(person.name));
  return `@${same.length > 1 ? person.id : person.name}`;
}

function known(ui: Ui, conversation: Conversation): Person[] {
  return conversation.members.map(
    (id) => ui.chat.person(id) ?? { id, name: ui.chat.name(id), status: "", emoji: "", color: "", hide_seen: false },
  );
}

function suggest(person: Person, among: Person[], detail: string, online?: boolean): Suggestion {
  const insert = `${wordFor(person, among)} `;
  return {
    key: person.id,
    insert,
    label: person.name,
    detail,
    user: person.id,
    online,
    ...(person.emoji ? { glyph: person.emoji } : {}),
  };
}

/** `@all` and `@here`, where the hub lets this person mention everybody. */
function everybody({ summary }: Conversation, query: string): Suggestion[] {
  const may = summary.members <= EVERYBODY_MEMBERS || summary.role === "moderator" || summary.role === "owner";
  if (!may || summary.kind === "direct") return [];
  const both = [
    ["all", C.everybody],
    ["here", C.everybodyOnline],
  ] as const;
  return both
    .filter(([word]) => word.startsWith(plain(query)))
    .map(([word, detail]) => ({ key: `@${word}`, insert: `@${word} `, label: `@${word}`, detail }));
}

/** Members that this page knows, and everybody. */
export function peopleHere(ui: Ui, conversation: Conversation, query: string): Suggestion[] {
  const among = known(ui, conversation);
  const me = ui.chat.me.peek()?.id;
  // Nobody means themself, unless they say so.
  const order = best(among, query).sort((a, b) => (query ? 0 : Number(a.id === me) - Number(b.id === me)));
  const found = order.map((person) =>
    suggest(
      person,
      among,
      person.id === me ? C.you : person.status || person.id,
      conversation.presence.get(person.id)?.online,
    ),
  );
  return [...found, ...everybody(conversation, query)].slice(0, SUGGESTIONS);
}

/** Members of a large conversation, which only the hub lists, and people who are not members; what cannot be asked now is nobody. */
export async function peopleElsewhere(ui: Ui, conversation: Conversation, query: string): Promise<Suggestion[]> {
  const { id, members: count } = conversation.summary;
  const isListed = conversation.members.length >= count;
  const [here, there] = await Promise.all([
    isListed
      ? []
      : members(ui.chat, id, query).then(
          ({ members }) => members,
          () => [],
        ),
    query ? findPeople(ui.chat, query).catch(() => []) : [],
  ]);
  const inside = here.map(({ person, online }) =>
    suggest(
      person,
      here.map((one) => one.person),
      person.status || person.id,
      online,
    ),
  );
  const ids = new Set([...conversation.members, ...inside.map(({ key }) => key)]);
  // Ids, because a name means nobody where its owner is no member.
  const outside = there
    .filter((person) => !ids.has(person.id))
    .map((person) => ({ ...suggest(person, there, C.notHere), insert: `@${person.id} ` }));
  return [...inside, ...outside];
}

/** Commands of the view, and those that sessions answer here. */
export function commandsFor(ui: Ui, conversation: Conversation, { text }: Query): Suggestion[] {
  const own = BUILT_IN.map(({ name, help }) => ({ name, detail: C[help] }));
  const theirs = offered(conversation).map(({ name, help, user }) => ({
    name,
    detail: help || C.by(ui.chat.name(user)),
  }));
  return [...theirs, ...own]
    .filter(({ name }) => name.startsWith(text.toLowerCase()))
    .map(({ name, detail }) => ({ key: name, insert: `/${name} `, label: `/${name}`, detail }));
}

/** Emoji by name, once their chunk is here. */
export async function emojiFor(ui: Ui, { text }: Query): Promise<Suggestion[]> {
  const emoji = await ui.chunks.get("emoji");
  if (!emoji) return [];
  return emoji.search(text, SUGGESTIONS).map((one) => {
    const glyph = emoji.toned(one, emoji.toneNow());
    return {
      key: one.glyph,
      insert: `${glyph} `,
      label: `:${one.names[0]}:`,
      detail: one.names.slice(1, 3).join(", "),
      glyph,
    };
  });
}
