/** What messages carry, their reactions, and what their menu and toolbar offer. Over a scripted chat. */

import { beforeEach, describe, expect, test } from "vitest";
import { ChatError } from "../../src/client/chat";
import { message, pending } from "../kit/chat";
import { drawn, type Stage, stage } from "../kit/stage";
import { askedFor, changes, choose, keyIn, rowOf, talk } from "../kit/talk";
import { NOW } from "../kit/team";
import { until } from "../kit/until";

beforeEach(() => localStorage.clear());

const menu = (shown: Stage) => shown.texts(".nbc-pop-group button span");

describe("what a message shows", () => {
  test("that it was edited, and when; that it is pinned, and by whom", async () => {
    const { find } = await stage(talk(), "team");
    expect(find('[data-seq="3"] .nbc-edited').title).toMatch(/^Edited \d\d:\d\d$/);
    expect(find('[data-seq="2"] .nbc-pinned').getAttribute("aria-label")).toBe("Pinned by Bob");
  });

  test("what is left of a deleted one, and who took it away", async () => {
    const shown = await stage(talk(), "team");
    expect(shown.texts(".nbc-gone")).toEqual(["Deleted", "Deleted by a moderator"]);
    expect(rowOf(shown, 4).querySelectorAll(".nbc-text, .nbc-reactions")).toHaveLength(0);
  });

  test("what it answers, kept up to date; an original that is deleted is gone there too", async () => {
    const { chat, texts } = await stage(talk(), "team");
    expect(texts(".nbc-quote .nbc-cut")).toEqual(["who has numbers?", "Deleted"]);
    changes(chat, 2, { text: "who has the numbers?" });
    await drawn();
    expect(texts(".nbc-quote .nbc-cut")[0]).toBe("who has the numbers?");
  });

  test("an original that is not loaded is asked for, and shown when it has come", async () => {
    const chat = talk();
    changes(chat, 8, { reply: 1 });
    const { texts } = await stage(chat, "team");
    expect(chat.asked).toContainEqual(["want", "team", [1]]);
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, asides: new Map([[1, null]]) };
    await drawn();
    expect(texts(".nbc-quote .nbc-cut").at(-1)).toBe("That message is not there any more.");
  });

  test("a forwarded one with whose it was, below one's own words", async () => {
    const shown = await stage(talk(), "team");
    const card = rowOf(shown, 7).querySelector(".nbc-forward");
    expect(card?.querySelector("p")?.textContent).toMatch(/^Forwarded from Bob, /);
    expect(card?.querySelector("em")?.textContent).toBe("original");
  });

  test("whom it names, oneself stronger, and not in code", async () => {
    const shown = await stage(talk(), "team");
    expect(shown.texts(".nbc-mention")).toEqual(["@Ada", "@Cy"]);
    expect(shown.texts(".nbc-own-mention")).toEqual(["@Ada"]);
    expect(rowOf(shown, 6).classList).toContain("nbc-to-me");
    expect(rowOf(shown, 7).classList).not.toContain("nbc-to-me");
  });

  test("@here leads to nobody, and is for whoever was there", async () => {
    const chat = talk();
    const named = ["bob", "ada", "cy"].map((user) => ({ user, word: "@here" }));
    chat.arrives("team", message(30, "bob", "@here coffee", { mentions: named }));
    const shown = await stage(chat, "team");
    const mention = rowOf(shown, 30).querySelector<HTMLElement>(".nbc-own-mention");
    expect(mention?.textContent).toBe("@here");
    expect(mention?.dataset["user"]).toBe("@all");
  });

  test("Tab leads to the newest, also to one that came later, unless one is in the timeline", async () => {
    const chat = talk();
    const shown = await stage(chat, "team");
    const stop = () => shown.find('article[tabindex="0"]').dataset["seq"];
    chat.arrives("team", message(30, "bob", "later"));
    await drawn();
    expect(stop()).toBe("30");
    rowOf(shown, 30).focus();
    chat.arrives("team", message(31, "bob", "and later"));
    await drawn();
    expect(stop()).toBe("30");
  });

  test("a message of somebody whom one blocks is folded, and opens on demand", async () => {
    const chat = talk();
    chat.setOwn("block:cy", NOW);
    const shown = await stage(chat, "team");
    expect(rowOf(shown, 8).textContent).toContain("From somebody whom you block.");
    expect(rowOf(shown, 8).querySelector(".nbc-text")).toBeNull();
    rowOf(shown, 8).querySelector<HTMLElement>(".nbc-gone button")?.click();
    await drawn();
    expect(rowOf(shown, 8).querySelector(".nbc-text")?.textContent).toContain("done");
  });

  test("one that waits shows what it answers and passes on", async () => {
    const chat = talk();
    chat.pending("team").value = [
      pending("k1", "team", "yes", { reply: 2, at: NOW }),
      pending("k2", "team", "", { forward: ["team", 6], at: NOW }),
    ];
    const { texts } = await stage(chat, "team");
    expect(texts(".nbc-quote .nbc-cut").slice(-2)).toEqual(["who has numbers?", "hello @Ada and @Cy, not @Ada"]);
  });
});

