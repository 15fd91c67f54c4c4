import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Model } from "../../src/client/model";
import { debugging, masked, trace } from "../../src/view/trace";
import { row, ScriptedHub, settle } from "../client/scripted";

const WORDS = "a-word-that-somebody-wrote";
let until: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  until = new AbortController();
});

afterEach(() => {
  until.abort();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What the console was told while somebody wrote. */
async function shown(): Promise<string> {
  const told = vi.spyOn(console, "debug").mockImplementation(() => {});
  const hub = new ScriptedHub();
  hub.rows = [row("room")];
  const chat = new Model(hub.client(localStorage, until.signal), until.signal);
  await settle();
  trace(chat, until.signal);
  trace(chat, until.signal);
  chat.send("room", WORDS);
  await settle();
  return told.mock.calls.map((words) => words.join(" ")).join("\n");
}

test("off, nothing is shown", async () => {
  expect(await shown()).toBe("");
});

test("on, frames and state are shown once, without texts", async () => {
  localStorage.setItem("nbchat.debug", "1");
  const said = await shown();
  expect(said.match(/-> \{"t":"post"/g)).toHaveLength(1);
  expect(said).toContain("nbchat <- ");
  expect(said).toContain("nbchat -- connected");
  expect(said).not.toContain(WORDS);
});

test("texts are shown where they are asked for", async () => {
  localStorage.setItem("nbchat.debug", "texts");
  expect(await shown()).toContain(WORDS);
});

test("the address asks before the storage does", () => {
  localStorage.setItem("nbchat.debug", "texts");
  expect(debugging("?debug", localStorage)).toEqual({ texts: false });
  expect(debugging("?debug=0", localStorage)).toBeNull();
  expect(debugging("", localStorage)).toEqual({ texts: true });
  expect(debugging("", null)).toBeNull();
});

test("codes of errors are shown, and those of invitations are not", () => {
  expect(masked({ t: "error", code: "slow", text: "Too much" })).toEqual({ t: "error", code: "slow", text: "<8>" });
  expect(masked([{ t: "links", links: [{ code: "abcd", uses: 3 }] }])).toEqual([
    { t: "links", links: [{ code: "<4>", uses: 3 }] },
  ]);
});
