/** Threads, lists of messages, and ways to a message: the pane beside, jumps, permalinks. Over a scripted chat. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../src/protocol/messages.gen";
import { jump } from "../../src/view/jump";
import { message, type ScriptedChat } from "../kit/chat";
import { drawn, type Stage, stage } from "../kit/stage";
import { askedFor, REPLIES, ROOT, ROWS, rowOf, talk } from "../kit/talk";
import { NOW } from "../kit/team";
import { until } from "../kit/until";

beforeEach(() => localStorage.clear());

const SIDE = ".nbc-side";

async function openThread(chat: ScriptedChat = talk()): Promise<Stage> {
  const shown = await stage(chat, "team");
  shown.find('[data-seq="2"] .nbc-thread').click();
  await drawn();
  return shown;
}

describe("a thread", () => {
  test("is summed up under its root, with what is new", async () => {
    const { find, texts } = await stage(talk({ threads: [{ root: 2, read: 10, unread: 1 }] }), "team");
    expect(find('[data-seq="2"] .nbc-thread').textContent).toMatch(/2 replies.*last \d\d:\d\d.*1 new/);
    expect(texts(".nbc-thread .nbc-avatar")).toEqual(["C", "A"]);
  });

  test("opens beside: its root, how many replies, and these; loaded for as long as it is shown", async () => {
    const shown = await openThread();
    expect(shown.chat.threads).toEqual(["team/2"]);
    expect(shown.texts(`${SIDE} .nbc-text`)).toEqual(["who has numbers?", "I have", "me too"]);
    expect(shown.texts(`${SIDE} .nbc-replies`)).toEqual(["2 replies"]);
    expect(shown.all(`${SIDE} .nbc-thread`)).toEqual([]);
    shown.find(`${SIDE} [aria-label="Close"]`).click();
    await drawn();
    expect(shown.all(SIDE)).toEqual([]);
    expect(shown.chat.threads).toEqual([]);
  });

  test("what one writes there is a reply of it, in the conversation as well on demand", async () => {
    const shown = await openThread();
    const { chat, find, type, key } = shown;
    await type(`${SIDE} textarea`, "mine too");
    await key(find(`${SIDE} textarea`), "Enter");
    expect(chat.asked).toContainEqual([
      "send",
      "team",
      "mine too",
      expect.objectContaining({ thread: 2, also: false }),
    ]);
    expect(shown.texts(`${SIDE} .nbc-text`).at(-1)).toBe("mine too");
    expect(shown.texts(".nbc-chat .nbc-text")).not.toContain("mine too");
    find(`${SIDE} input[type=checkbox]`).click();
    await type(`${SIDE} textarea`, "and all");
    await key(find(`${SIDE} textarea`), "Enter");
    expect(chat.asked).toContainEqual(["send", "team", "and all", expect.objectContaining({ thread: 2, also: true })]);
    expect(shown.texts(".nbc-chat .nbc-text")).toContain("and all");
  });

  test("has its own line of what is new, and its own marker", async () => {
    const shown = await openThread(talk({ threads: [{ root: 2, read: 2, unread: 1 }] }));
    expect(shown.texts(`${SIDE} .nbc-unread`)).toEqual(["New messages"]);
    shown.shows(10, 12);
    expect(shown.chat.asked).toContainEqual(["read", "team", 12, 2]);
  });

  test("what was marked unread in it is read by writing a reply", async () => {
    const shown = await openThread(talk());
    const { chat } = shown;
    chat.setOwn("thread:team/2", 12);
    await drawn();
    chat.setOwn("thread:team/2", 9);
    const known = chat.conversation("team");
    const threads = [{ root: 2, read: 9, unread: 1 }];
    if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, threads } };
    await drawn();
    shown.shows(10, 12);
    expect(chat.asked.filter(([what]) => what === "read")).toEqual([]);
    await shown.type(`${SIDE} textarea`, "and mine");
    await shown.key(shown.find(`${SIDE} textarea`), "Enter");
    expect(chat.asked).toContainEqual(["read", "team", 12, 2]);
  });

  test("one that is left has no line of what is new", async () => {
    const shown = await openThread(talk());
    for (const value of [12, -1]) {
      shown.chat.setOwn("thread:team/2", value);
      await drawn();
    }
    expect(shown.texts(`${SIDE} .nbc-unread`)).toEqual([]);
  });

  test("loads older replies, and keeps the root on top", async () => {
    const chat = talk();
    const known = chat.conversation("team");
    const rest = { first: 11, last: 12, messages: REPLIES.slice(1), has_before: true, notices: [] };
    if (known.value) known.value = { ...known.value, threads: new Map([[2, [rest]]]) };
    const shown = await openThread(chat);
    expect(shown.texts(`${SIDE} .nbc-text`)).toEqual(["who has numbers?", "me too"]);
    expect(shown.texts(`${SIDE} .nbc-start`)).toEqual(["Loading older messages…"]);
  });

  test("of a root that is gone says so", async () => {
    const chat = talk();
    const known = chat.conversation("team");
    const asides = new Map([[1, null]]);
    if (known.value) known.value = { ...known.value, asides };
    const shown = await stage(chat, "team");
    await shown.ui.chunks.get("talk");
    shown.ui.talk.side.value = { kind: "thread", id: "team", root: 1 };
    await drawn();
    expect(shown.texts(`${SIDE} .nbc-empty`)).toEqual(["That message is not there any more."]);
  });

  test("one is told of its replies, or no more", async () => {
    const { chat, find } = await openThread();
    const bell = find(`${SIDE} .nbc-follow`);
    expect(bell.getAttribute("aria-pressed")).toBe("true");
    bell.click();
    await drawn();
    expect(askedFor(chat, "follow")).toEqual([{ t: "follow", conversation: "team", thread: 2, on: false }]);
    chat.setOwn("thread:team/2", -1);
    await drawn();
    expect(bell.getAttribute("aria-pressed")).toBe("false");
  });

  test("goes with its conversation, and is there again", async () => {
    const shown = await openThread();
    shown.ui.choose("");
    await drawn();
    expect(shown.all(SIDE)).toEqual([]);
    shown.ui.choose("team");
    await drawn();
    expect(shown.all(SIDE)).toHaveLength(1);
  });

  test("a reply that stands in the conversation too leads to its thread", async () => {
    const chat = talk();
    const also = message(12, "cy", "by the way", { at: NOW, thread: 2, also: true });
    const known = chat.conversation("team");
    const range = { first: 1, last: 12, messages: [...ROWS, also], has_before: false, notices: [] };
    if (known.value) known.value = { ...known.value, ranges: [range] };
    const shown = await stage(chat, "team");
    const quote = rowOf(shown, 12).querySelector<HTMLElement>(".nbc-quote");
    expect(quote?.textContent).toContain("In a thread");
    quote?.click();
    await drawn();
    expect(shown.all(SIDE)).toHaveLength(1);
  });
});

describe("lists of messages", () => {
  const found = (messages: Message[]) => ({
    t: "found" as const,
    conversation: "team",
    epoch: "e1",
    messages,
    as_of: 12,
    fixups: [],
    people: [],
  });

  async function list(chat: ScriptedChat, kind: "threads" | "saved" | "mentions"): Promise<Stage> {
    const shown = await stage(chat, "team");
    shown.ui.talk.side.value = { kind };
    await drawn();
    return shown;
  }

  test("pins, the newest on top; one that is taken off goes at once", async () => {
    const chat = talk();
    const other = message(1, "cy", "rules", { pinned: "cy", at: NOW });
    chat.onAsk = ({ t }) => (t === "find_pins" ? found([ROOT, other]) : undefined);
    const shown = await stage(chat, "team");
    shown.ui.talk.side.value = { kind: "pins", id: "team" };
    await drawn();
    expect(shown.texts(`${SIDE} .nbc-hit-text`)).toEqual(["rules", "who has numbers?"]);
    const known = chat.conversation("team");
    chat.onAsk = ({ t }) => (t === "find_pins" ? found([other]) : undefined);
    const [range] = known.value?.ranges ?? [];
    const messages = (range?.messages ?? []).map((one) => (one.seq === 2 ? { ...one, v: 99, pinned: null } : one));
    if (known.value && range) known.value = { ...known.value, ranges: [{ ...range, messages }] };
    await drawn();
    expect(shown.texts(`${SIDE} .nbc-hit-text`)).toEqual(["rules"]);
  });

  test("nothing pinned says what pins are", async () => {
    const chat = talk();
    chat.onAsk = ({ t }) => (t === "find_pins" ? found([]) : undefined);
    const shown = await stage(chat, "team");
    shown.ui.talk.side.value = { kind: "pins", id: "team" };
    await drawn();
    expect(shown.texts(`${SIDE} [role=status]`)[0]).toContain("Nothing is pinned here.");
  });

  test("saved ones, saved last on top, of any conversation; what is not loaded is asked for", async () => {
    const chat = talk();
    chat.setOwn("saved:team/8", 5);
    chat.setOwn("saved:far/3", 9);
    chat.setOwn("saved:team/6", null);
    chat.onAsk = (command) =>
      command.t === "lookup" && command.conversation === "far"
        ? { ...found([message(3, "bob", "far away", { at: NOW })]), conversation: "far" }
        : undefined;
    const shown = await list(chat, "saved");
    expect(shown.texts(`${SIDE} .nbc-hit-text`)).toEqual(["far away", "done"]);
    shown.all(`${SIDE} .nbc-drop`)[1]?.click();
    await drawn();
    expect(shown.texts(`${SIDE} .nbc-hit-text`)).toEqual(["far away"]);
  });

  test("mentions, page by page, with their conversation", async () => {
    const chat = talk();
    const hit = (seq: number) => ({ conversation: "team", message: message(seq, "bob", `@Ada ${seq}`, { at: NOW }) });
    chat.onAsk = (command) =>
      command.t === "find_mentions"
        ? { t: "hits", hits: [hit(command.before ? 23 : 27)], people: [], next: command.before ? null : 27 }
        : undefined;
    const shown = await list(chat, "mentions");
    expect(shown.texts(`${SIDE} .nbc-hit-text`)).toEqual(["@Ada 27"]);
    expect(shown.texts(`${SIDE} .nbc-hit-head bdi`)).toEqual(["Bob", "ml-team"]);
    await shown.press("Show older ones");
    expect(shown.texts(`${SIDE} .nbc-hit-text`)).toEqual(["@Ada 27", "@Ada 23"]);
  });

  test("threads, unread ones first, lead to the thread", async () => {
    const shown = await list(talk({ threads: [{ root: 6, read: 8, unread: 3 }] }), "threads");
    expect(shown.texts(`${SIDE} .nbc-hit > :last-child`)).toEqual(["3 new replies", "2 replies"]);
    shown.all(`${SIDE} .nbc-hit`)[1]?.click();
    await drawn();
    expect(shown.texts(`${SIDE} .nbc-title`)).toEqual(["Thread"]);
    expect(shown.chat.threads).toEqual(["team/2"]);
  });
});

describe("the way to a message", () => {
  /** The page around an old message, as a range of its own. */
  function comesAround(chat: ScriptedChat): void {
    chat.onAround = (id, seq) => {
      const known = chat.conversation(id);
      const messages = [seq - 1, seq, seq + 1].map((one) => message(one, "bob", `old ${one}`, { at: NOW - 9e8 }));
      const range = { first: seq - 1, last: seq + 1, messages, has_before: true, notices: [] };
      if (known.value) known.value = { ...known.value, ranges: [range, ...known.value.ranges] };
      return true;
    };
  }

  test("one that is loaded gets the focus", async () => {
    const shown = await stage(talk(), "team");
    rowOf(shown, 3).querySelector<HTMLElement>(".nbc-quote")?.click();
    await drawn();
    expect(document.activeElement).toBe(rowOf(shown, 2));
    expect(shown.chat.asked.filter(([what]) => what === "around")).toEqual([]);
  });

  test("an old one comes with its surroundings; the newest are one press away", async () => {
    const chat = talk();
    comesAround(chat);
    const shown = await stage(chat, "team");
    jump(shown.ui, "team", -500);
    await drawn();
    expect(chat.asked).toContainEqual(["around", "team", -500]);
    expect(shown.texts(".nbc-text").slice(0, 3)).toEqual(["old -501", "old -500", "old -499"]);
    expect(shown.texts(".nbc-text")).toHaveLength(3);
    expect(document.activeElement).toBe(rowOf(shown, -500));
    await shown.press("To the newest message");
    expect(shown.texts(".nbc-text")).not.toContain("old -500");
    expect(shown.texts(".nbc-text").at(-1)).toBe("done");
  });

  test("where one is among old ones, what comes in does not count as read, and one's own message leads to the end", async () => {
    const chat = talk({ read: 8, unread: 0 });
    comesAround(chat);
    const shown = await stage(chat, "team");
    jump(shown.ui, "team", -500);
    await drawn();
    shown.shows(-501, -500, -499);
    expect(chat.asked.filter(([what]) => what === "read")).toEqual([]);
    await shown.type(".nbc-chat textarea", "hello");
    await shown.key(shown.find(".nbc-chat textarea"), "Enter");
    expect(shown.texts(".nbc-text").at(-1)).toBe("hello");
  });

  test("one that stands only in a thread opens that thread", async () => {
    const chat = talk();
    const reply = REPLIES[0] as Message;
    chat.onAsk = ({ t }) =>
      t === "lookup"
        ? { t: "found", conversation: "team", epoch: "e1", messages: [reply], as_of: 12, fixups: [], people: [] }
        : undefined;
    const shown = await stage(chat, "team");
    jump(shown.ui, "team", reply.seq);
    await until(() => expect(shown.all(SIDE)).toHaveLength(1));
    await drawn();
    expect(document.activeElement).toBe(rowOf(shown, reply.seq, SIDE));
  });

  test("one that is not there is said, and the place stays", async () => {
    const chat = talk();
    chat.onAsk = ({ t }) =>
      t === "lookup"
        ? { t: "found", conversation: "team", epoch: "e1", messages: [], as_of: 12, fixups: [], people: [] }
        : undefined;
    const shown = await stage(chat, "team");
    jump(shown.ui, "team", 9_999);
    await until(() => expect(shown.texts(".nbc-note")).toEqual(["That message is not there, or not for you."]));
    expect(shown.ui.talk.target.value).toBeNull();
  });

  test("a link to a message of this hub opens here", async () => {
    const chat = talk();
    comesAround(chat);
    chat.arrives("team", message(13, "bob", "see http://127.0.0.1:8888/nbchat/#c/team/-700", { at: NOW }));
    chat.arrives("team", message(14, "bob", "see http://127.0.0.1:8888/nbchat/#c/team/3", { at: NOW }));
    const shown = await stage(chat, "team");
    shown.find(".nbc-scroll").dispatchEvent(new PointerEvent("pointerenter"));
    await drawn();
    const links = shown.all(".nbc-text a");
    links.at(-1)?.click();
    await drawn();
    expect(document.activeElement).toBe(rowOf(shown, 3));
  });

  test("a person whom a message names, or who wrote it, has a card", async () => {
    const shown = await stage(talk(), "team");
    const show = vi.spyOn(shown.ui, "show");
    shown.find(".nbc-mention[data-user=cy]").click();
    await drawn();
    shown.find(".nbc-face[data-user=bob]").click();
    expect(show.mock.calls.map(([panel, user]) => [panel, user])).toEqual([
      ["person", "cy"],
      ["person", "bob"],
    ]);
  });
});

