/** A channel in which everything was used once: Ada looks; Bob and Cy have written, answered, reacted and opened a thread. */

import type { Message } from "../../src/protocol/messages.gen";
import { conversation, message, type ScriptedChat, summary } from "./chat";
import { drawn, type Stage } from "./stage";
import { NOW, team } from "./team";

export const ROOT: Message = message(2, "bob", "who has numbers?", {
  at: NOW,
  pinned: "bob",
  reactions: [
    { emoji: "👍", users: ["ada", "cy"] },
    { emoji: "👀", users: ["cy"] },
  ],
  replies: { count: 2, last_seq: 12, last_at: NOW, users: ["cy", "ada"] },
});

export const ROWS: Message[] = [
  ROOT,
  message(3, "ada", "see **here**", { at: NOW, edited_at: NOW, reply: 2 }),
  message(4, "cy", "", { at: NOW, deleted: "cy" }),
  message(5, "bob", "", { at: NOW, deleted: "cy" }),
  message(6, "bob", "hello @Ada and @Cy, not `@Ada`", {
    at: NOW,
    mentions: [
      { user: "ada", word: "@Ada" },
      { user: "cy", word: "@Cy" },
    ],
  }),
  message(7, "cy", "look", {
    at: NOW,
    forwarded: { conversation: "other", seq: 4, author: "bob", name: "Bob", at: NOW, text: "the _original_" },
  }),
  message(8, "cy", "done", { at: NOW, reply: 4 }),
];

export const REPLIES: Message[] = [
  message(10, "cy", "I have", { at: NOW, thread: 2 }),
  message(12, "ada", "me too", { at: NOW, thread: 2 }),
];

/** The channel, with its thread loaded. */
export function talk(more: Partial<Parameters<typeof summary>[1]> = {}): ScriptedChat {
  const chat = team();
  const about = summary("team", { title: "ml-team", members: 3, read: 99, role: "member", ...more });
  const one = conversation(about, ROWS, {
    cursor: 12,
    ranges: [{ first: 1, last: 12, messages: ROWS, has_before: false, notices: [] }],
    threads: new Map([[2, [{ first: 2, last: 12, messages: [ROOT, ...REPLIES], has_before: false, notices: [] }]]]),
  });
  chat.has({ ...one, summary: { ...one.summary, last_seq: 12 } });
  return chat;
}

/** Changes one message of the channel, as an event does. */
export function changes(chat: ScriptedChat, seq: number, more: Partial<Message>): void {
  const known = chat.conversation("team");
  if (!known.value) throw new Error("The script has no channel.");
  const change = (one: Message) => (one.seq === seq ? { ...one, v: one.v + 100, ...more } : one);
  const ranges = known.value.ranges.map((range) => ({ ...range, messages: range.messages.map(change) }));
  known.value = { ...known.value, ranges };
}

/** The row of a message, in the conversation or in the pane beside it. */
export const rowOf = ({ find }: Stage, seq: number, within = ".nbc-chat"): HTMLElement =>
  find(`${within} [data-seq="${seq}"]`);

/** Commands of one kind that were asked for. */
export const askedFor = (chat: ScriptedChat, t: string): object[] =>
  chat.asked.flatMap(([method, what]) => (method === "ask" && (what as { t: string }).t === t ? [what as object] : []));

/** Presses a key in the row of a message that has the focus. */
export async function keyIn(shown: Stage, seq: number, key: string): Promise<void> {
  const row = rowOf(shown, seq);
  row.focus();
  await drawn();
  await shown.key(row, key);
}

/** Chooses an entry of the menu of a message, by how it begins. */
export async function choose(shown: Stage, seq: number, label: string): Promise<void> {
  await keyIn(shown, seq, "m");
  const item = shown.all(".nbc-pop [role=menuitem]").find((one) => one.textContent?.startsWith(label));
  if (!item) throw new Error(`The menu has no ${label}, only ${shown.texts(".nbc-pop [role=menuitem]").join(" | ")}`);
  item.click();
  await drawn();
}
