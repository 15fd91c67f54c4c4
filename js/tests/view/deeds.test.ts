/** "/me waves": what somebody does, wherever a message is shown; its text stays as it was written. */

import { expect, test, vi } from "vitest";
import { deedIn, toLine } from "../../src/view/markdown";
import { conversation, message, summary } from "../kit/chat";
import { drawn, stage } from "../kit/stage";
import { changes, rowOf, talk } from "../kit/talk";
import { NOW } from "../kit/team";
import { until } from "../kit/until";

/** A channel in which Bob waves: message 6, or what else he says. */
async function waving(text = "/me waves **twice**") {
  const chat = talk();
  changes(chat, 6, { text, mentions: [] });
  return stage(chat, "team");
}

test("only what begins with the command and says something is a deed", () => {
  expect(deedIn("/me waves\nand goes")).toBe("waves\nand goes");
  for (const text of ["/me", "/me ", "/mean", "say /me waves", " /me waves"]) expect(deedIn(text)).toBeUndefined();
  expect(toLine("/me waves **twice**")).toBe("waves twice");
});

test("it is drawn as one sentence with the author's name, Markdown and all", async () => {
  const shown = await waving();
  const deed = rowOf(shown, 6).querySelector(".nbc-deed");
  expect(deed?.textContent?.replace(/\s+/g, " ").trim()).toBe("Bob waves twice");
  expect(deed?.querySelector("strong")?.textContent).toBe("twice");
});

test("an edit makes it words, and a deed again", async () => {
  const shown = await waving();
  changes(shown.chat, 6, { text: "waves **twice**", mentions: [] });
  await drawn();
  expect(rowOf(shown, 6).querySelector(".nbc-deed")).toBeNull();
  expect(rowOf(shown, 6).querySelector(".nbc-text")?.textContent?.trim()).toBe("waves twice");
  changes(shown.chat, 6, { text: "/me waves", mentions: [] });
  await drawn();
  expect(rowOf(shown, 6).querySelector(".nbc-deed .nbc-text")?.textContent?.trim()).toBe("waves");
});

test("whoever edits an own one sees what they wrote", async () => {
  const chat = talk();
  changes(chat, 3, { text: "/me waves" });
  const shown = await stage(chat, "team");
  await shown.key(shown.find(".nbc-chat textarea"), "ArrowUp");
  await until(() => expect((shown.find(".nbc-editor textarea") as HTMLTextAreaElement).value).toBe("/me waves"));
});

test("the list says who does it, oneself by name as well", async () => {
  const chat = talk();
  const last = { seq: 12, author: "ada", name: "Ada", at: NOW, text: "/me **waves**", deleted: false };
  chat.has(conversation(summary("other", { last, title: "other" }), []));
  const shown = await stage(chat, "team");
  expect(shown.texts(".nbc-item-last")).toContain("Ada waves");
});

test("quotes, the clipboard and the spoken line say who does it", async () => {
  const written: string[] = [];
  const clipboard = { writeText: async (text: string) => void written.push(text) };
  vi.stubGlobal("navigator", { languages: ["en"], clipboard });
  const shown = await waving();
  changes(shown.chat, 8, { reply: 6 });
  await drawn();
  expect(rowOf(shown, 8).querySelector(".nbc-quote")?.textContent).toBe("Answers Bobwaves twice");
  rowOf(shown, 6).focus();
  await shown.key(rowOf(shown, 6), "c");
  await until(() => expect(written).toEqual(["Bob waves **twice**"]));
  shown.chat.arrives("team", message(13, "cy", "/me nods", { at: NOW }));
  await until(() => expect(shown.texts("[aria-live=polite]")).toEqual(["Cy nods"]));
});
