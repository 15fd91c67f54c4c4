/** Nobody is told of an open channel that others make: where the list of them is shown, it is asked for again when somebody looks. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ScriptedChat, summary } from "../kit/chat";
import { drawn, type Stage, stage } from "../kit/stage";
import { until } from "../kit/until";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const open = (id: string) => summary(id, { kind: "channel", joined: false });
const rows = ({ texts }: Stage) => texts(".nbc-channel bdi:first-child").filter(Boolean);

async function empty() {
  const chat = new ScriptedChat();
  const asks = () => chat.asked.filter(([, command]) => Object(command).t === "channels").length;
  const shown = await stage(chat);
  await until(() => expect(asks()).toBe(1));
  chat.channels = [open("ml-team")];
  return { asks, shown };
}

test.each([
  ["comes back to the window", () => window.dispatchEvent(new Event("focus"))],
  ["comes back to the page", () => document.dispatchEvent(new Event("visibilitychange"))],
  [
    "points at the list",
    ({ find }: Stage) => find(".nbc-welcome").dispatchEvent(new MouseEvent("pointerenter", { bubbles: false })),
  ],
])("when one %s, once", async (_, look) => {
  const { asks, shown } = await empty();
  look(shown);
  await drawn();
  expect(asks()).toBe(1); // it was asked for just now
  vi.setSystemTime(Date.now() + 4_000);
  look(shown);
  look(shown);
  await until(() => expect(rows(shown)).toEqual(["ml-team"]));
  expect(asks()).toBe(2);
});

test("while the page can be seen, now and then, and never behind another tab", async () => {
  const { asks, shown } = await empty();
  const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  vi.advanceTimersByTime(600_000);
  await drawn();
  expect(asks()).toBe(1);
  visibility.mockReturnValue("visible");
  vi.advanceTimersByTime(30_000);
  await until(() => expect(rows(shown)).toEqual(["ml-team"]));
  expect(asks()).toBe(2);
  shown.end();
  await drawn();
  vi.advanceTimersByTime(600_000);
  expect(asks()).toBe(2);
});

test("there is nothing to press that would move away: how to begin a conversation comes with what is open", async () => {
  const chat = new ScriptedChat();
  chat.channels = [open("ml-team")];
  let answers = () => {};
  const known = new Promise<void>((done) => {
    answers = done;
  });
  const ask = chat.ask.bind(chat);
  chat.ask = async (command) => {
    if (command.t === "channels") await known;
    return await ask(command);
  };
  const shown = await stage(chat);
  const pressed = () => shown.texts(".nbc-welcome button, .nbc-empty button");
  await until(() => expect(shown.texts(".nbc-welcome > p:first-child")).toEqual(["No conversations yet."]));
  expect(pressed()).toEqual([]);
  answers();
  await until(() => expect(pressed()).toEqual(["ml-team", "Join", "New conversation"]));
});

test("where the open channels cannot be asked for, how to begin one is there; before that, in the header", async () => {
  const alone = await stage(new ScriptedChat(), "", false, { get: async () => null });
  expect(alone.texts(".nbc-list .nbc-empty")).toEqual(["No conversations yet."]);
  expect(alone.all(".nbc-list button").map((one) => one.getAttribute("aria-label"))).toContain("New conversation");
  const chat = new ScriptedChat();
  chat.ask = () => Promise.reject(new Error("no answer"));
  const shown = await stage(chat);
  await until(() => expect(shown.texts(".nbc-welcome > button")).toEqual(["New conversation"]));
});

test("in the sheet of all channels, too", async () => {
  const { shown } = await empty();
  shown.ui.panel.value = "browse";
  await until(() => expect(shown.texts("[role=dialog] .nbc-channel bdi:first-child")).toContain("ml-team"));
  shown.chat.channels = [open("ml-team"), open("help")];
  vi.advanceTimersByTime(30_000);
  await until(() => expect(shown.texts("[role=dialog] .nbc-channel bdi:first-child")).toContain("help"));
});
