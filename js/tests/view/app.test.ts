/** The view as people use it: over a scripted chat, by what is on the screen and what they press. */

import { describe, expect, test, vi } from "vitest";

import type { Pending } from "../../src/client/chat";
import type { Summary } from "../../src/protocol/messages.gen";
import { CONNECTED, conversation, message, ScriptedChat, summary } from "../kit/chat";
import { drawn, stage } from "../kit/stage";
import { NOW, team, waiting } from "../kit/team";
import { until } from "../kit/until";

describe("the conversation", () => {
  test("is watched while it is shown, and no longer", async () => {
    const shown = await stage(team(), "team");
    expect(shown.chat.watching).toEqual(["team"]);
    shown.end();
    expect(shown.chat.watching).toEqual([]);
    expect(document.body.querySelector(".nbchat")).toBeNull();
  });

  test("says its title, who is here, and that it is connected", async () => {
    const { find, texts } = await stage(team(), "team");
    expect(texts(".nbc-chat .nbc-title")).toEqual(["ml-team"]);
    expect(texts(".nbc-sub")).toEqual(["3 members, 2 online"]);
    expect(find(".nbc-state").getAttribute("aria-label")).toBe("Connected");
  });

  test("shows messages of others with a name, one's own without", async () => {
    const { texts, all } = await stage(team(), "team");
    expect(texts(".nbc-text")).toEqual(["hello", "hi"]);
    expect(texts(".nbc-name")).toEqual(["Bob"]);
    expect(all(".nbc-own")).toHaveLength(1);
    expect(all("[role=log] article").map((row) => row.getAttribute("aria-label"))).toEqual([
      expect.stringMatching(/^Bob, /),
      expect.stringMatching(/^You, /),
    ]);
  });

  test("offers to invite people to whom nobody else is with", async () => {
    const chat = team();
    chat.has(conversation(summary("new", { members: 1 }), [], { members: ["ada"] }));
    const { texts, find, ui } = await stage(chat, "new");
    expect(texts(".nbc-empty p")).toEqual(["Nobody else is here yet."]);
    find(".nbc-empty button").click();
    expect(ui.panel.value).toBe("invite");
  });

  test("begins with words that fit its kind", async () => {
    const chat = team();
    chat.has(conversation(summary("d", { kind: "direct", title: "", peer: "bob" }), [message(2, "bob", "hi")]));
    const { texts, ui } = await stage(chat, "team");
    expect(texts(".nbc-start")).toEqual(["This is where ml-team begins."]);
    ui.selected.value = "d";
    await drawn();
    expect(texts(".nbc-start")).toEqual(["This is where your conversation with Bob begins."]);
  });

  test("marks what came from a notebook", async () => {
    const chat = team();
    chat.arrives("team", message(4, "bob", "loss 0.1", { via: "session", at: NOW }));
    const { texts } = await stage(chat, "team");
    expect(texts(".nbc-via")).toEqual(["via notebook"]);
  });

  test("a rename is seen at once", async () => {
    const { chat, texts } = await stage(team(), "team");
    chat.people.value = new Map([...chat.people.value, ["bob", "Robert"]]);
    await drawn();
    expect(texts(".nbc-name")).toEqual(["Robert"]);
  });

  test("several typers, without oneself", async () => {
    const { chat, texts } = await stage(team(), "team");
    const typing = async (words: string, ...users: string[]) => {
      const known = chat.conversation("team");
      if (known.value) known.value = { ...known.value, typing: users, typing_count: users.length };
      await until(() => expect(texts(".nbc-typing")).toEqual([words]));
    };
    await typing("Bob is typing…", "bob");
    await typing("Bob and Cy are typing…", "bob", "cy");
    await typing("", "ada");
    await typing("Several people are typing…", "bob", "cy", "dee");
  });
});

