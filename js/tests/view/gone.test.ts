/** Nothing is left of a text that was deleted, wherever it stood; and nothing is heard of people who are blocked. */

import { Lexer } from "marked";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { AnyDurable, Reported } from "../../src/protocol/messages.gen";
import { forget, toNodes } from "../../src/view/markdown";
import { message } from "../kit/chat";
import { drawn, type Stage, stage } from "../kit/stage";
import { changes, rowOf, talk } from "../kit/talk";
import { NOW } from "../kit/team";
import { until } from "../kit/until";

beforeEach(() => localStorage.clear());

const GONE = { text: "", deleted: "bob" };

const field = ({ find }: Stage) => find("[data-seq='3'] textarea") as HTMLTextAreaElement;

/** Opens Ada's message for editing and, if it is said, types another text. */
async function edits(shown: Stage, text?: string): Promise<void> {
  const row = rowOf(shown, 3);
  row.focus();
  await drawn();
  await shown.key(row, "e");
  await until(() => expect(shown.all(".nbc-editor")).toHaveLength(1));
  if (text === undefined) return;
  field(shown).value = text;
  field(shown).dispatchEvent(new InputEvent("input", { bubbles: true }));
}

describe("what was typed over a message and not saved", () => {
  test("is there again, also when somebody has reacted since", async () => {
    await edits(await stage(talk(), "team"), "see **there**");
    const chat = talk();
    changes(chat, 3, { reactions: [{ emoji: "👍", users: ["cy"] }] });
    const again = await stage(chat, "team");
    await edits(again);
    expect(field(again).value).toBe("see **there**");
  });

  test.each([
    ["was edited elsewhere", { text: "see below", edited_at: NOW + 1 }, "e1"],
    ["is of another store", { text: "see below" }, "e2"],
  ])("does not take the place of a text that %s", async (_, more, epoch) => {
    await edits(await stage(talk(), "team"), "see **there**");
    const chat = talk({ epoch });
    changes(chat, 3, more);
    const again = await stage(chat, "team");
    await edits(again);
    expect(field(again).value).toBe("see below");
  });

  test("is not kept for ever, nor what earlier versions have kept", async () => {
    const at = Date.now() - 8 * 24 * 3_600_000;
    localStorage.setItem("nbchat:edit:ada/team/3", "from before");
    localStorage.setItem("nbchat:edit:ada/team/e1/3", JSON.stringify({ text: "old", edited_at: NOW, at }));
    localStorage.setItem("nbchat:edit:ada/team/e1/6", JSON.stringify({ text: "new", edited_at: null, at: Date.now() }));
    await stage(talk(), "team");
    expect(Object.keys(localStorage).filter((key) => key.startsWith("nbchat:edit:"))).toEqual([
      "nbchat:edit:ada/team/e1/6",
    ]);
  });
});

describe("a deleted text is gone from", () => {
  test("the list of mentions", async () => {
    const chat = talk();
    const hit = { conversation: "team", message: message(6, "bob", "hello @Ada SECRET") };
    chat.onAsk = ({ t }) => (t === "find_mentions" ? { t: "hits", hits: [hit], people: [], next: null } : undefined);
    changes(chat, 6, { text: "hello @Ada SECRET" });
    const shown = await stage(chat, "team");
    shown.ui.talk.side.value = { kind: "mentions" };
    await until(() => expect(shown.texts(".nbc-hit-text")).toEqual(["hello @Ada SECRET"]));
    changes(chat, 6, GONE);
    await until(() => expect(shown.texts(".nbc-hit-text")).toEqual(["Deleted"]));
  });

  test("its versions, which close", async () => {
    const chat = talk();
    const about = { conversation: "team", author: "ada", name: "Ada", key: "k", mentions: [], at: NOW };
    const events = [{ t: "edited", ...about, seq: 9, message: 3, text: "SECRET", grown: false }] as AnyDurable[];
    chat.onAsk = ({ t }) =>
      t === "find_versions" ? { t: "versions", conversation: "team", message: 3, events } : undefined;
    const shown = await stage(chat, "team");
    (shown.find('[data-seq="3"] .nbc-edited') as HTMLElement).click();
    await until(() => expect(shown.texts(".nbc-versions .nbc-text")).toEqual(["SECRET"]));
    changes(chat, 3, GONE);
    await until(() => expect(shown.all("[role=dialog]")).toEqual([]));
  });

  test("a report of it", async () => {
    const chat = talk({ role: "moderator" });
    const reported = message(8, "cy", "SECRET", { at: NOW });
    const report: Reported = { id: 1, by: "bob", at: NOW, reason: "", message: reported };
    chat.onAsk = ({ t }) =>
      t === "find_reports" ? { t: "reports", conversation: "team", reports: [report], people: [] } : undefined;
    changes(chat, 8, { text: "SECRET" });
    const shown = await stage(chat, "team");
    shown.ui.panel.value = "moderate";
    await until(() => expect(shown.texts(".nbc-cited")).toEqual(["SECRET"]));
    changes(chat, 8, GONE);
    await until(() => expect(shown.texts(".nbc-cited")).toEqual(["Deleted"]));
  });

  test("the line that is read out", async () => {
    const chat = talk();
    const shown = await stage(chat, "team");
    chat.arrives("team", message(30, "bob", "SECRET", { at: NOW }));
    await until(() => expect(shown.ui.spoken.value).toBe("Bob: SECRET"));
    changes(chat, 30, GONE);
    await until(() => expect(shown.ui.spoken.value).toBe(""));
  });

  test("the browser's storage, if somebody was changing it", async () => {
    const shown = await stage(talk(), "team");
    await edits(shown, "see **here**, SECRET");
    expect(JSON.stringify({ ...localStorage })).toContain("SECRET");
    changes(shown.chat, 3, GONE);
    await until(() => expect(JSON.stringify({ ...localStorage })).not.toContain("SECRET"));
  });

  test.each([
    ["done", "done"],
    ["/me SECRETLY waves", "SECRETLY waves"],
  ])("what is kept of drawn texts: %s", async (written, text) => {
    const lex = vi.spyOn(Lexer, "lex");
    const drawnAnew = (text: string) => {
      lex.mockClear();
      toNodes(text);
      return lex.mock.calls.length;
    };
    const chat = talk();
    changes(chat, 8, { text: written });
    const shown = await stage(chat, "team");
    expect(rowOf(shown, 8).textContent).toContain(text);
    expect(drawnAnew(text)).toBe(0);
    changes(shown.chat, 8, GONE);
    await drawn();
    await until(() => expect(drawnAnew(text)).toBe(1));
    forget(text.slice(0, -1));
    expect(drawnAnew(text)).toBe(0);
  });
});

test("what a blocked person writes is not read out", async () => {
  const chat = talk();
  const row = { key: "block:bob", value: 1, v: 1, unread: null, mentions: null };
  chat.own.value = new Map([[row.key, row]]);
  const shown = await stage(chat, "team");
  chat.arrives("team", message(30, "bob", "INSULT", { at: NOW }));
  chat.arrives("team", message(31, "cy", "hello", { at: NOW }));
  await until(() => expect(shown.ui.spoken.value).toBe("Cy: hello"));
});
