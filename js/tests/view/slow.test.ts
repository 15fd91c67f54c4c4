/** Slow mode at the composer: the rule, and how long until the next message may go. */

import { afterEach, expect, test, vi } from "vitest";
import type { Summary } from "../../src/protocol/messages.gen";
import { message, type ScriptedChat, SETTINGS } from "../kit/chat";
import { as } from "../kit/sheets";
import { drawn, type Stage, stage } from "../kit/stage";

afterEach(() => void vi.useRealTimers());

const slowly = (role: NonNullable<Summary["role"]>, slow = 30): ScriptedChat =>
  as(role, { settings: { ...SETTINGS, slow } });
const said = ({ texts }: Stage) => texts(".nbc-slow");

/** The team's own messages are as old as this, ms. */
function wrote(chat: ScriptedChat, ago: number): void {
  const known = chat.conversation("team").peek();
  const messages = [message(2, "bob", "hello", { at: Date.now() }), message(3, "ada", "hi", { at: Date.now() - ago })];
  const [range] = known?.ranges ?? [];
  if (known && range) chat.has({ ...known, ranges: [{ ...range, messages }] });
}

test("the rule is said to whom it holds for", async () => {
  const chat = slowly("member");
  wrote(chat, 60_000);
  expect(said(await stage(chat, "team"))).toEqual(["Slow mode: one message every 30 seconds"]);
  expect(said(await stage(slowly("moderator"), "team"))).toEqual([]);
  expect(said(await stage(slowly("member", 0), "team"))).toEqual([]);
});

test("after an own message it counts down, and then says the rule again", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  const chat = slowly("member");
  wrote(chat, 10_000);
  const shown = await stage(chat, "team");
  expect(said(shown)).toEqual(["Slow mode: the next message in 20 seconds"]);
  vi.advanceTimersByTime(5_000);
  await drawn();
  expect(said(shown)).toEqual(["Slow mode: the next message in 15 seconds"]);
  vi.advanceTimersByTime(16_000);
  await drawn();
  expect(said(shown)).toEqual(["Slow mode: one message every 30 seconds"]);
});

test("long waits are in minutes", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  const chat = slowly("member", 3_600);
  wrote(chat, 1_000);
  expect(said(await stage(chat, "team"))).toEqual(["Slow mode: the next message in 1 hour"]);
});

test("where the hub's clock was set back, one waits from now on, and not until that time has come", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  const chat = slowly("member");
  wrote(chat, -3_600_000);
  const shown = await stage(chat, "team");
  expect(said(shown)).toEqual(["Slow mode: the next message in 30 seconds"]);
  vi.advanceTimersByTime(10_000);
  await drawn();
  expect(said(shown)).toEqual(["Slow mode: the next message in 20 seconds"]);
  vi.advanceTimersByTime(21_000);
  await drawn();
  expect(said(shown)).toEqual(["Slow mode: one message every 30 seconds"]);
});
