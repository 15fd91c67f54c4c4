/** What people do to messages by keys and by the menu, and editing in place. Over a scripted chat. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import { ChatError } from "../../src/client/chat";
import { ENTER_BREAKS } from "../../src/view/composer";
import { message } from "../kit/chat";
import { drawn, type Stage, stage } from "../kit/stage";
import { askedFor, choose, keyIn, rowOf, talk } from "../kit/talk";
import { NOW } from "../kit/team";
import { until } from "../kit/until";

beforeEach(() => localStorage.clear());

describe("what the menu does", () => {
  test("reply: the composer answers that message", async () => {
    const shown = await stage(talk(), "team");
    await keyIn(shown, 8, "r");
    await shown.type(".nbc-chat textarea", "thanks");
    await shown.key(shown.find(".nbc-chat textarea"), "Enter");
    expect(shown.chat.asked).toContainEqual(["send", "team", "thanks", expect.objectContaining({ reply: 8 })]);
  });

  test("copy: the Markdown; the link: of the page", async () => {
    const written: string[] = [];
    const clipboard = { writeText: async (text: string) => void written.push(text) };
    vi.stubGlobal("navigator", { languages: ["en"], clipboard });
    const shown = await stage(talk(), "team");
    await choose(shown, 3, "Copy text");
    await choose(shown, 3, "Copy link");
    expect(written).toEqual(["see **here**", "http://127.0.0.1:8888/nbchat/#c/team/3"]);
  });

  test("pin, save, mark unread", async () => {
    const shown = await stage(talk(), "team");
    await choose(shown, 8, "Pin");
    await choose(shown, 8, "Save");
    await choose(shown, 6, "Mark unread");
    const { chat } = shown;
    expect(askedFor(chat, "pin")).toEqual([{ t: "pin", conversation: "team", message: 8, on: true }]);
    expect(chat.asked).toContainEqual(["setOwn", "saved:team/8", expect.any(Number)]);
    expect(askedFor(chat, "read")).toEqual([{ t: "read", conversation: "team", seq: 5, back: true, thread: null }]);
  });

  test("what was marked unread is not read again at once, though it is on the screen", async () => {
    const chat = talk({ unread: 0 });
    const { shows, texts } = await stage(chat, "team");
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, read: 5, unread: 3 } };
    await drawn();
    shows(6, 7, 8);
    expect(chat.asked.filter(([what]) => what === "read")).toEqual([]);
    expect(texts(".nbc-unread")).toEqual(["New messages"]);
  });

  test("what was marked unread is read by writing an answer, and so is what comes then", async () => {
    const chat = talk({ unread: 0 });
    const { shows, type, press } = await stage(chat, "team");
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, read: 5, unread: 3 } };
    await drawn();
    shows(6, 7, 8);
    await type("textarea", "I saw it");
    await press("Send");
    expect(chat.asked).toContainEqual(["read", "team", 8]);
    chat.arrives("team", message(30, "bob", "good"));
    await drawn();
    shows(30);
    expect(chat.asked).toContainEqual(["read", "team", 30]);
  });

  test("what was marked unread and is marked read in the list goes on being read", async () => {
    const chat = talk({ unread: 0 });
    const { shows } = await stage(chat, "team");
    const known = chat.conversation("team");
    for (const read of [5, 8]) {
      if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, read } };
      await drawn();
    }
    chat.arrives("team", message(30, "bob", "next"));
    await drawn();
    shows(30);
    expect(chat.asked).toContainEqual(["read", "team", 30]);
  });

  test("delete asks first", async () => {
    const shown = await stage(talk(), "team");
    await keyIn(shown, 3, "Delete");
    expect(shown.find("[role=dialog]").textContent).toContain("for everybody");
    expect(askedFor(shown.chat, "delete")).toEqual([]);
    await shown.press("Delete");
    expect(askedFor(shown.chat, "delete")).toEqual([{ t: "delete", conversation: "team", message: 3 }]);
    expect(shown.all("[role=dialog]")).toEqual([]);
  });

  test("forward: into the conversation that one chooses, with a comment", async () => {
    const shown = await stage(talk(), "team");
    await choose(shown, 6, "Forward");
    await shown.type("[role=dialog] input", "ML");
    expect((shown.button("Forward") as HTMLButtonElement).disabled).toBe(true);
    shown.find(".nbc-goal").click();
    await drawn();
    await shown.type("[role=dialog] textarea", "see below");
    await shown.press("Forward");
    expect(shown.chat.asked).toContainEqual(["send", "team", "see below", { forward: ["team", 6] }]);
  });

  test("report, with a reason; a refusal stays in the dialog with what was typed", async () => {
    const chat = talk();
    const shown = await stage(chat, "team");
    await choose(shown, 8, "Report");
    await shown.type("[role=dialog] textarea", "spam");
    chat.onAsk = () => {
      throw new ChatError("slow", "Too many reports. Wait a minute.");
    };
    await shown.press("Send report");
    expect(shown.texts("[role=dialog] [role=alert]")).toEqual(["Too many reports. Wait a minute."]);
    expect((shown.find("[role=dialog] textarea") as HTMLTextAreaElement).value).toBe("spam");
    chat.onAsk = () => undefined;
    await shown.press("Send report");
    expect(askedFor(chat, "report").at(-1)).toEqual({ t: "report", conversation: "team", message: 8, reason: "spam" });
    expect(shown.all("[role=dialog]")).toEqual([]);
  });

  test("versions: all texts, the newest first", async () => {
    const chat = talk();
    const event = { conversation: "team", author: "ada", name: "Ada", key: "k", mentions: [], at: NOW };
    const posted = { via: "page" as const, reply: null, thread: null, also: false, followers: [], forwarded: null };
    chat.onAsk = ({ t }) =>
      t === "find_versions"
        ? {
            t: "versions",
            conversation: "team",
            message: 3,
            events: [
              { t: "posted", ...event, ...posted, seq: 3, text: "see here" },
              { t: "edited", ...event, seq: 4, message: 3, text: "see here!", grown: true },
              { t: "edited", ...event, seq: 9, message: 3, text: "see **here**", grown: false },
            ],
          }
        : undefined;
    const { press, texts } = await stage(chat, "team");
    await press(`Edited ${new Date(NOW).toTimeString().slice(0, 5)}`);
    expect(texts(".nbc-versions .nbc-text")).toEqual(["see here", "see here!"]);
    expect(texts(".nbc-versions .nbc-quiet")[0]).toContain("As it is now");
  });
});

describe("editing in place", () => {
  const field = (shown: Stage) => shown.find(".nbc-editor textarea") as HTMLTextAreaElement;

  test("the Markdown is there; Enter saves", async () => {
    const shown = await stage(talk(), "team");
    await keyIn(shown, 3, "e");
    expect(field(shown).value).toBe("see **here**");
    expect(document.activeElement).toBe(field(shown));
    await shown.type(".nbc-editor textarea", "see **there**");
    await shown.key(field(shown), "Enter");
    expect(askedFor(shown.chat, "edit")).toEqual([
      { t: "edit", conversation: "team", message: 3, text: "see **there**", key: expect.any(String) },
    ]);
    expect(shown.all(".nbc-editor")).toEqual([]);
    expect(document.activeElement).toBe(rowOf(shown, 3));
  });

  test("Escape gives it up; what is the same asks for nothing", async () => {
    const shown = await stage(talk(), "team");
    await keyIn(shown, 3, "e");
    await shown.type(".nbc-editor textarea", "other");
    await shown.key(field(shown), "Escape");
    await keyIn(shown, 3, "e");
    expect(field(shown).value).toBe("see **here**");
    await shown.key(field(shown), "Enter");
    expect(askedFor(shown.chat, "edit")).toEqual([]);
    expect(shown.all(".nbc-editor")).toEqual([]);
  });

  test("what cannot be saved says why, and keeps what was typed", async () => {
    const chat = talk();
    chat.onAsk = () => {
      throw new ChatError("deleted", "Message 3 is deleted.");
    };
    const shown = await stage(chat, "team");
    await keyIn(shown, 3, "e");
    await shown.type(".nbc-editor textarea", "precious");
    await shown.key(field(shown), "Enter");
    expect(shown.texts(".nbc-editor [role=status]")).toEqual(["Message 3 is deleted."]);
    expect(field(shown).value).toBe("precious");
  });

  test("where Enter breaks the line it does so here, too", async () => {
    localStorage.setItem(ENTER_BREAKS, "true");
    const shown = await stage(talk(), "team");
    await keyIn(shown, 3, "e");
    expect(shown.texts(".nbc-editor [role=status]")).toEqual(["Shift+Enter saves, Esc cancels"]);
    await shown.type(".nbc-editor textarea", "two\nlines");
    await shown.key(field(shown), "Enter");
    expect(askedFor(shown.chat, "edit")).toEqual([]);
    await shown.key(field(shown), "Enter", { shiftKey: true });
    expect(askedFor(shown.chat, "edit")).toHaveLength(1);
  });

  test("what was typed survives the page", async () => {
    const first = await stage(talk(), "team");
    await keyIn(first, 3, "e");
    await first.type(".nbc-editor textarea", "half a tho");
    first.end();
    const shown = await stage(talk(), "team");
    await keyIn(shown, 3, "e");
    expect(field(shown).value).toBe("half a tho");
  });

  test("an empty one is a deletion, which asks first", async () => {
    const shown = await stage(talk(), "team");
    await keyIn(shown, 3, "e");
    await shown.type(".nbc-editor textarea", " ");
    await shown.key(field(shown), "Enter");
    expect(shown.all("[role=dialog]")).toHaveLength(1);
    expect(askedFor(shown.chat, "edit")).toEqual([]);
  });

  test("Up in an empty composer edits the newest own message; a message of others cannot be edited", async () => {
    const shown = await stage(talk(), "team");
    const composer = shown.find(".nbc-chat .nbc-composer textarea");
    composer.focus();
    await shown.key(composer, "ArrowUp");
    await until(() => expect(field(shown).value).toBe("see **here**"));
    await shown.key(field(shown), "Escape");
    expect(document.activeElement).toBe(composer);
    await keyIn(shown, 8, "e");
    expect(shown.all(".nbc-editor")).toEqual([]);
    expect(shown.texts("[aria-live=polite]")).toEqual(["Only own messages can be edited."]);
  });
});
