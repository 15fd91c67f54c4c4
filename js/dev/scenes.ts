/** The scenes of the harness: one state of the view each. Parts of the view have files of their own. */

import { conversation, message, summary } from "../tests/kit/chat";
import {
  ADA,
  base,
  busy,
  busyTexts,
  hardTexts,
  ids,
  MINUTE,
  messages,
  NOW,
  others,
  type Scene,
  statuses,
  team,
} from "./cast";
import { noticeScenes } from "./scenes-notices";
import { peopleScenes } from "./scenes-people";
import { talkScenes } from "./scenes-talk";
import { troubleScenes } from "./scenes-trouble";
import { writingScenes } from "./scenes-writing";

/** Each scene gives the chat, and what is open in it. */
export const scenes: Record<string, () => Scene> = {
  ...noticeScenes,
  ...peopleScenes,
  ...talkScenes,
  ...troubleScenes,
  ...writingScenes,
  busy: () => ({ chat: busy(), open: "team" }),
  none: () => {
    const chat = base();
    chat.channels = ["help-desk", "jobs", "random", "seminar"].map((title, n) =>
      summary(title, { kind: "channel", title, handle: title, members: 148 - 40 * n, joined: false }),
    );
    return { chat, open: "" };
  },
  empty: () => {
    const chat = base();
    chat.has(
      conversation(summary("new", { title: "Paper draft", members: 1, created_at: NOW }), [], {
        members: [ADA],
        online: 1,
        presence: statuses([ADA]),
      }),
    );
    return { chat, open: "new" };
  },
  unread: () => {
    const chat = busy();
    const one = team(messages(busyTexts));
    chat.has({ ...one, summary: { ...one.summary, read: 8, unread: 4 } });
    return { chat, open: "team" };
  },
  hard: () => {
    const chat = base();
    chat.conversations.value = others;
    chat.has(team(messages(hardTexts)));
    return { chat, open: "team" };
  },
  code: () => {
    const chat = base();
    chat.conversations.value = others;
    chat.has(
      team(
        messages([
          ...busyTexts.slice(7, 10),
          [ADA, "```ts\nconst wide = [1, 2, 3].map((each) => each * 2).filter((each) => each > 2).join(', ');\n```", 2],
        ]),
      ),
    );
    return { chat, open: "team" };
  },
  look: () => {
    const chat = base();
    const one = team(messages(busyTexts.slice(0, 4)), { receipts: false });
    chat.has({ ...one, summary: { ...one.summary, kind: "channel", joined: false } });
    return { chat, open: "team" };
  },
  long: () => {
    const chat = base();
    const rows = Array.from({ length: 1000 }, (_, index) =>
      message(index + 1, ids[index % 5] ?? ADA, `Message ${index}. ${"Words of it. ".repeat(index % 17)}`, {
        at: NOW - (1000 - index) * MINUTE * 3,
      }),
    );
    chat.has(team(rows));
    return { chat, open: "team" };
  },
};