describe("a conversation that is not there, or not yours", () => {
  test("is said, with a way to the list", async () => {
    const chat = team();
    chat.absent.add("gone");
    const { texts, press, chosen, ui } = await stage(chat, "gone");
    expect(texts(".nbc-stage .nbc-empty p")).toEqual(["This conversation is not there, or not yours."]);
    await press("Show the list");
    expect(chosen).toEqual([""]);
    expect(ui.selected.value).toBe("");
  });

  test("is not said before the hub has", async () => {
    const chat = team();
    chat.absent.add("gone");
    chat.connection.value = { ...CONNECTED, state: "connecting" };
    const { texts } = await stage(chat, "gone");
    expect(texts(".nbc-stage .nbc-empty")).toEqual(["Loading…"]);
    chat.connection.value = CONNECTED;
    await drawn();
    expect(texts(".nbc-stage .nbc-empty p")).toEqual(["This conversation is not there, or not yours."]);
  });

  test("of which one was removed, but at which one may look, is watched again", async () => {
    const chat = team();
    const watch = vi.spyOn(chat, "watch");
    await stage(chat, "team");
    expect(watch).toHaveBeenCalledTimes(1);
    chat.conversation("team").value = undefined;
    await drawn();
    expect(watch).toHaveBeenCalledTimes(2);
    expect(chat.watching).toEqual(["team"]);
  });

  test("is watched again once one is let in", async () => {
    const chat = team();
    chat.absent.add("club");
    const watch = vi.spyOn(chat, "watch");
    const { texts } = await stage(chat, "club");
    expect(watch).toHaveBeenCalledTimes(1);
    chat.absent.clear();
    chat.has(conversation(summary("club", { title: "Club" }), [message(2, "bob", "welcome")]));
    await drawn();
    expect(texts(".nbc-text")).toEqual(["welcome"]);
    expect(watch).toHaveBeenCalledTimes(2);
    expect(chat.watching).toEqual(["club"]);
  });
});

describe("new messages below", () => {
  /** Three hundred messages of which the last `below` are unread and off the screen, while one reads far up. */
  async function farUp(more: Partial<Summary>) {
    const chat = new ScriptedChat();
    const all = Array.from({ length: 300 }, (_, n) => message(n + 2, "bob", `message ${n}`, { at: NOW }));
    const about = summary("team", { read: 301, ...more });
    chat.has(conversation(about, all));
    const shown = await stage(chat, "team");
    const scroller = shown.find(".nbc-scroll");
    Object.defineProperties(scroller, { clientHeight: { value: 400 }, scrollHeight: { value: 9_000 } });
    // The first only tells the new size.
    for (let n = 0; n < 2; n++) {
      scroller.scrollTop = 10;
      scroller.dispatchEvent(new Event("scroll"));
    }
    const arrive = async (count: number) => {
      const now = chat.conversation("team").value;
      if (now) {
        const unread = now.summary.joined ? count : 0;
        const cursor = 301 + count;
        // After so much paging up the newest have made room.
        const ranges = [{ first: 2, last: 201, messages: all.slice(0, 200), has_before: false, notices: [] }];
        const summary = { ...now.summary, unread, last_seq: cursor };
        chat.conversation("team").value = { ...now, cursor, ranges, summary };
      }
      await drawn();
    };
    return { ...shown, arrive };
  }

  test("are counted as in the list, though they are not loaded", async () => {
    const { arrive, texts } = await farUp({});
    await arrive(3);
    expect(texts(".nbc-jump")).toEqual(["3 new"]);
  });

  test("of a channel that one only looks at are counted too", async () => {
    const { arrive, texts } = await farUp({ kind: "channel", joined: false });
    await arrive(2);
    expect(texts(".nbc-jump")).toEqual(["2 new"]);
  });
});

describe("what could not be sent", () => {
  const refused = "You are not a member of “team”. Join it first.";

  test("names the conversation and not its id; out of a channel one can join from there", async () => {
    const chat = team();
    const known = chat.conversation("team");
    if (known.value) {
      known.value = { ...known.value, summary: { ...known.value.summary, kind: "channel", joined: false } };
    }
    chat.pending("team").value = [waiting({ status: "failed", error: refused })];
    const { texts, all } = await stage(chat, "team");
    expect(texts(".nbc-failure span")).toEqual(["You are not a member of “ml-team”. Join it first."]);
    const join = all(".nbc-failure button").find((one) => one.textContent === "Join");
    join?.click();
    await drawn();
    expect(chat.asked).toContainEqual(["join", "team"]);
    expect(chat.asked).toContainEqual(["retry", "k9"]);
  });

  test("needs no join of a member", async () => {
    const chat = team();
    chat.pending("team").value = [waiting({ status: "failed", error: "The disk is full." })];
    const { texts } = await stage(chat, "team");
    expect(texts(".nbc-failure")).toEqual(["The disk is full.RetryDelete"]);
  });

  test("says why under it where it goes again by itself, until it is stored; slow mode says it at the clock", async () => {
    const chat = team();
    const full = "The hub's disk is full: nothing was stored. Try again when there is room.";
    const { texts } = await stage(chat, "team");
    const shows = async (more: Partial<Pending>) => {
      chat.pending("team").value = [waiting(more)];
      await drawn();
      return texts(".nbc-failure");
    };
    const shown = ["The hub's disk is full: nothing was stored. It is sent again by itself."];
    expect(await shows({ status: "waiting", error: full, code: "store_full" })).toEqual(shown);
    expect(await shows({ status: "sending", error: full, code: "store_full" })).toEqual(shown);
    expect(await shows({ status: "waiting", error: "Slow mode: wait.", code: "slow_mode" })).toEqual([]);
    chat.pending("team").value = [];
    await drawn();
    expect(texts(".nbc-failure")).toEqual([]);
  });
});