describe("opened with more unread messages than are loaded", () => {
  const far = (): ScriptedChat => {
    const chat = talk({ read: -90, unread: 80 });
    const known = chat.conversation("team");
    const range = { first: 2, last: 12, messages: ROWS, has_before: true, notices: [] };
    if (known.value) known.value = { ...known.value, ranges: [range] };
    return chat;
  };

  test("it shows where reading stopped, and nothing is read before that is here", async () => {
    const chat = far();
    let come = (_: boolean) => {};
    vi.spyOn(chat, "around").mockReturnValue(new Promise((done) => (come = done)));
    const { shows, texts } = await stage(chat, "team");
    expect(chat.around).toHaveBeenCalledWith("team", -89);
    shows(7, 8);
    expect(chat.asked.filter(([what]) => what === "read")).toEqual([]);
    const known = chat.conversation("team");
    const messages = [message(-90, "ada", "read", { at: NOW - 9e6 }), message(-88, "bob", "first", { at: NOW - 9e6 })];
    const range = { first: -95, last: -80, messages, has_before: true, notices: [] };
    if (known.value) known.value = { ...known.value, ranges: [range, ...known.value.ranges] };
    come(true);
    await drawn();
    expect(texts(".nbc-text")).toEqual(["read", "first"]);
    expect(texts(".nbc-unread")).toEqual(["New messages"]);
    shows(-88);
    expect(chat.asked).toContainEqual(["read", "team", -88]);
  });

  test("who was led to another message meanwhile stays there, also among the newest ones", async () => {
    const chat = far();
    let come = (_: boolean) => {};
    vi.spyOn(chat, "around").mockReturnValue(new Promise((done) => (come = done)));
    const { ui, texts } = await stage(chat, "team");
    const before = texts(".nbc-text");
    ui.talk.target.value = { id: "team", seq: 7, thread: null };
    await drawn();
    const known = chat.conversation("team");
    const range = { first: -95, last: -80, messages: [message(-88, "bob", "first")], has_before: true, notices: [] };
    if (known.value) known.value = { ...known.value, ranges: [range, ...known.value.ranges] };
    come(true);
    await drawn();
    expect(texts(".nbc-text")).toEqual(before);
  });

  test("where the hub cannot say, the newest are shown, and read", async () => {
    const chat = far();
    const { shows, texts } = await stage(chat, "team");
    expect(texts(".nbc-text").at(-1)).toBe("done");
    shows(7, 8);
    expect(chat.asked).toContainEqual(["read", "team", 8]);
  });
});
