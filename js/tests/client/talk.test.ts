/** The page's shell and model: jumps, threads, single messages, own state, and drafts that follow their person. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Model } from "../../src/client/model";
import { Outbox } from "../../src/client/outbox";
import type { OwnRow } from "../../src/protocol/messages.gen";
import { message } from "../kit/chat";
import { BOB, posted, ScriptedHub, settle } from "./scripted";

let until: AbortController;
let hub: ScriptedHub;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  until = new AbortController();
  hub = new ScriptedHub();
});

afterEach(() => {
  until.abort();
  vi.useRealTimers();
});

async function opened(storage: Storage | null = localStorage): Promise<Model> {
  const chat = new Model(hub.client(storage, until.signal), until.signal);
  await settle();
  return chat;
}

/** With c1 in a view: messages 9 and 10 are there. */
async function watching(): Promise<Model> {
  const chat = await opened();
  chat.watch("c1", until.signal);
  await settle();
  return chat;
}

/** The page is closed or has crashed, and is opened again. */
function nextPage(): void {
  until.abort();
  until = new AbortController();
}

async function reopened(storage: Storage | null = localStorage): Promise<Model> {
  nextPage();
  return opened(storage);
}

const asked = (kind: string) => hub.heard.filter((command) => command.t === kind);
const seqs = (chat: Model) =>
  chat.conversation("c1").value?.ranges.map((range) => range.messages.map((one) => one.seq)) ?? [];

describe("a jump", () => {
  test("loads what is around, and goes on from there in both directions", async () => {
    const chat = await watching();
    expect(await chat.around("c1", 4)).toBe(true);
    expect(seqs(chat)).toEqual([
      [3, 4, 5],
      [9, 10],
    ]);
    expect(await chat.older("c1", 4)).toBe(true);
    expect(seqs(chat)[0]).toEqual([1, 2, 3, 4, 5]);
    expect(await chat.newer("c1", 4)).toBe(true);
    expect(seqs(chat)[0]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await chat.newer("c1", 4)).toBe(true);
    expect(seqs(chat)).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
    expect(await chat.newer("c1", 4)).toBe(false);
  });

  test("to what is loaded asks for nothing, and to what is not there says so", async () => {
    const chat = await watching();
    expect(await chat.around("c1", 9)).toBe(true);
    expect(asked("history")).toEqual([]);
    expect(await chat.around("c1", 99)).toBe(false);
  });

  test("waits for the conversation that it belongs to", async () => {
    const chat = await opened();
    const jump = chat.around("c1", 4);
    await settle();
    expect(asked("history")).toEqual([]);
    chat.watch("c1", until.signal);
    expect(await jump).toBe(true);
  });
});

describe("a thread", () => {
  test("is loaded while one view has it open, and follows its replies", async () => {
    const chat = await watching();
    const [one, other] = [new AbortController(), new AbortController()];
    chat.thread("c1", 5, one.signal);
    chat.thread("c1", 5, other.signal);
    await settle();
    const thread = () => chat.conversation("c1").value?.threads.get(5);
    expect(thread()?.[0]?.messages.map((each) => each.seq)).toEqual([5, 6]);
    expect(asked("history")).toHaveLength(1);
    hub.says(posted(11, { thread: 5 }));
    expect(thread()?.[0]?.messages.map((each) => each.seq)).toEqual([5, 6, 11]);
    expect(seqs(chat)).toEqual([[9, 10]]);
    expect(await chat.olderReplies("c1", 5)).toBe(false);
    one.abort();
    expect(thread()).toBeDefined();
    other.abort();
    expect(thread()).toBeUndefined();
  });

  test("is what a reply says; what else a message is travels and waits with it", async () => {
    const chat = await watching();
    hub.answers = false;
    chat.send("c1", "in the thread", { thread: 5, also: true, reply: 9 });
    chat.send("c1", "", { forward: ["c1", 9] });
    expect(() => chat.send("c1", "")).toThrow(/needs some text/);
    const again = await reopened();
    expect(again.pending("c1").value[0]).toMatchObject({ thread: 5, also: true, reply: 9 });
    hub.answers = true;
    hub.hangsUp();
    again.retryNow();
    await settle();
    expect(asked("post").slice(0, 2)).toMatchObject([
      { text: "in the thread", thread: 5, also: true, reply: 9, forward: null },
      { text: "", thread: null, also: false, reply: null, forward: ["c1", 9] },
    ]);
    expect(again.pending("c1").value).toEqual([]);
  });

  test("a message that an earlier version has kept is a plain one", () => {
    const old = { key: "k".repeat(8), conversation: "c1", text: "old", at: 1, status: "waiting", error: null };
    localStorage.setItem(`nbchat:outbox:s1:ada:${old.key}`, JSON.stringify(old));
    expect(new Outbox(localStorage, "s1", "ada").load()).toEqual([
      { ...old, code: null, reply: null, thread: null, also: false, forward: null },
    ]);
  });
});

