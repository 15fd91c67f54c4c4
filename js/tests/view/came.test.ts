/** Who brought one into a conversation: what the list asks the hub for that, and how often. */

import { expect, test } from "vitest";
import type { Summary } from "../../src/protocol/messages.gen";
import { type Answer, CONNECTED, person, ScriptedChat, summary } from "../kit/chat";
import { drawn, type Stage, stage } from "../kit/stage";
import { NOW } from "../kit/team";
import { until } from "../kit/until";

const last = { seq: 3, author: "bob", name: "Bob", at: NOW, text: "hello", deleted: false };

/** A page in which Ada was brought in. */
function page(author: string, seq: number): Answer {
  const joined = { t: "joined", seq, at: NOW, author, name: author, person: person("ada", "Ada") };
  return { t: "page", notices: [joined] } as unknown as Answer;
}

function scripted(rows: Record<string, Partial<Summary>>): ScriptedChat {
  const chat = new ScriptedChat();
  chat.conversations.value = Object.entries(rows).map(([id, more]) => summary(id, { last_seq: 9, ...more }));
  return chat;
}

/** All read, as by the press. */
function reads(chat: ScriptedChat, read: number): void {
  chat.conversations.value = chat.conversations.value.map((one) => ({ ...one, read }));
}

const asks = ({ asked }: ScriptedChat) => asked.filter(([, what]) => (what as { t?: string })?.t === "history").length;
const said = ({ texts }: Stage) => texts(".nbc-item-last");

test("a marker that rises above the last message because all was marked read is no news, and asks nothing", async () => {
  const chat = scripted({ a: { last, read: 3 }, b: { last, read: 5 } });
  chat.onAsk = ({ t }) => (t === "history" ? page("grace", 5) : undefined);
  const shown = await stage(chat);
  await until(() => expect(said(shown)).toContain("grace invited you"));
  reads(chat, 9);
  await drawn();
  expect(said(shown)).toEqual(["Bob: hello", "grace invited you"]);
  expect(asks(chat)).toBe(1);
});

test("a marker that was above the last message for that when one came asks once", async () => {
  const chat = scripted({ a: { last, read: 9 } });
  chat.onAsk = ({ t }) => (t === "history" ? page("grace", 2) : undefined);
  const shown = await stage(chat);
  await until(() => expect(asks(chat)).toBe(1));
  reads(chat, 11);
  await drawn();
  expect(said(shown)).toEqual(["Bob: hello"]);
  expect(asks(chat)).toBe(1);
});

test("a failed answer is asked for again", async () => {
  const chat = scripted({ a: { last, read: 5 } });
  let fails = true;
  chat.onAsk = ({ t }) => {
    if (t !== "history") return undefined;
    if (fails) throw new Error("cut off");
    return page("grace", 5);
  };
  const shown = await stage(chat);
  await until(() => expect(asks(chat)).toBe(1));
  fails = false;
  chat.connection.value = { ...CONNECTED, state: "connecting" };
  await drawn();
  chat.connection.value = CONNECTED;
  await until(() => expect(said(shown)).toEqual(["grace invited you"]));
});

test("who is brought in again is told by whom", async () => {
  const chat = scripted({ a: { last, read: 5 } });
  let who = "grace";
  chat.onAsk = ({ t }) => (t === "history" ? page(who, 5) : undefined);
  const shown = await stage(chat);
  await until(() => expect(said(shown)).toEqual(["grace invited you"]));
  const rows = chat.conversations.value;
  chat.conversations.value = [];
  await drawn();
  who = "linus";
  chat.conversations.value = rows;
  await until(() => expect(said(shown)).toEqual(["linus invited you"]));
});

test("a long list asks two at a time", async () => {
  const ids = ["a", "b", "c", "d", "e"];
  const chat = scripted(Object.fromEntries(ids.map((id) => [id, { last, read: 5 }])));
  const answer: (() => void)[] = [];
  const ask = chat.ask.bind(chat);
  chat.ask = async (command) => {
    const reply = await ask(command);
    if (command.t === "history") await new Promise<void>((go) => answer.push(go));
    return reply;
  };
  chat.onAsk = ({ t }) => (t === "history" ? page("grace", 5) : undefined);
  const shown = await stage(chat);
  await until(() => expect(answer).toHaveLength(2));
  await drawn();
  expect(asks(chat)).toBe(2);
  for (let count = 0; count < ids.length; count += 1) {
    await until(() => expect(answer.length).toBeGreaterThan(0));
    answer.shift()?.();
  }
  await until(() => expect(said(shown)).toEqual(ids.map(() => "grace invited you")));
});
