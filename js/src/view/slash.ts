/**
 * The slash commands of the view itself. What a session offers (`@chat.command`) is no business of this module: such a command is sent as an ordinary
 * message, which everybody sees, and its session answers. It never comes before one of these: `/msg` must stay between two people whoever offers one.
 */

import { describe, findPeople, invite, openNamed, setProfile } from "../client/actions";
import { ChatError } from "../client/chat";
import type { Conversation } from "../client/state";
import type { Offered, Person } from "../protocol/messages.gen";
import type { VIEW_COMMANDS } from "../protocol/tables.gen";
import { plain } from "./completion";
import { C } from "./compose-strings";
import { prefsOf } from "./prefs";
import { listOf } from "./strings";
import type { Ui } from "./ui";

/** What comes of a command: a text to send as a message, or something to say to the person; neither: it is done. */
export interface Outcome {
  /** Only where nobody is asked first. */
  send?: string;
  say?: string;
  /** Show the help. */
  help?: boolean;
}

interface Context {
  ui: Ui;
  conversation: Conversation;
  /** What stands behind the name. */
  rest: string;
}

export interface BuiltIn {
  /** Nobody can offer these names to the hub. */
  name: (typeof VIEW_COMMANDS)[number];
  /** Key of its help in compose-strings. */
  help: "topic" | "rename" | "invite" | "leave" | "mute" | "status" | "me" | "shrug" | "msg" | "join" | "helpCommand";
  /** Means nothing without something behind it. */
  needs?: true;
  run(context: Context): Outcome | Promise<Outcome>;
}

/** As Markdown shows it: the arm and the underscores are signs of its own. */
const SHRUG = "¯\\\\\\_(ツ)\\_/¯";
/** An emoji and what comes behind it. */
const LEADING_EMOJI =
  /^(\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic})*)\s*(.*)$/su;

/** One person by name or id, with or without the @. */
async function find(ui: Ui, written: string): Promise<Person> {
  const name = written.replace(/^@/, "").trim();
  const found = (await findPeople(ui.chat, name)).filter((one) => one.id === name || plain(one.name) === plain(name));
  const exact = found.find((one) => one.id === name) ?? found[0];
  if (!exact) throw new ChatError("unknown_person", C.nobody(name));
  if (found.length > 1 && exact.id !== name) throw new ChatError("several", C.several(name));
  return exact;
}

/** `@ada, @Grace Hopper` */
const namesIn = (rest: string): string[] => rest.split(/\s*,\s*|\s+(?=@)/).filter((one) => one.replace("@", "").trim());

async function write({ ui, rest }: Context): Promise<Outcome> {
  const [, who = "", text = ""] = /^(@?\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  // The longest name that somebody has: names may have several words.
  const words = rest.split(/\s+/);
  for (let n = Math.min(words.length, 4); n > 1; n--) {
    const long = words.slice(0, n).join(" ");
    const person = await find(ui, long).catch(() => null);
    if (person) return writeTo(ui, person, rest.slice(rest.indexOf(words[n - 1] ?? "") + (words[n - 1]?.length ?? 0)));
  }
  return writeTo(ui, await find(ui, who), text);
}

async function writeTo(ui: Ui, person: Person, text: string): Promise<Outcome> {
  const id = await openNamed(ui.chat, `@${person.id}`);
  if (text.trim()) ui.chat.send(id, text.trim());
  ui.choose(id);
  return {};
}

async function inviteAll({ ui, conversation, rest }: Context): Promise<Outcome> {
  const people = await Promise.all(namesIn(rest).map((name) => find(ui, name)));
  const [first, ...others] = people.map(({ id }) => id);
  if (first) await invite(ui.chat, conversation.summary.id, [first, ...others]);
  return { say: C.invited(listOf(people.map(({ name }) => name))) };
}

async function setStatus({ ui, rest }: Context): Promise<Outcome> {
  const [, emoji = "", status = rest] = LEADING_EMOJI.exec(rest) ?? [];
  await setProfile(ui.chat, { emoji, status });
  return { say: rest ? C.statusSet : C.statusCleared };
}

function toggleMute({ ui, conversation }: Context): Outcome {
  const { id } = conversation.summary;
  const prefs = prefsOf(ui.chat, id);
  const mute_until = prefs.mute_until === null ? 0 : null;
  ui.chat.setOwn(`prefs:${id}`, { ...prefs, mute_until });
  return { say: mute_until === null ? C.unmuted : C.muted };
}

async function openChannel({ ui, rest }: Context): Promise<Outcome> {
  ui.choose(await openNamed(ui.chat, rest.replace(/^#/, ""), false));
  return {};
}

const described =
  (change: "title" | "topic") =>
  async ({ ui, conversation, rest }: Context) => {
    await describe(ui.chat, conversation.summary.id, { [change]: rest });
    return {};
  };

export const BUILT_IN: readonly BuiltIn[] = [
  { name: "help", help: "helpCommand", run: () => ({ help: true }) },
  { name: "invite", help: "invite", needs: true, run: inviteAll },
  { name: "join", help: "join", needs: true, run: openChannel },
  {
    name: "leave",
    help: "leave",
    run: ({ ui, conversation }) => {
      ui.show("leave", conversation.summary.id);
      return {};
    },
  },
  { name: "me", help: "me", needs: true, run: ({ rest }) => ({ send: `/me ${rest}` }) },
  { name: "msg", help: "msg", needs: true, run: write },
  { name: "mute", help: "mute", run: toggleMute },
  { name: "rename", help: "rename", needs: true, run: described("title") },
  { name: "shrug", help: "shrug", run: ({ rest }) => ({ send: `${rest} ${SHRUG}`.trim() }) },
  { name: "status", help: "status", run: setStatus },
  { name: "topic", help: "topic", run: described("topic") },
];

/** What is offered under names that the view does not use itself. */
export const offered = ({ commands }: Conversation): Offered[] =>
  commands.filter(({ name }) => !BUILT_IN.some((one) => one.name === name.toLowerCase()));

export interface Typed {
  name: string;
  rest: string;
}

/** The command that a text is; null: none. "/usr/bin", "//" and "/ " are no commands. */
export function commandIn(text: string): Typed | null {
  const found = /^\/([a-z][\w-]*)(?:\s+([\s\S]*))?$/i.exec(text.trim());
  return found ? { name: (found[1] ?? "").toLowerCase(), rest: (found[2] ?? "").trim() } : null;
}

/** Runs a command of the view. Throws, or rejects with, a ChatError whose text is for people. */
export function run(command: BuiltIn, ui: Ui, conversation: Conversation, rest: string): Outcome | Promise<Outcome> {
  if (command.needs && !rest) throw new ChatError("bad_command", C.needs(command.name));
  return command.run({ ui, conversation, rest });
}
