/** Who is taken out of a conversation is told by whom. */

import { expect, test } from "vitest";
import type { Left } from "../../src/protocol/messages.gen";
import { conversation, message, ScriptedChat, summary } from "../kit/chat";
import { drawn, stage } from "../kit/stage";

const left = (id: string, more: Partial<Left> = {}): Left => ({
  t: "left",
  conversation: id,
  seq: 9,
  at: 9,
  author: "bob",
  name: "Bob",
  user: "ada",
  banned: false,
  reason: "",
  ...more,
});

async function member() {
  const chat = new ScriptedChat();
  chat.people.value = new Map([["bob", "Bob"]]);
  for (const [id, title] of [
    ["c", "Plans"],
    ["d", "Lunch"],
  ] as const) {
    chat.has(conversation(summary(id, { title }), [message(2, "bob", "hi")]));
  }
  return { chat, view: await stage(chat, "c") };
}

const lines = (texts: (selector: string) => string[]) => texts(".nbc-removals .nbc-alert");

test("of the conversation that is open, and of others; until the line is closed", async () => {
  const { chat, view } = await member();
  expect(lines(view.texts)).toEqual([]);
  chat.removes("c", left("c"));
  chat.removes("d", left("d", { banned: true, reason: "spam" }));
  await drawn();
  expect(lines(view.texts)).toEqual([
    "Bob removed you from “Plans”.",
    "Bob banned you from “Lunch”. The reason: “spam”",
  ]);
  expect(view.ui.spoken.value).toBe("Bob banned you from “Lunch”. The reason: “spam”");
  await view.press("Close");
  expect(lines(view.texts)).toEqual(["Bob banned you from “Lunch”. The reason: “spam”"]);
});

test("a member again is told nothing of it, also not when they leave then", async () => {
  const { chat, view } = await member();
  chat.removes("d", left("d"));
  await drawn();
  expect(lines(view.texts)).toHaveLength(1);
  chat.has(conversation(summary("d", { title: "Lunch" }), []));
  await drawn();
  expect(lines(view.texts)).toEqual([]);
  chat.conversation("d").value = undefined;
  await drawn();
  expect(lines(view.texts)).toEqual([]);
});

test("who goes on looking at an open channel is told, too", async () => {
  const { chat, view } = await member();
  chat.removes("c", left("c"));
  chat.has(conversation(summary("c", { title: "Plans", kind: "channel", joined: false }), [message(2, "bob", "hi")]));
  await drawn();
  expect(lines(view.texts)).toEqual(["Bob removed you from “Plans”."]);
});