describe("reading", () => {
  test("is reported for rows on the screen of a visible tab", async () => {
    const chat = team();
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, read: 1, unread: 1 } };
    const { shows } = await stage(chat, "team");
    expect(chat.asked.filter(([what]) => what === "read")).toEqual([]);
    shows(2);
    expect(chat.asked).toContainEqual(["read", "team", 2]);
  });

  test("waits for the tab to be visible", async () => {
    const chat = team();
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, read: 1, unread: 1 } };
    const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    const { shows } = await stage(chat, "team");
    shows(2);
    expect(chat.asked.map(([what]) => what)).not.toContain("read");
    visibility.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(chat.asked).toContainEqual(["read", "team", 2]);
  });

  test("the divider stands where reading had stopped, until one writes oneself", async () => {
    const chat = team();
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, read: 1, unread: 1 } };
    const { texts, type, press } = await stage(chat, "team");
    expect(texts(".nbc-unread")).toEqual(["New messages"]);
    await type("textarea", "thanks");
    await press("Send");
    chat.arrives("team", message(5, "bob", "welcome", { at: NOW }));
    await drawn();
    expect(texts(".nbc-unread")).toEqual([]);
  });
});

describe("own messages", () => {
  test("a clock while they wait, and the words for it", async () => {
    const chat = team();
    chat.pending("team").value = [waiting()];
    const { texts, all } = await stage(chat, "team");
    expect(texts(".nbc-text")).toEqual(["hello", "hi", "later"]);
    expect(all(".nbc-ticks").at(-1)?.getAttribute("aria-label")).toBe("Waiting to be sent");
  });

  test("keep their row when they are acknowledged", async () => {
    const chat = team();
    chat.pending("team").value = [waiting()];
    const { all } = await stage(chat, "team");
    const before = all("article").at(-1);
    chat.pending("team").value = [];
    chat.arrives("team", message(4, "ada", "later", { key: "k9", at: NOW }));
    await drawn();
    expect(all("article").at(-1)).toBe(before);
    expect(before?.dataset["seq"]).toBe("4");
  });

  test("failed ones say why, and can be sent again or deleted", async () => {
    const chat = team();
    chat.pending("team").value = [waiting({ status: "failed", error: "Too long." })];
    const { texts, press } = await stage(chat, "team");
    expect(texts(".nbc-failure span")).toEqual(["Too long."]);
    await press("Retry");
    await press("Delete");
    expect(chat.asked).toEqual(
      expect.arrayContaining([
        ["retry", "k9"],
        ["discard", "k9"],
      ]),
    );
  });

  test("two ticks say how many, and filled ones who", async () => {
    const chat = team();
    const known = chat.conversation("team");
    const marks = (read: number) =>
      new Map(["bob", "cy"].map((user) => [user, { user, delivered: 3, read: user === "bob" ? read : 0 }]));
    if (known.value) known.value = { ...known.value, marks: marks(0) };
    const { find } = await stage(chat, "team");
    expect(find(".nbc-ticks").title).toBe("Delivered to 2 of 2");
    if (known.value) known.value = { ...known.value, marks: marks(3) };
    await drawn();
    expect(find(".nbc-ticks").title).toBe("Read by 1 of 2: Bob");
  });
});

