/** Scenes of what happened to a conversation: who came and went, another topic, what is about oneself. */

import type { AnyDurable, Described, Settings } from "../src/protocol/messages.gen";
import { message, person, SETTINGS } from "../tests/kit/chat";
import {
  ADA,
  BARBARA,
  base,
  busy,
  busyTexts,
  DANA,
  EDSGER,
  GRACE,
  ids,
  LINUS,
  MINUTE,
  NOW,
  others,
  PEOPLE,
  type Scene,
  team,
} from "./cast";

const nameOf = (id: string): string => PEOPLE[ids.indexOf(id)] ?? id;
const at = (seq: number, author: string, ago: number) => ({
  conversation: "team",
  seq,
  at: NOW - ago * MINUTE,
  author,
  name: nameOf(author),
});
const joined = (seq: number, id: string, ago: number, by = id): AnyDurable => ({
  t: "joined",
  ...at(seq, by, ago),
  person: person(id, nameOf(id)),
  role: "member",
  muted: null,
});
const described = (
  seq: number,
  ago: number,
  changed: Described["changed"],
  settings: Partial<Settings>,
): AnyDurable => ({
  t: "described",
  ...at(seq, GRACE, ago),
  title: "ml-team",
  settings: { ...SETTINGS, ...settings },
  changed,
});

/** Short ones, so that all is on one screen. */
const TEXTS = busyTexts.filter(([, text]) => text.length < 90);

/** Their places are those between the messages, which have ten times their number as seq, the first 10. */
const NOTICES: AnyDurable[] = [
  described(11, 60 * 25 - 1, ["topic"], { topic: "The runs of the spring paper, and who looks at them when" }),
  joined(32, LINUS, 120),
  joined(33, BARBARA, 118),
  joined(34, DANA, 117),
  joined(35, EDSGER, 116),
  joined(36, "kim", 115),
  { t: "pinned", ...at(61, BARBARA, 61), message: 50, on: true },
  { t: "ranked", ...at(62, GRACE, 60), user: ADA, role: "moderator" },
  described(63, 46, ["slow"], { slow: 30 }),
  { t: "left", ...at(81, GRACE, 10), user: EDSGER, banned: false, reason: "changed to the other team" },
  { t: "left", ...at(91, DANA, 3), user: DANA, banned: false, reason: "" },
];

export const noticeScenes: Record<string, () => Scene> = {
  notices: () => {
    const chat = base();
    chat.people.value = new Map(chat.people.value).set("kim", "Kim");
    const rows = TEXTS.map(([author, text, ago, via], index) =>
      message(10 * (index + 1), author, text, { at: NOW - ago * MINUTE, via: via ?? "page" }),
    );
    chat.conversations.value = others;
    const range = { first: 1, last: 91, messages: rows, has_before: false, notices: NOTICES };
    chat.has(team(rows, { ranges: [range], cursor: 91 }));
    return { chat, open: "team" };
  },
  removed: () => {
    const chat = busy();
    chat.absent.add("team");
    const act = () => {
      chat.removes("team", { t: "left", ...at(99, GRACE, 1), user: ADA, banned: false, reason: "" });
      const more = { banned: true, reason: "the draft is only for its authors" };
      chat.removes("paper", { t: "left", ...at(99, BARBARA, 1), user: ADA, ...more });
    };
    return { chat, open: "team", act };
  },
};
