/** Why messages wait although there is a connection: said where one writes, as well as at the first of them. */

import { expect, test } from "vitest";
import type { Pending } from "../../src/client/chat";
import { CONNECTED, pending } from "../kit/chat";
import { drawn, type Stage, stage } from "../kit/stage";
import { team } from "../kit/team";

const refused = (code: string, error: string): Partial<Pending> => ({ status: "waiting", code, error });
const FULL = refused("store_full", "The hub's disk is full: nothing was stored. Try again when there is room.");
const REPLACED = refused("store_replaced", "The data was replaced: nothing is stored until then. Its log says more.");
const queue = (first: Partial<Pending>): Pending[] => [
  pending("key-1", "team", "one", first),
  pending("key-2", "team", "two", { status: "waiting" }),
];
const said = ({ texts }: Stage) => texts(".nbc-foot [role=status]").filter(Boolean);

test.each([
  ["a full disk", FULL, "The hub's disk is full. Messages wait for room."],
  ["a replaced file", REPLACED, "The hub has to be started again. Messages wait."],
  ["a locked one", refused("store_failed", "No. Try again."), "The hub cannot store messages now. They wait."],
])("of %s the line above the composer says it, until the hub stores again", async (_, first, words) => {
  const chat = team();
  chat.pending("team").value = queue(first);
  const shown = await stage(chat, "team");
  expect(said(shown)).toEqual([words]);
  expect(shown.texts(".nbc-failure")).toEqual([expect.stringMatching(/\. It is sent again by itself\.$/)]);
  chat.pending("team").value = queue({ status: "sending" });
  await drawn();
  expect(said(shown)).toEqual([]);
  expect(shown.texts(".nbc-failure")).toEqual([]);
});

test("what failed for good, and what slow mode holds back, say so at the message only", async () => {
  const chat = team();
  chat.pending("team").value = queue({ status: "failed", code: "archived", error: "Archived." });
  const shown = await stage(chat, "team");
  expect(said(shown)).toEqual([]);
  chat.pending("team").value = queue(refused("slow_mode", "Slow mode."));
  await drawn();
  expect(said(shown)).toEqual([]);
});

test("without a connection it waits for that first", async () => {
  const chat = team();
  chat.pending("team").value = queue(FULL);
  chat.connection.value = { ...CONNECTED, state: "reconnecting" };
  expect(said(await stage(chat, "team"))).toEqual(["Messages wait for the connection."]);
});