test("what waits keeps the order of its writing over pages and clocks that are set back", async () => {
  vi.setSystemTime(3_600_000);
  let chat = await opened();
  hub.answers = false;
  chat.send("c1", "one");
  for (const text of ["two", "three"]) {
    chat = await reopened();
    vi.setSystemTime(0);
    chat.send("c1", text);
  }
  chat = await reopened();
  expect(chat.pending("c1").value.map((one) => one.text)).toEqual(["one", "two", "three"]);
});

test("single messages that are wanted come aside, asked for at once", async () => {
  const chat = await watching();
  chat.want("c1", [3, 10]);
  chat.want("c1", [99]);
  await settle();
  expect(asked("lookup").map((command) => "seqs" in command && command.seqs)).toEqual([[3], [99]]);
  const asides = chat.conversation("c1").value?.asides;
  expect(asides?.get(3)?.text).toBe("m3");
  expect(asides?.get(99)).toBeNull();
  expect(asides?.has(10)).toBe(false);
  chat.want("c1", [3, 99]);
  expect(asked("lookup")).toHaveLength(2);
});

describe("own state", () => {
  test("is shown at once and told, from here and from other devices", async () => {
    const chat = await opened();
    chat.setOwn("saved:c1/9", 5);
    expect(chat.own.value.get("saved:c1/9")?.value).toBe(5);
    await settle();
    expect(hub.own.get("saved:c1/9")?.value).toBe(5);
    hub.says(hub.writes("saved:c1/9", null));
    expect(chat.own.value.get("saved:c1/9")?.value).toBeNull();
  });

  test("is set without a connection, and told with the next", async () => {
    const chat = await opened();
    hub.hangsUp();
    chat.setOwn("block:bob", 7);
    expect(chat.own.value.get("block:bob")?.value).toBe(7);
    expect(hub.own.size).toBe(0);
    chat.retryNow();
    await settle();
    expect(hub.own.get("block:bob")?.value).toBe(7);
  });

  test("a read marker in a thread is its own", async () => {
    const chat = await watching();
    hub.says(posted(11, { thread: 5, followers: ["ada"] }));
    const row = () => chat.conversation("c1").value?.summary;
    expect(row()?.threads).toEqual([{ root: 5, read: 10, unread: 1 }]);
    chat.read("c1", 11, 5);
    expect(row()?.threads).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked("read").at(-1)).toMatchObject({ conversation: "c1", thread: 5, seq: 11 });
  });
});

