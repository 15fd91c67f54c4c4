import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openNamed } from "../../src/client/actions";
import { ChatError } from "../../src/client/chat";
import { HubClient } from "../../src/client/hub";
import { Model } from "../../src/client/model";
import { HubHttp } from "../../src/transport/http";
import { ADA, BOB, message, posted, row, ScriptedHub, settle } from "./scripted";

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

function open(storage: Storage | null = localStorage): Model {
  return new Model(hub.client(storage, until.signal), until.signal);
}

async function opened(storage: Storage | null = localStorage): Promise<Model> {
  const chat = open(storage);
  await settle();
  return chat;
}

function nextPage(): void {
  until.abort();
  until = new AbortController();
}

async function reopened(): Promise<Model> {
  nextPage();
  return opened();
}

describe("what views see", () => {
  test("connecting, then who we are and the rows by their last event", async () => {
    hub.rows = [
      row("old", { created_at: 1 }),
      row("new", { created_at: 2, unread: 3 }),
      row("seen", { joined: false }),
    ];
    const chat = open();
    expect(chat.connection.value.state).toBe("connecting");
    await settle();
    expect(chat.connection.value).toMatchObject({ state: "connected", via: "direct", attempt: 0, note: "" });
    expect(chat.me.value?.name).toBe("Ada");
    expect(chat.conversations.value.map((one) => one.id)).toEqual(["new", "old"]);
    expect(chat.conversations.value.reduce((sum, one) => sum + one.unread, 0)).toBe(3);
    expect(chat.offset.value).toBe(5_000);
    expect(chat.pageUrl.value).toBe("http://h/nbchat/");
  });

  test("a conversation is a new object whenever it changed, and only then", async () => {
    const chat = await opened();
    const seen: unknown[] = [];
    const stop = effect(() => void seen.push(chat.conversation("c1").value));
    chat.watch("c1", until.signal);
    await settle();
    const before = seen.length;
    hub.says({ t: "typing", conversation: "c1", users: ["bob"], count: 1, thread: null });
    hub.says(posted(1, { conversation: "c9" }));
    expect(seen.length).toBe(before + 1);
    expect(seen.at(-1)).not.toBe(seen.at(-2));
    expect(chat.conversation("c1").value?.typing).toEqual(["bob"]);
    stop();
  });

  test("a rename is followed by whoever reads the name", async () => {
    const chat = await opened();
    const names: string[] = [];
    const stop = effect(() => void names.push(chat.name("bob")));
    hub.says({ t: "named", person: { ...BOB, name: "Robert" } });
    expect(names).toEqual(["Bob", "Robert"]);
    expect(chat.name("cy", "Cyrus")).toBe("Cyrus");
    stop();
  });

  test("views of a conversation are counted: the last one unwatches", async () => {
    const chat = await opened();
    const [one, other] = [new AbortController(), new AbortController()];
    chat.watch("c1", one.signal);
    chat.watch("c1", other.signal);
    one.abort();
    expect(hub.heard.filter((command) => command.t === "watch" || command.t === "unwatch")).toHaveLength(1);
    other.abort();
    expect(hub.heard.at(-1)?.t).toBe("unwatch");
  });

  test("older messages come before those that are loaded, once for two that ask", async () => {
    const chat = await opened();
    chat.watch("c1", until.signal);
    await settle();
    expect(await Promise.all([chat.older("c1"), chat.older("c1")])).toEqual([true, true]);
    const [range] = chat.conversation("c1").value?.ranges ?? [];
    expect(range?.messages.map((one) => one.seq)).toEqual([7, 8, 9, 10]);
    expect(hub.heard.filter((command) => command.t === "history")).toHaveLength(1);
    expect(await chat.newer("c1")).toBe(false);
  });

  test("commands resolve by their reply, or reject with the hub's error", async () => {
    const chat = await opened();
    expect(await openNamed(chat, "ml-team")).toBe("ml-team");
    await expect(chat.join("c9")).rejects.toMatchObject({ code: "unknown_conversation", text: "There is none." });
  });

  test("without a hub a widget shows what its traits say", async () => {
    const seed = {
      me: ADA,
      conversations: [row("c1", { last_seq: 4 })],
      open: "c1",
      messages: [{ ...message(4), text: "kept" }],
      people: [BOB],
    };
    const chat = new Model(hub.client(null, until.signal), until.signal, seed);
    expect(chat.conversation("c1").value?.ranges[0]?.messages[0]?.text).toBe("kept");
    expect(chat.name("bob")).toBe("Bob");
    hub.rows = [];
    await settle();
    expect(chat.conversations.value).toEqual([]);
  });
});

