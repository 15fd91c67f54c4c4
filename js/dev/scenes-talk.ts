/** Scenes of messages and threads: what messages carry, the menu, editing, the pane beside, jumps. */

import type { AnyReply, Message } from "../src/protocol/messages.gen";
import { jump } from "../src/view/jump";
import type { Side } from "../src/view/talk-state";
import { K } from "../src/view/talk-strings";
import type { Ui } from "../src/view/ui";
import { message, pending, type ScriptedChat } from "../tests/kit/chat";
import {
  ADA,
  BARBARA,
  base,
  busyTexts,
  coming,
  DANA,
  EDSGER,
  frame,
  GRACE,
  ids,
  LINUS,
  MINUTE,
  messages,
  NOW,
  others,
  type Scene,
  team,
} from "./cast";

const ago = (minutes: number): number => NOW - minutes * MINUTE;

/** A morning in which everything was used once. */
const ROWS: Message[] = [
  message(2, BARBARA, "Freeze on Friday: who has numbers that are not in the table yet?", {
    at: ago(150),
    pinned: BARBARA,
    reactions: [
      { emoji: "👍", users: [ADA, GRACE, LINUS] },
      { emoji: "👀", users: [DANA] },
    ],
    replies: { count: 4, last_seq: 20, last_at: ago(10), users: [LINUS, GRACE, ADA] },
  }),
  message(
    3,
    GRACE,
    "@Ada can you rerun the baseline with the new split? @all please do not touch `runs/42` until then.",
    {
      at: ago(95),
      mentions: [
        { user: ADA, word: "@Ada" },
        { user: "@all", word: "@all" },
      ],
    },
  ),
  message(4, ADA, "On it. Seeds 1 to 3, then the held-out set.", { at: ago(92), reply: 3, edited_at: ago(91) }),
  message(5, LINUS, "", { at: ago(80), deleted: LINUS }),
  message(6, EDSGER, "", { at: ago(74), deleted: BARBARA }),
  message(7, DANA, "תודה! אני רואה את זה גם אצלי, ב-`runs/40`.", { at: ago(61), reply: 5 }),
  message(8, LINUS, "From the infra channel, this explains the second GPU:", {
    at: ago(52),
    forwarded: {
      conversation: "infra",
      seq: 812,
      author: EDSGER,
      name: "Edsger W. Dijkstra",
      at: ago(26 * 60),
      text: "Driver 550 halves the clock of **GPU 1** after a warm restart. Power-cycle the box, or stay on 535.",
    },
    reactions: [
      { emoji: "🎉", users: [GRACE, BARBARA, DANA, EDSGER, LINUS] },
      { emoji: "❤️", users: [ADA] },
      { emoji: "😂", users: [GRACE] },
    ],
  }),
  message(9, GRACE, "We keep the old driver until the freeze, then.", { at: ago(30), thread: 2, also: true }),
  message(10, GRACE, "@Linus could you pin that in #infra as well?", {
    at: ago(28),
    mentions: [{ user: LINUS, word: "@Linus" }],
  }),
  message(11, ADA, "seed 1: loss 0.117\nseed 2: loss 0.119\nseed 3: loss 0.118", {
    at: ago(14),
    via: "session",
    reactions: [{ emoji: "✅", users: [ADA, GRACE] }],
    replies: { count: 1, last_seq: 21, last_at: ago(6), users: [GRACE] },
  }),
  message(12, GRACE, "That is within noise. Good enough for the table.", { at: ago(5), reply: 11 }),
];

const REPLIES: Message[] = [
  message(13, LINUS, "Mine are in, except for the ablation without warm-up.", { at: ago(140), thread: 2 }),
  message(14, GRACE, "Those run until tonight. I can post a preliminary row.", {
    at: ago(120),
    thread: 2,
    reactions: [{ emoji: "🙏", users: [BARBARA] }],
  }),
  message(15, ADA, "Please do, and mark it as such.", { at: ago(118), thread: 2 }),
  message(16, GRACE, "We keep the old driver until the freeze, then.", { at: ago(30), thread: 2, also: true }),
  message(20, LINUS, "Then my numbers for GPU 1 have to go. I start them again now.", { at: ago(10), thread: 2 }),
];

function answer(chat: ScriptedChat): void {
  const page = { conversation: "team", epoch: "e1", as_of: 21, fixups: [], people: [] };
  chat.onAsk = (command) => {
    switch (command.t) {
      case "find_pins":
        return { t: "found", ...page, messages: [ROWS[0] as Message] };
      case "lookup":
        return { t: "found", ...page, messages: ROWS.filter((one) => command.seqs.includes(one.seq)) };
      case "find_mentions":
        return {
          t: "hits",
          hits: [
            { conversation: "team", message: ROWS[1] as Message },
            { conversation: "paper", message: PAPER },
          ],
          people: [],
          next: null,
        };
      case "find_versions":
        return { t: "versions", conversation: "team", message: 4, events: VERSIONS };
      default:
        return undefined;
    }
  };
}

const PAPER = message(31, BARBARA, "@Ada section 4 needs your plot.", {
  at: ago(300),
  mentions: [{ user: ADA, word: "@Ada" }],
});