describe("a draft", () => {
  test("is on the hub a moment later, and on the next device", async () => {
    const chat = await opened();
    chat.setDraft("c1", "hel");
    chat.setDraft("c1", "hello");
    chat.setDraft("c1", "in a thread", 5);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBe("hello");
    expect(hub.own.get("draft:c1/5")?.value).toBe("in a thread");
    const elsewhere = await reopened(null);
    expect([elsewhere.draft("c1"), elsewhere.draft("c1", 5)]).toEqual(["hello", "in a thread"]);
  });

  test("outlives a crash with the last key, before the hub has heard of it", async () => {
    const chat = await opened();
    chat.setDraft("c1", "told");
    await vi.advanceTimersByTimeAsync(3_000);
    hub.hangsUp();
    chat.setDraft("c1", "told, and more");
    const again = await reopened();
    expect(again.draft("c1")).toBe("told, and more");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBe("told, and more");
  });

  test("of another device is taken where nothing was typed here since", async () => {
    const chat = await opened();
    chat.setDraft("c1", "here");
    await vi.advanceTimersByTimeAsync(3_000);
    hub.says(hub.writes("draft:c1", "there"));
    expect(chat.draft("c1")).toBe("there");
    expect((await reopened()).draft("c1")).toBe("there");
  });

  test("typed here since wins over another device's", async () => {
    const chat = await opened();
    hub.hangsUp();
    chat.setDraft("c1", "here, without a connection");
    hub.writes("draft:c1", "there");
    const again = await reopened();
    expect(again.draft("c1")).toBe("here, without a connection");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBe("here, without a connection");
  });

  /** What was typed is told as the page goes; the answer finds nobody. */
  async function goesWith(text: string): Promise<void> {
    const chat = await opened();
    chat.setDraft("c1", text);
    nextPage();
  }

  test("that was told without an answer does not come back when another device has sent it", async () => {
    await goesWith("unfinished");
    hub.writes("draft:c1", null);
    const chat = await opened();
    expect(chat.draft("c1")).toBe("");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBeNull();
    expect(Object.keys(localStorage).filter((key) => key.includes(":draft:"))).toEqual([]);
  });

  test("that was under way when the connection broke does not come back either", async () => {
    const chat = await opened();
    chat.setDraft("c1", "unfinished");
    hub.hangsUp();
    hub.writes("draft:c1", null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.draft("c1")).toBe("");
    expect(hub.own.get("draft:c1")?.value).toBeNull();
    chat.setDraft("c1", "more");
    hub.hangsUp();
    chat.setDraft("c1", "more, typed since");
    hub.writes("draft:c1", null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.draft("c1")).toBe("more, typed since");
    expect(hub.own.get("draft:c1")?.value).toBe("more, typed since");
  });

  test("that was told without an answer is told again where it never arrived", async () => {
    await goesWith("unfinished");
    hub.own.clear();
    const chat = await opened();
    expect(chat.draft("c1")).toBe("unfinished");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBe("unfinished");
  });

  test("that never arrived is told over what had arrived of it before", async () => {
    const chat = await opened();
    chat.setDraft("c1", "un");
    chat.setDraft("c1", "unfinished");
    await settle();
    const before = hub.own.get("draft:c1");
    vi.advanceTimersByTime(1_000);
    expect(asked("set_own").at(-1)).toMatchObject({ value: "unfinished" });
    nextPage();
    hub.own.set("draft:c1", before as OwnRow);
    const again = await opened();
    expect(again.draft("c1")).toBe("unfinished");
  });

  test("that was told without an answer, and typed on since, is not lost to another device's", async () => {
    const chat = await opened();
    chat.setDraft("c1", "unfinished");
    chat.setDraft("c1", "unfinished, and more");
    nextPage();
    hub.writes("draft:c1", "there");
    const again = await opened();
    expect(again.draft("c1")).toBe("unfinished, and more");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBe("unfinished, and more");
  });

  test("that was sent before its last word was answered stays away", async () => {
    const chat = await opened();
    chat.setDraft("c1", "unfinished");
    chat.setDraft("c1", "");
    nextPage();
    const again = await opened();
    expect(again.draft("c1")).toBe("");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBeNull();
  });

  test("that was emptied here without a connection gives way to what another device has written since", async () => {
    const chat = await opened();
    chat.setDraft("c1", "hello");
    await vi.advanceTimersByTimeAsync(3_000);
    hub.hangsUp();
    chat.setDraft("c1", "");
    hub.writes("draft:c1", "hello again");
    expect((await reopened()).draft("c1")).toBe("hello again");
  });

  test("that was sent is gone everywhere, and leaves nothing behind", async () => {
    const chat = await opened();
    chat.setDraft("c1", "hello");
    await vi.advanceTimersByTimeAsync(3_000);
    chat.setDraft("c1", "");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBeNull();
    expect((await reopened()).draft("c1")).toBe("");
    expect(Object.keys(localStorage).filter((key) => key.includes(":draft:"))).toEqual([]);
  });

  test("that an earlier version has kept is found, and told", async () => {
    await opened();
    localStorage.setItem("nbchat:draft:s1:ada:c1", "from before");
    const chat = await reopened();
    expect(chat.draft("c1")).toBe("from before");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.own.get("draft:c1")?.value).toBe("from before");
  });

  test("is told when the page is hidden: it may never come back", async () => {
    const chat = await opened();
    chat.setDraft("c1", "one");
    chat.setDraft("c2", "two");
    expect(asked("set_own")).toHaveLength(1);
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(asked("set_own")).toHaveLength(2);
  });
});

test("a person is their whole profile, and a change of it is followed", async () => {
  const chat = await opened();
  expect(chat.person("bob")).toEqual(BOB);
  hub.says({ t: "named", person: { ...BOB, status: "away", emoji: "🌴" } });
  expect(chat.person("bob")).toMatchObject({ name: "Bob", status: "away", emoji: "🌴" });
});

test("a document of an earlier version is shown", async () => {
  const { seedOf } = await import("../../src/client/seed");
  const traits: Record<string, unknown> = {
    me: { id: "ada", name: "Ada" },
    conversations: [{ id: "c1", kind: "channel", title: "c1", last_seq: 4, joined: true }],
    conversation_id: "c1",
    messages: [{ seq: 4, v: 4, key: "k", author: "bob", name: "Bob", at: 1, text: "kept", via: "page" }],
  };
  const seed = seedOf({ get: (name: string) => traits[name] } as never);
  expect(seed.messages[0]).toMatchObject({ ...message(4, "bob", "kept"), key: "k", at: 1 });
  expect(seed.conversations[0]).toMatchObject({ mentions: 0, threads: [], settings: { topic: "" } });
  expect(seed.me).toMatchObject({ name: "Ada", status: "", color: "" });
});