describe("reactions", () => {
  test("say how many, who, and whether oneself", async () => {
    const { all } = await stage(talk(), "team");
    const bar = all('[data-seq="2"] .nbc-reaction').slice(0, 2);
    expect(bar.map((one) => one.getAttribute("aria-label"))).toEqual(["👍 2 by You and Cy", "👀 1 by Cy"]);
    expect(bar.map((one) => one.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
    expect(bar[0]?.dataset["tip"]).toBe("You and Cy");
  });

  test("one press joins or leaves", async () => {
    const { chat, press } = await stage(talk(), "team");
    await press("👀 1 by Cy");
    await press("👍 2 by You and Cy");
    const about = { t: "react", conversation: "team", message: 2 };
    expect(askedFor(chat, "react")).toEqual([
      { ...about, emoji: "👀", on: true },
      { ...about, emoji: "👍", on: false },
    ]);
  });

  test("what the hub refuses is said", async () => {
    const chat = talk();
    chat.onAsk = () => {
      throw new ChatError("muted", "You are muted until 11:00.");
    };
    const { press, texts } = await stage(chat, "team");
    await press("👀 1 by Cy");
    expect(texts(".nbc-note")).toContain("You are muted until 11:00.");
  });

  test("the six of the menu react at once", async () => {
    const shown = await stage(talk(), "team");
    await choose(shown, 8, "🎉");
    expect(askedFor(shown.chat, "react")).toEqual([
      { t: "react", conversation: "team", message: 8, emoji: "🎉", on: true },
    ]);
    expect(shown.all(".nbc-pop")).toEqual([]);
  });

  test("+ opens all emoji", async () => {
    const shown = await stage(talk(), "team");
    await keyIn(shown, 8, "+");
    expect(shown.find(".nbc-pop").getAttribute("aria-label")).toBe("Add a reaction");
    await until(() => expect(shown.all(".nbc-pop .nbc-picker")).toHaveLength(1));
  });
});

describe("the menu", () => {
  test("has what one may do with an own message, and others' have what one may there", async () => {
    const shown = await stage(talk(), "team");
    await keyIn(shown, 3, "Enter");
    expect(menu(shown)).toEqual([
      "Reply",
      "Reply in thread",
      "Edit",
      "Forward…",
      "Copy text as Markdown",
      "Copy link",
      "Save for later",
      "Pin",
      "Mark unread from here",
      "Earlier versions",
      "Delete…",
    ]);
    await shown.key(document.activeElement as Element, "Escape");
    await keyIn(shown, 2, "m");
    expect(menu(shown)).not.toContain("Edit");
    expect(menu(shown)).not.toContain("Delete…");
    expect(menu(shown)).toContain("Unpin");
    expect(menu(shown)).toContain("Open thread");
    expect(menu(shown)).toContain("Report to the moderators…");
  });

  test("moderators delete others' messages; of what is deleted only the place is left", async () => {
    const shown = await stage(talk({ role: "moderator" }), "team");
    await keyIn(shown, 2, "m");
    expect(menu(shown)).toContain("Delete…");
    await shown.key(document.activeElement as Element, "Escape");
    await keyIn(shown, 4, "m");
    expect(menu(shown)).toEqual(["Copy link", "Mark unread from here", "About Cy"]);
  });

  test("an archived conversation is only read", async () => {
    const settings = { topic: "", picture: "", archived: true, slow: 0, announcements: false };
    const shown = await stage(talk({ settings }), "team");
    await keyIn(shown, 3, "m");
    expect(menu(shown)).not.toContain("Reply");
    expect(menu(shown)).not.toContain("Edit");
  });

  test("arrows walk in it, Escape closes it, and the focus is back in the row", async () => {
    const shown = await stage(talk(), "team");
    await keyIn(shown, 3, "m");
    expect(document.activeElement?.textContent).toContain("Reply");
    await shown.key(document.activeElement as Element, "ArrowDown");
    expect(document.activeElement?.textContent).toContain("Reply in thread");
    await shown.key(document.activeElement as Element, "Escape");
    expect(shown.all(".nbc-pop")).toEqual([]);
    expect(document.activeElement).toBe(rowOf(shown, 3));
  });

  test("the right button opens it, but not over a link", async () => {
    const shown = await stage(talk(), "team");
    const ask = async (target: Element) => {
      const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 9, clientY: 9 });
      target.dispatchEvent(event);
      await drawn();
      return event.defaultPrevented;
    };
    expect(await ask(rowOf(shown, 3))).toBe(true);
    expect(shown.all(".nbc-pop")).toHaveLength(1);
    const link = rowOf(shown, 3).querySelector(".nbc-text")?.appendChild(document.createElement("a"));
    expect(await ask(link as Element)).toBe(false);
  });

  test("the toolbar is at the row under the pointer, else at the one with the focus", async () => {
    const shown = await stage(talk(), "team");
    rowOf(shown, 3).focus();
    await drawn();
    expect(shown.texts(".nbc-tools button")).toHaveLength(4);
    expect(shown.all(".nbc-tools button").map((one) => one.getAttribute("aria-label"))).toEqual([
      "Add a reaction",
      "Reply",
      "Reply in thread",
      "More actions",
    ]);
    rowOf(shown, 4).dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse" }));
    await drawn();
    expect(shown.all(".nbc-tools button").map((one) => one.getAttribute("aria-label"))).toEqual(["More actions"]);
  });

  test("one Tab stop for the messages, and one for the toolbar", async () => {
    const shown = await stage(talk(), "team");
    rowOf(shown, 8).focus();
    await drawn();
    expect(shown.all("[role=log] article[tabindex='0']")).toHaveLength(1);
    expect(shown.all(".nbc-tools [tabindex='0']")).toHaveLength(1);
    expect(shown.all('[data-seq="2"] button').every((one) => one.tabIndex === -1)).toBe(true);
  });
});
