/** Scenes of people and conversations: the list in all its states, the menus, and every sheet about people, members and moderation. */

import type { Asked } from "../src/client/chat";
import type { Conversation } from "../src/client/state";
import type { AnyDurable, Invitation, Member, OwnRow, Person, Prefs, Summary } from "../src/protocol/messages.gen";
import { P } from "../src/view/people-strings";
import { T } from "../src/view/sheet-strings";
import { S } from "../src/view/strings";
import { type Answer, message, person, type ScriptedChat, SETTINGS, summary } from "../tests/kit/chat";
import {
  ADA,
  BARBARA,
  busy,
  busyTexts,
  DANA,
  DAY,
  EDSGER,
  GRACE,
  ids,
  LINUS,
  MINUTE,
  messages,
  type Name,
  NOW,
  others,
  PEOPLE,
  press,
  preview,
  type Scene,
  team,
} from "./cast";

const row = (key: string, value: OwnRow["value"]): [string, OwnRow] => [
  key,
  { key, value, v: 1, unread: null, mentions: null },
];
const prefs = (id: string, more: Partial<Prefs>) =>
  row(`prefs:${id}`, { level: "all", mute_until: null, star: false, order: null, ...more });

const PROFILES: Person[] = [
  person(GRACE, "Grace Hopper", { emoji: "🎧", status: "debugging the second GPU", color: "purple" }),
  person(LINUS, "Linus", { color: "teal" }),
  person(BARBARA, "Barbara Liskov", { emoji: "🌴", status: "away until Monday", color: "orange" }),
  person(DANA, "דנה כהן", { status: "בבדיקות", color: "pink" }),
  person(ADA, "Ada", { emoji: "🧮", status: "two more seeds", color: "blue" }),
];

/** The list of somebody who has used the chat for a while. */
function rows(): Summary[] {
  const [grace, desk, paper, linus, reading, dana, me] = others as [
    Summary,
    Summary,
    Summary,
    Summary,
    Summary,
    Summary,
    Summary,
  ];
  return [
    { ...grace, mentions: 1, online: true },
    {
      ...desk,
      last: preview(EDSGER, "**Restart** the kernel, then run `cell 1`: $\\frac{a}{b}$ was $5, not $6", 38),
      unread: 12,
      settings: { ...SETTINGS, topic: "Ask anything; search first" },
    },
    {
      ...paper,
      mentions: 2,
      unread: 4,
      threads: [{ root: 3, read: 5, unread: 2 }],
      settings: { ...SETTINGS, picture: "📄" },
    },
    { ...linus, online: false },
    { ...reading, unread: 31, last: { ...preview(BARBARA, "", 3 * DAY), deleted: true } as Summary["last"] },
    { ...dana, online: true },
    me,
    summary("old-1", {
      title: "GPU order 2024",
      members: 4,
      mentions: 2,
      settings: { ...SETTINGS, archived: true },
      last: preview(LINUS, "They arrived!", 300 * DAY),
    }),
    summary("old-2", {
      title: "Summer school",
      members: 61,
      settings: { ...SETTINGS, archived: true },
      last: preview(GRACE, "Slides are up", 500 * DAY),
    }),
  ];
}