describe("what is written", () => {
  test("is shown at once, sent, and gone when the hub has it", async () => {
    const chat = await opened();
    const pending = chat.send("c1", "hi");
    expect(chat.pending("c1").value).toMatchObject([{ key: pending.key, text: "hi", status: "sending" }]);
    await settle();
    expect(chat.pending("c1").value).toEqual([]);
    expect(hub.stored).toEqual(["hi"]);
    expect(Object.keys(localStorage).filter((key) => key.includes(":outbox:"))).toEqual([]);
  });

  test("is refused at once where no hub would take it", async () => {
    const chat = await opened();
    expect(() => chat.send("c1", " \n")).toThrow(ChatError);
    expect(() => chat.send("c1", "x".repeat(10_001))).toThrow(/10001 characters/);
    expect(chat.send("c1", "\u{1f600}".repeat(10_000)).status).toBe("waiting");
  });

  test("is sent without the half characters that a cut leaves, which no hub could read", async () => {
    const chat = await opened();
    chat.send("c1", "cut \ud83d");
    chat.send("c1", "\ude00, whole \u{1f600}");
    await settle();
    expect(hub.stored).toEqual(["cut \ufffd", "\ufffd, whole \u{1f600}"]);
    expect(chat.pending("c1").value).toEqual([]);
  });

  test("outlives the page, in order, and is sent once by the next one", async () => {
    const first = await opened();
    hub.answers = false;
    for (const text of ["one", "two", "three"]) first.send("c1", text);
    until.abort();

    until = new AbortController();
    hub.answers = true;
    const second = open();
    expect(second.pending("c1").value.map((one) => one.text)).toEqual(["one", "two", "three"]);
    await settle();
    await vi.advanceTimersByTimeAsync(100);
    expect(hub.stored).toEqual(["one", "two", "three"]);
    expect(second.pending("c1").value).toEqual([]);
  });

  test("waits while there is no connection, and follows a server that restarts", async () => {
    const chat = await opened();
    hub.hangsUp(4006);
    expect(chat.connection.value.state).toBe("reconnecting");
    chat.send("c1", "queued");
    expect(chat.pending("c1").value).toMatchObject([{ status: "waiting" }]);
    chat.retryNow();
    await settle();
    expect(hub.stored).toEqual(["queued"]);
    expect(chat.connection.value.state).toBe("connected");
  });

  test("keeps its order when the clock goes back", async () => {
    const first = await opened();
    hub.answers = false;
    first.send("c1", "one");
    vi.setSystemTime(Date.now() - 60_000);
    first.send("c1", "two");
    vi.setSystemTime(Date.now() + 60_000);
    first.send("c1", "three");
    until.abort();

    until = new AbortController();
    const second = open();
    const waiting = second.pending("c1").value;
    expect(waiting.map((one) => one.text)).toEqual(["one", "two", "three"]);
    expect(new Set(waiting.map((one) => one.at)).size).toBe(3);
  });

  test("is not sent by somebody else at the same browser", async () => {
    const ada = await opened();
    hub.answers = false;
    ada.send("c1", "by Ada");
    ada.setDraft("c1", "Ada's draft");
    until.abort();

    until = new AbortController();
    hub.answers = true;
    hub.me = BOB;
    const bob = await opened();
    await settle();
    expect(bob.me.value?.name).toBe("Bob");
    expect(hub.stored).toEqual([]);
    expect(bob.pending("c1").value).toEqual([]);
    expect(bob.draft("c1")).toBe("");
    until.abort();

    until = new AbortController();
    hub.me = ADA;
    const again = await opened();
    await settle();
    expect(again.draft("c1")).toBe("Ada's draft");
    expect(hub.stored).toEqual(["by Ada"]);
  });

  test("before the first answer, in what was somebody else's browser, is shown as failed and sent by nobody", async () => {
    await opened();
    hub.me = BOB;
    nextPage();
    const chat = open();
    const { key } = chat.send("c1", "by Bob");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.me.value).toEqual(BOB);
    expect(chat.pending("c1").value).toMatchObject([{ key, text: "by Bob", status: "failed", code: "other_person" }]);
    expect(chat.pending("c1").value[0]?.error).toContain("you are Bob");
    expect((await reopened()).pending("c1").value).toHaveLength(1);

    hub.me = ADA;
    const ada = await reopened();
    expect(ada.me.value).toEqual(ADA);
    expect(ada.pending("c1").value).toEqual([]);
    expect(hub.stored).toEqual([]);

    hub.me = BOB;
    const bob = await reopened();
    bob.retry(key);
    await settle();
    expect(hub.stored).toEqual(["by Bob"]);
  });

  test.each(["c1", "c9"])("without a connection waits in %s for who wrote it, unseen by who comes then", async (id) => {
    const chat = await opened();
    hub.hangsUp();
    chat.send(id, "by Ada");
    hub.me = BOB;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.me.value).toEqual(BOB);
    expect(chat.pending(id).value).toEqual([]);
    expect((await reopened()).pending(id).value).toEqual([]);
    expect(hub.stored).toEqual([]);
    hub.hangsUp();
    hub.me = ADA;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(hub.stored).toEqual(["by Ada"]);
    expect(chat.pending("c9").value).toEqual([]);
  });

  test("before anybody was known is sent by whom the hub says", async () => {
    hub.answers = false;
    open().send("c1", "early");
    await settle();
    hub.answers = true;
    const chat = await reopened();
    expect(hub.stored).toEqual(["early"]);
    expect(chat.pending("c1").value).toEqual([]);
  });

  test("as a draft is not shown to somebody else who signs in at the same page", async () => {
    const chat = await opened();
    chat.setDraft("c1", "Ada's draft");
    hub.hangsUp();
    hub.me = BOB;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.me.value).toEqual(BOB);
    expect(chat.draft("c1")).toBe("");
    hub.hangsUp();
    hub.me = ADA;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.draft("c1")).toBe("Ada's draft");
  });

  test("has a limit, which is said", async () => {
    const chat = await opened();
    hub.answers = false;
    for (let count = 0; count < 500; count += 1) chat.send("c1", "x");
    expect(() => chat.send("c1", "one more")).toThrow(expect.objectContaining({ code: "outbox_full" }));
    expect(chat.pending("c1").value).toHaveLength(500);
  });

  test("disappears here when another tab has given it up", async () => {
    const chat = await opened();
    hub.answers = false;
    chat.send("c1", "first");
    const pending = chat.send("c1", "second");
    const key = Object.keys(localStorage).find((one) => one.endsWith(pending.key)) ?? "";
    localStorage.removeItem(key);
    dispatchEvent(new StorageEvent("storage", { key, newValue: null }));
    expect(chat.pending("c1").value.map((one) => one.text)).toEqual(["first"]);
  });

  test("works in a browser that keeps nothing", async () => {
    const chat = await opened(null);
    chat.send("c1", "hi");
    chat.setDraft("c1", "draft");
    await settle();
    expect(hub.stored).toEqual(["hi"]);
    expect(chat.draft("c1")).toBe("draft");
  });

  test("a draft is kept per conversation, and gone when it is empty", async () => {
    const chat = await opened();
    chat.setDraft("c1", "half a thought");
    expect((await opened()).draft("c1")).toBe("half a thought");
    chat.setDraft("c1", "");
    expect((await opened()).draft("c1")).toBe("");
    expect(chat.draft("c2")).toBe("");
  });
});

