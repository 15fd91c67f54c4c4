/** Where one writes: Enter and drafts, limits, files, and what may not be sent. */

import { describe, expect, test } from "vitest";
import { ChatError } from "../../src/client/chat";

import { CONNECTED } from "../kit/chat";
import { drawn, stage } from "../kit/stage";
import { team, waiting } from "../kit/team";

function drag(kind: string, types: string[], data = "dataTransfer"): Event {
  return Object.assign(new Event(kind, { bubbles: true, cancelable: true }), { [data]: { types, getData: () => "" } });
}

describe("the composer", () => {
  test("Enter sends, Shift+Enter does not, and neither does an input method", async () => {
    const { chat, find, type, key } = await stage(team(), "team");
    const area = find("textarea") as HTMLTextAreaElement;
    await type("textarea", "draft");
    await key(area, "Enter", { shiftKey: true });
    await key(area, "Enter", { isComposing: true });
    await key(area, "Enter", { keyCode: 229 } as KeyboardEventInit);
    expect(chat.asked.filter(([what]) => what === "send")).toEqual([]);
    const sent = await key(area, "Enter");
    expect(chat.asked).toContainEqual(["send", "team", "draft"]);
    expect(sent.defaultPrevented).toBe(true);
    expect(area.value).toBe("");
    expect(chat.draft("team")).toBe("");
  });

  test("a command of the view is no message while what runs it is not there", async () => {
    const chat = team();
    const { find, type, key, texts } = await stage(chat, "team", false, { get: async () => null });
    const area = find("textarea") as HTMLTextAreaElement;
    await type("textarea", "/msg grace secret");
    await key(area, "Enter");
    expect(area.value).toBe("/msg grace secret");
    expect(texts(".nbc-note")).toEqual(["That did not work. Try again."]);
    await type("textarea", "/usr/bin is a path");
    await key(area, "Enter");
    expect(chat.asked.filter(([what]) => what === "send")).toEqual([["send", "team", "/usr/bin is a path"]]);
  });

  test("drafts come back, and typing is told", async () => {
    const chat = team();
    chat.setDraft("team", "half a sen");
    const { find, type } = await stage(chat, "team");
    expect((find("textarea") as HTMLTextAreaElement).value).toBe("half a sen");
    await type("textarea", "half a sentence");
    expect(chat.draft("team")).toBe("half a sentence");
    expect(chat.asked).toContainEqual(["typing", "team", true]);
    await type("textarea", "");
    expect(chat.asked).toContainEqual(["typing", "team", false]);
  });

  test("what is written, sent or emptied on another device is so here, also where the cursor is; what is typed here stays", async () => {
    const { chat, find, type } = await stage(team(), "team");
    const area = find("textarea") as HTMLTextAreaElement;
    area.focus();
    const there = async (text: string) => {
      chat.setDraft("team", text);
      chat.own.value = new Map([
        ["draft:team", { key: "draft:team", v: text.length, value: text || null, unread: null, mentions: null }],
      ]);
      await drawn();
    };
    for (const text of ["a", "a word", ""]) {
      await there(text);
      expect(area.value).toBe(text);
    }
    await type("textarea", "typed here");
    await there("typed there");
    expect(area.value).toBe("typed here");
    await there("");
    expect(area.value).toBe("");
  });

  test("indented code keeps its indentation", async () => {
    const { chat, type, press } = await stage(team(), "team");
    await type("textarea", "\n    x = 1\n\n");
    await press("Send");
    expect(chat.asked).toContainEqual(["send", "team", "    x = 1"]);
  });

  test("a refusal keeps the text and says why", async () => {
    const chat = team();
    chat.refuse = new ChatError("outbox_full", "Too many messages wait.");
    const { find, texts, type, press } = await stage(chat, "team");
    await type("textarea", "one more");
    await press("Send");
    expect((find("textarea") as HTMLTextAreaElement).value).toBe("one more");
    expect(texts(".nbc-note")).toEqual(["Too many messages wait."]);
  });

  test("counts down near the limit, and sends nothing beyond it", async () => {
    const { chat, texts, type, key, find } = await stage(team(), "team");
    await type("textarea", "x".repeat(9_400));
    expect(texts(".nbc-note").join("")).toBe("");
    await type("textarea", "x".repeat(9_999));
    expect(texts(".nbc-note")).toEqual(["1 character left"]);
    await type("textarea", "x".repeat(10_002));
    expect(texts(".nbc-note")).toEqual(["2 characters too long. Split the message."]);
    await key(find("textarea"), "Enter");
    expect(chat.asked.filter(([what]) => what === "send")).toEqual([]);
    expect(texts(".nbc-note")).toEqual(["2 characters too long. Split the message."]);
  });

  test("says that messages wait", async () => {
    const chat = team();
    chat.connection.value = { ...CONNECTED, state: "reconnecting", attempt: 1 };
    chat.pending("team").value = [waiting()];
    const { texts } = await stage(chat, "team");
    expect(texts(".nbc-note")).toEqual(["Messages wait for the connection."]);
  });

  test("a message that waits says for what", async () => {
    const chat = team();
    chat.pending("team").value = [waiting()];
    const { find } = await stage(chat, "team");
    const said = () => [find(".nbc-waiting").title, find(".nbc-waiting").getAttribute("aria-label")];
    expect(said()).toEqual(Array(2).fill("Waiting to be sent"));
    const known = chat.conversation("team");
    if (known.value) {
      const { summary } = known.value;
      known.value = { ...known.value, summary: { ...summary, settings: { ...summary.settings, slow: 30 } } };
    }
    await drawn();
    expect(said()).toEqual(Array(2).fill("Slow mode: it goes by itself when it may"));
    chat.connection.value = { ...CONNECTED, state: "reconnecting", attempt: 1 };
    await drawn();
    expect(said()).toEqual(Array(2).fill("Messages wait for the connection."));
  });

  test.each(["textarea", ".nbc-text", ".nbc-list"])("a file that is dropped on %s gets an answer", async (where) => {
    const { find, texts, type } = await stage(team(), "team");
    const over = drag("dragover", ["Files"]);
    find(where).dispatchEvent(over);
    expect(over.defaultPrevented).toBe(true);
    const drop = drag("drop", ["Files"]);
    find(where).dispatchEvent(drop);
    await drawn();
    expect(drop.defaultPrevented).toBe(true);
    expect(texts(".nbc-note")).toEqual(["Files come later."]);
    await type("textarea", "then not");
    expect(texts(".nbc-note").join("")).toBe("");
  });

  test("a picture that comes with its text is text where one writes", async () => {
    const { find, texts } = await stage(team(), "team");
    const paste = drag("paste", ["Files", "text/plain"], "clipboardData");
    find("textarea").dispatchEvent(paste);
    const drop = drag("drop", ["Files", "text/plain"]);
    find(".nbc-text").dispatchEvent(drop);
    expect([paste.defaultPrevented, drop.defaultPrevented]).toEqual([false, true]);
    const text = drag("drop", ["text/plain"]);
    find(".nbc-text").dispatchEvent(text);
    expect(text.defaultPrevented).toBe(false);
    await drawn();
    expect(texts(".nbc-note")).toEqual(["Files come later."]);
  });

  test("a restored draft of emoji is as long as it was when it was written", async () => {
    const chat = team();
    chat.setDraft("team", "🦉".repeat(9_000));
    const { texts, find } = await stage(chat, "team");
    expect(texts(".nbc-note").join("")).toBe("");
    expect(find(".nbc-send").getAttribute("aria-disabled")).toBe("false");
  });

  test("nothing but spaces is nothing to send", async () => {
    const { chat, find, type, press } = await stage(team(), "team");
    await type("textarea", " \n  ");
    expect(find(".nbc-send").getAttribute("aria-disabled")).toBe("true");
    await press("Send");
    expect(chat.asked.filter(([what]) => what === "send")).toEqual([]);
    await type("textarea", " a ");
    expect(find(".nbc-send").getAttribute("aria-disabled")).toBe("false");
  });

  test("an open channel that one only looks at offers to join", async () => {
    const chat = team();
    const known = chat.conversation("team");
    if (known.value)
      known.value = { ...known.value, summary: { ...known.value.summary, kind: "channel", joined: false } };
    const { all, press } = await stage(chat, "team");
    expect(all("textarea")).toEqual([]);
    await press("Join");
    expect(chat.asked).toContainEqual(["join", "team"]);
  });
});