function working(): ScriptedChat {
  const chat = busy();
  chat.conversations.value = rows();
  const one = team(messages(busyTexts));
  const settings = { ...SETTINGS, topic: "Baselines and warm-up runs; numbers go to the table", picture: "🧪" };
  chat.has({
    ...one,
    standings: new Map([
      [ADA, { user: ADA, role: "owner", muted: null }],
      [GRACE, { user: GRACE, role: "moderator", muted: null }],
      [DANA, { user: DANA, role: "guest", muted: NOW + 30 * MINUTE }],
    ]),
    summary: {
      ...one.summary,
      role: "owner",
      handle: "ml-team",
      kind: "channel",
      settings,
      created_at: NOW - 90 * DAY * MINUTE,
    },
  });
  chat.profiles.value = new Map(PROFILES.map((one) => [one.id, one]));
  chat.directory = ids.map((id, index) => chat.person(id) ?? person(id, PEOPLE[index] ?? id));
  chat.me.value = chat.person(ADA) ?? null;
  chat.own.value = new Map([
    prefs("team", { star: true, order: 0 }),
    prefs("paper", { star: true, order: 1 }),
    prefs("help-desk", { mute_until: 0 }),
    prefs("reading", { level: "none" }),
    row(`block:${EDSGER}`, NOW),
    row("reports:team", 1),
    row("draft:linus", "About **Monday**: could we start an hour later?"),
  ]);
  chat.channels = [
    { ...rows()[1], joined: true } as Summary,
    summary("jobs", {
      kind: "channel",
      title: "jobs",
      handle: "jobs",
      members: 31,
      joined: false,
      settings: { ...SETTINGS, topic: "Who has a GPU free, and until when", picture: "🛠️" },
    }),
    summary("random", { kind: "channel", title: "random", handle: "random", members: 212, joined: false }),
  ];
  chat.onAsk = answers;
  return chat;
}

const LINKS: Invitation[] = [
  { code: "Zk3vWq8XbN1c", conversation: "team", author: ADA, role: "member", until: NOW + 7 * DAY * MINUTE, uses: 9 },
  { code: "p0Lr7TtYd4Aa", conversation: "team", author: GRACE, role: "guest", until: null, uses: null },
];

const event = (seq: number, author: string, ago: number) => ({
  conversation: "team",
  seq,
  at: NOW - ago * MINUTE,
  author,
  name: PEOPLE[ids.indexOf(author)] ?? author,
});

const LOG: AnyDurable[] = [
  { t: "muted", ...event(19, GRACE, 40), user: DANA, until: NOW + 30 * MINUTE },
  {
    t: "deleted",
    ...event(18, GRACE, 41),
    message: 12,
    writer: EDSGER,
    thread: null,
    also: false,
    mentions: [],
    followers: [],
  },
  { t: "left", ...event(17, ADA, 3 * DAY), user: EDSGER, banned: true, reason: "advertising, again" },
  { t: "ranked", ...event(16, ADA, 9 * DAY), user: GRACE, role: "moderator" },
  {
    t: "described",
    ...event(15, GRACE, 10 * DAY),
    title: "ml-team",
    settings: { ...SETTINGS, slow: 30, topic: "Baselines and warm-up runs; numbers go to the table" },
    changed: ["topic", "slow"],
  },
];

function answers(command: Asked): Answer | undefined {
  switch (command.t) {
    case "find_invitation":
      return {
        t: "invited",
        conversation: "plans",
        kind: "group",
        title: "Paper deadlines",
        settings: { ...SETTINGS, picture: "📄", topic: "What is due, and who writes it" },
        members: 14,
        by: person(GRACE, "Grace Hopper"),
        role: "guest",
        joined: false,
      };
    case "find_links":
      return { t: "links", conversation: "team", links: LINKS };
    case "find_banned":
      return { t: "people", people: [person(EDSGER, "Edsger W. Dijkstra")], more: false };
    case "find_log":
      return { t: "log", conversation: "team", events: LOG, people: [], more: true };
    case "find_reports":
      return {
        t: "reports",
        conversation: "team",
        people: [],
        reports: [
          {
            id: 1,
            message: message(12, DANA, "Buy my course on prompt engineering, only today!", { at: NOW - 50 * MINUTE }),
            by: LINUS,
            at: NOW - 44 * MINUTE,
            reason: "The third time this week",
          },
        ],
      };
    case "find_members":
      return { t: "members", conversation: "large", members: MANY, more: true };
    default:
      return undefined;
  }
}

const MANY: Member[] = Array.from({ length: 40 }, (_, n) => ({
  person: person(`student${n}`, `Student ${n + 1}`, n % 9 ? {} : { emoji: "🎓" }),
  role: n === 3 ? "moderator" : "member",
  muted: null,
  online: n % 3 === 0,
  last_seen: NOW - n * 50 * MINUTE,
}));