describe("keys", () => {
  test("arrows walk through the messages; there is one Tab stop", async () => {
    const { all, key } = await stage(team(), "team");
    const rows = all("article");
    expect(rows.map((row) => row.tabIndex)).toEqual([-1, 0]);
    rows[1]?.focus();
    await key(rows[1] as Element, "ArrowUp");
    expect(document.activeElement).toBe(rows[0]);
    expect(rows.map((row) => row.tabIndex)).toEqual([0, -1]);
    await key(rows[0] as Element, "End");
    expect(document.activeElement).toBe(rows[1]);
  });

  test("what is pressed in the timeline does not reach the notebook", async () => {
    const { root, all, key } = await stage(team(), "team");
    const heard: string[] = [];
    document.body.addEventListener("keydown", (event) => heard.push(event.key));
    const row = all("article")[0] as Element;
    for (const pressed of ["ArrowUp", "d", "x", "Enter", "a"]) await key(row, pressed);
    await key(row, "Enter", { ctrlKey: true });
    expect(heard).toEqual([]);
    const find = await key(row, "f", { ctrlKey: true });
    expect(heard).toEqual(["f"]);
    expect(find.defaultPrevented).toBe(false);
    expect(root.dataset["lmSuppressShortcuts"]).toBe("true");
    expect(root.dataset["jpSuppressContextMenu"]).toBe("true");
  });

  test("C copies the message, Ctrl+C stays the browser's", async () => {
    const written: string[] = [];
    const clipboard = { writeText: async (text: string) => void written.push(text) };
    vi.stubGlobal("navigator", { languages: ["en"], clipboard });
    const { all, key, texts } = await stage(team(), "team");
    const row = all("article")[1] as HTMLElement;
    row.focus();
    expect((await key(row, "c", { ctrlKey: true })).defaultPrevented).toBe(false);
    await key(row, "c");
    expect(written).toEqual(["hi"]);
    expect(texts("[aria-live=polite]")).toEqual(["Message copied"]);
    expect(texts(".nbc-told")).toEqual(["Message copied"]);
  });
});

describe("for screen readers", () => {
  test("news of others are said, one's own are not", async () => {
    const { chat, texts } = await stage(team(), "team");
    expect(texts("[aria-live=polite]")).toEqual([""]);
    chat.arrives("team", message(4, "ada", "mine", { at: NOW }));
    chat.arrives("team", message(5, "bob", "**look**", { at: NOW }));
    await until(() => expect(texts("[aria-live=polite]")).toEqual(["Bob: look"]));
  });
});

describe("the tab's title", () => {
  test("does not flicker for what is read at once", async () => {
    document.title = "01-hello";
    const chat = team();
    await stage(chat, "team");
    const titles: string[] = [];
    const watcher = new MutationObserver(() => void titles.push(document.title));
    watcher.observe(document.head, { childList: true, subtree: true, characterData: true });
    const counts = (unread: number) => chat.has(conversation(summary("x", { unread }), []));
    counts(1);
    await drawn();
    counts(0);
    counts(2);
    await until(() => expect(document.title).toBe("(2) 01-hello"));
    counts(0);
    await until(() => expect(document.title).toBe("01-hello"));
    watcher.disconnect();
    expect(titles).not.toContain("(1) 01-hello");
  });

  test("counts once for two widgets, follows the host, and is given back", async () => {
    document.title = "01-hello";
    const chat = team();
    chat.has(conversation(summary("x", { unread: 3 }), []));
    const one = await stage(chat, "team");
    const two = await stage(chat, "team");
    await until(() => expect(document.title).toBe("(3) 01-hello"));
    document.title = "02-more";
    await drawn();
    expect(document.title).toBe("(3) 02-more");
    one.end();
    expect(document.title).toBe("(3) 02-more");
    two.end();
    expect(document.title).toBe("02-more");
  });
});

test("a long history has under 300 rows in the page", async () => {
  const chat = team();
  const rows = Array.from({ length: 1_000 }, (_, index) =>
    message(index + 2, index % 2 ? "ada" : "bob", `m${index}`, { at: NOW }),
  );
  chat.has(conversation(summary("long"), rows));
  const { all, texts } = await stage(chat, "long");
  expect(all(".nbc-rows > *").length).toBeLessThan(300);
  expect(texts(".nbc-text").at(-1)).toBe("m999");
});

test("two views in one element do not disturb each other", async () => {
  const chat = team();
  const one = await stage(chat, "team");
  const two = await stage(chat, "team");
  one.end();
  await drawn();
  expect(two.texts(".nbc-text")).toEqual(["hello", "hi"]);
  expect(chat.watching).toEqual(["team"]);
});