describe("the connection", () => {
  test("is tried at once when the network is back", async () => {
    await opened();
    hub.hangsUp();
    const before = hub.dials;
    dispatchEvent(new Event("online"));
    expect(hub.dials).toBe(before + 1);
  });

  test.each([
    [true, "reconnecting", "offline"],
    [false, "connected", ""],
  ])(
    "without a network, and the hub on another machine (%s), it is found lost at once",
    async (isCutOff, state, note) => {
      const chat = await opened();
      hub.isCutOff = isCutOff;
      vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
      dispatchEvent(new Event("offline"));
      expect(chat.connection.value).toMatchObject({ state: "connected", note: "" });
      await vi.advanceTimersByTimeAsync(310);
      expect(chat.connection.value).toMatchObject({ state, note });
    },
  );

  test("what was on its way when the network went is no sign of it", async () => {
    const chat = await opened();
    hub.isCutOff = true;
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    dispatchEvent(new Event("offline"));
    hub.says({ t: "pong", ref: 99 });
    await vi.advanceTimersByTimeAsync(590);
    expect(chat.connection.value.state).toBe("connected");
    await vi.advanceTimersByTimeAsync(320);
    expect(chat.connection.value).toMatchObject({ state: "reconnecting", note: "offline" });
  });

  test("says when the next attempt starts, and that the server cannot be reached", async () => {
    const chat = await opened();
    vi.spyOn(Math, "random").mockReturnValue(0.999);
    for (let count = 0; count < 4; count += 1) {
      hub.hangsUp();
      const { retry_at, state } = chat.connection.value;
      expect(state).toBe("reconnecting");
      expect(retry_at).toBeGreaterThan(Date.now());
      // The attempt begins, and its transport fails before it is open.
      vi.advanceTimersByTime(Number(retry_at) - Date.now() + 1);
    }
    expect(chat.connection.value.note).toBe("unreachable");
    const network = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    dispatchEvent(new Event("offline"));
    expect(chat.connection.value.note).toBe("offline");
    network.mockReturnValue(true);
    dispatchEvent(new Event("online"));
    expect(chat.connection.value.note).toBe("unreachable");
  });

  test("connects the first time, however often it tries; a hub that answers over HTTP is not said to be silent", () => {
    const http = new HubHttp("http://localhost/nbchat/");
    http.isKnown = true;
    const client = new HubClient({ dial: hub.dial, http, name: "first", storage: null });
    client.start();
    for (let count = 0; count < 4; count += 1) {
      hub.hangsUp();
      expect(client.connection).toMatchObject({ state: "connecting", attempt: 1, note: "" });
      vi.advanceTimersByTime(Number(client.connection.retry_at) - Date.now() + 1);
    }
    http.isKnown = false;
    expect(client.connection).toMatchObject({ state: "connecting", note: "unreachable" });
    client.end();
  });

  test("outlives a listener that fails: the others are told, and what was written is sent", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const failure = new Error("a view failed");
    const client = hub.client(null, until.signal);
    const told: string[] = [];
    const fail = () => {
      throw failure;
    };
    client.listen(fail, until.signal);
    client.listen((what) => void told.push(...what), until.signal);
    await settle();
    client.post("c1", "hi", {});
    await settle();
    expect(client.connection.state).toBe("connected");
    expect(told).toContain("list");
    expect(hub.stored).toEqual(["hi"]);
    expect(logged).toHaveBeenCalledWith("nbchat:", failure);
  });

  test("is tried again when it could not even be dialled", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const dial = vi.spyOn(hub, "dial").mockImplementationOnce(() => {
      throw new Error("no socket today");
    });
    const chat = await opened();
    expect(chat.connection.value.state).toBe("connecting");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(dial).toHaveBeenCalledTimes(2);
    expect(chat.connection.value.state).toBe("connected");
  });

  test("ends with its page: no timer and no listener is left", async () => {
    await opened();
    until.abort();
    expect(vi.getTimerCount()).toBe(0);
    const before = hub.dials;
    dispatchEvent(new Event("online"));
    expect(hub.dials).toBe(before);
  });
});