const EVENT = { conversation: "team", author: ADA, name: "Ada", key: "versionkey", mentions: [] };
const VERSIONS: Extract<AnyReply, { t: "versions" }>["events"] = [
  {
    t: "posted",
    ...EVENT,
    seq: 4,
    at: ago(92),
    text: "On it. Seeds 1 to 2.",
    via: "page",
    reply: 3,
    thread: null,
    also: false,
    followers: [],
    forwarded: null,
  },
  {
    t: "edited",
    ...EVENT,
    seq: 22,
    at: ago(91),
    message: 4,
    text: "On it. Seeds 1 to 3, then the held-out set.",
    grown: false,
  },
];

function talk(): ScriptedChat {
  const chat = base();
  chat.conversations.value = others;
  const one = team(ROWS, {
    threads: new Map([
      [2, [{ first: 2, last: 21, messages: [ROWS[0] as Message, ...REPLIES], has_before: false, notices: [] }]],
    ]),
    thread_typing: new Map([[2, [LINUS]]]),
    cursor: 21,
    ranges: [{ first: 2, last: 21, messages: ROWS, has_before: false, notices: [] }],
  });
  chat.has({ ...one, summary: { ...one.summary, threads: [{ root: 2, read: 15, unread: 2 }], role: "owner" } });
  for (const key of ["saved:team/8", "saved:team/11"]) chat.setOwn(key, ago(3));
  answer(chat);
  return chat;
}

/** Waits for what a chunk brings. */
const found = (root: HTMLElement, selector: string): Promise<HTMLElement> =>
  coming(
    () => root.querySelector<HTMLElement>(selector),
    () => selector,
  );

/** Focuses the row of a message and presses keys there, as a person does. */
function keys(seq: number, pressed: string, then?: (root: HTMLElement) => Promise<void>) {
  return async (root: HTMLElement) => {
    const row = await found(root, `[data-seq="${seq}"]`);
    row.focus();
    await found(root, ".nbc-tools");
    for (const key of pressed === "" ? [] : [pressed]) {
      row.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
    await then?.(root);
  };
}

/** Opens the menu of a message and chooses an entry by its words. */
function choose(seq: number, label: () => string) {
  return keys(seq, "m", async (root) => {
    await found(root, ".nbc-pop");
    const items = [...root.querySelectorAll<HTMLElement>(".nbc-pop [role=menuitem]")];
    items.find((one) => one.textContent?.includes(label()))?.click();
    await frame();
  });
}

const shown = (act?: Scene["act"]): Scene => ({ chat: talk(), open: "team", ...(act ? { act } : {}) });

const ui = (): Ui => (globalThis as unknown as { ui: Ui }).ui;

/** Sets what the pane beside shows, as a button of the header does. */
const side = (value: Side) => () => {
  ui().talk.side.value = value;
};

/** Follows a link to a message. */
const target = (seq: number) => () => jump(ui(), "team", seq);

export const talkScenes: Record<string, () => Scene> = {
  talk: () => shown(),
  marks: () => shown(target(3)),
  tools: () => shown(keys(8, "")),
  actions: () => shown(keys(11, "m")),
  react: () => shown(keys(11, "+")),
  editing: () => shown(keys(4, "e")),
  deleting: () => shown(keys(11, "Delete")),
  versions: () => shown(choose(4, () => K.versions)),
  forwarding: () => shown(choose(8, () => K.forward)),
  reporting: () => shown(choose(10, () => K.report)),
  thread: () => shown(side({ kind: "thread", id: "team", root: 2 })),
  pinned: () => shown(side({ kind: "pins", id: "team" })),
  saved: () => shown(side({ kind: "saved" })),
  mentions: () => shown(side({ kind: "mentions" })),
  threads: () => shown(side({ kind: "threads" })),
  reactions: () => {
    const chat = talk();
    const all =
      "👍 ❤️ 😂 🎉 👀 ✅ 🙏 🚀 🔥 💯 🤔 😅 😮 😢 👏 🙌 💪 ☕ 🍕 🐛 🛠️ 📈 📉 🧪 🔁 ⏳ 📌 💡 🏁 🎯 🧠 🤖 🐍 📚 ✏️ 🔍 🗂️ 🧵 🌈 🦆".split(
        " ",
      );
    const reactions = all.map((emoji, at) => ({ emoji, users: ids.slice(at % 3, 1 + (at % 3) + (at % 4)) }));
    const many = [
      message(2, GRACE, "Shipped.", { at: ago(9), reactions }),
      message(3, ADA, "Party!", { at: ago(8), reactions }),
    ];
    chat.has(team(many));
    return { chat, open: "team" };
  },
  older: () => {
    const chat = talk();
    const known = chat.conversation("team").peek();
    const old = messages(busyTexts).map((one) => ({ ...one, seq: one.seq - 1000, at: one.at - 40 * 24 * 60 * MINUTE }));
    const range = { first: -998, last: -980, messages: old, has_before: true, notices: [] };
    if (known) chat.has({ ...known, ranges: [range, ...known.ranges] });
    return { chat, open: "team", act: target(-992) };
  },
  unsent: () => {
    const chat = talk();
    chat.pending("team").value = [
      pending("k1", "team", "And what about the ablation?", {
        reply: 2,
        at: ago(1),
        status: "failed",
        error: "You may not write here until 11:00.",
      }),
      pending("k2", "team", "See there.", { forward: ["team", 8], at: ago(1), status: "waiting" }),
    ];
    return { chat, open: "team" };
  },
};