/** A channel of which only counts are known. */
function large(): ScriptedChat {
  const chat = working();
  const one = team(messages(busyTexts), { members: [], presence: new Map(), online: 61 });
  chat.people.value = new Map([...chat.people.value, ...MANY.map(({ person }) => [person.id, person.name] as const)]);
  chat.has({ ...one, summary: { ...one.summary, id: "large", title: "Course: Machine learning 1", members: 412 } });
  return chat;
}

/** What one sees who is nobody special. */
function asMember(chat: ScriptedChat, more: Partial<Conversation["summary"]> = {}): ScriptedChat {
  const known = chat.conversation("team").peek();
  if (known) chat.has({ ...known, summary: { ...known.summary, role: "member", ...more } });
  return chat;
}

const menu = () => S.menu;
const tab = (which: keyof typeof P.tabs) => () => P.tabs[which];

const about = (chat: ScriptedChat, ...names: Name[]): Scene => ({
  chat,
  open: "team",
  act: press(menu, () => P.about, ...names),
});

/** Asks for the menu of a row of the list. */
const rowMenu = (title: string) => (root: HTMLElement) => {
  const item = [...root.querySelectorAll<HTMLElement>(".nbc-item")].find((one) => one.textContent?.includes(title));
  const box = item?.getBoundingClientRect();
  item?.focus();
  item?.dispatchEvent(
    new MouseEvent("contextmenu", {
      bubbles: true,
      cancelable: true,
      clientX: (box?.left ?? 0) + 60,
      clientY: (box?.top ?? 0) + 20,
    }),
  );
};

export const peopleScenes: Record<string, () => Scene> = {
  list: () => ({ chat: working(), open: "" }),
  topic: () => ({ chat: working(), open: "team" }),
  menu: () => ({ chat: working(), open: "team", act: press(menu) }),
  row: () => ({ chat: working(), open: "", act: rowMenu("Paper draft") }),
  data: () => {
    // The one thing here that a view asks a server; the harness has none.
    globalThis.fetch = async () =>
      Response.json({
        where: "/home/ada/.local/share/jupyter/nbchat/hub.sqlite3",
        backup: "nbchat backup --data /home/ada/.local/share/jupyter/nbchat",
        remove: "/home/ada/.local/share/jupyter/nbchat",
      });
    return { chat: busy(), open: "team", act: press(menu, () => T.whereIsTheData) };
  },
  people: () => ({ chat: working(), open: "", act: press(() => S.startOne) }),
  channels: () => ({
    chat: working(),
    open: "",
    act: press(
      () => S.startOne,
      () => T.channels,
    ),
  }),
  about: () => about(working()),
  member: () => about(asMember(working())),
  members: () => about(working(), tab("members")),
  large: () => ({ chat: large(), open: "large", act: press(menu, () => S.showMembers) }),
  invite: () => about(working(), tab("invite")),
  moderate: () => about(working(), () => `~${P.tabs.moderate}`),
  card: () => about(working(), tab("members"), "~Grace Hopper"),
  slow: () => {
    const chat = working();
    const one = team(messages([...busyTexts, [ADA, "And one more thing", 0]]), { typing: [], typing_count: 0 });
    chat.has({ ...one, summary: { ...one.summary, settings: { ...SETTINGS, slow: 30 } } });
    return { chat, open: "team" };
  },
  announcements: () => ({
    chat: asMember(working(), { settings: { ...SETTINGS, announcements: true } }),
    open: "team",
  }),
  redeem: () => {
    const chat = working();
    return { chat, open: "", act: (_, ui) => ui.show("redeem", "Zk3vWq8XbN1c") };
  },
  profile: () => ({ chat: working(), open: "team", act: press(menu, () => P.profile) }),
  ban: () => about(working(), tab("members"), "~Linus", () => P.removeFrom("ml-team")),
  leave: () => ({ chat: working(), open: "team", act: press(menu, () => T.leaveIt) }),
};
