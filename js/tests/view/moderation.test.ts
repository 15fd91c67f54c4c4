/** The sheets of who runs a conversation: inviting, links, rules, reports, the log. */

import { effect } from "@preact/signals";
import { describe, expect, test, vi } from "vitest";
import type { AnyDurable, Invitation, Invited, Reported } from "../../src/protocol/messages.gen";
import { message, person, type ScriptedChat, SETTINGS } from "../kit/chat";
import { as, asks, choose, refuse, sheet, submit } from "../kit/sheets";
import { drawn, stage } from "../kit/stage";
import { NOW } from "../kit/team";
import { until } from "../kit/until";

/** What the hub says of a link. */
function leads(chat: ScriptedChat, more: Partial<Invited> = {}): void {
  const settings = { ...SETTINGS, topic: "Where to?" };
  const about = { conversation: "p1", kind: "group" as const, title: "Plans", settings, members: 4 };
  const found = { t: "invited" as const, ...about, by: person("bob", "Bob"), role: "member" as const, joined: false };
  chat.onAsk = () => ({ ...found, ...more });
}

describe("inviting", () => {
  test("several by name, without those who are members", async () => {
    const chat = as("member");
    chat.directory = [person("bob", "Bob"), person("dee", "Dee"), person("eve", "Eve")];
    const shown = await sheet(chat, "Invite people…");
    await until(() => expect(shown.texts(".nbc-person bdi")).toEqual(["Dee", "@dee", "Eve", "@eve"]));
    await shown.press("Dee @dee");
    await shown.press("Eve @eve");
    await submit(shown);
    expect(asks(chat).at(-1)).toEqual({ t: "invite", conversation: "team", users: ["dee", "eve"] });
    expect(shown.texts("[role=tabpanel] [role=status]")).toContain("Invited: Dee and Eve");
    expect(shown.texts(".nbc-sheet h3")).toEqual(["By name"]);
  });

  test("a link with an end, uses and a role; it can be withdrawn", async () => {
    const chat = as("moderator");
    let there: Invitation[] = [];
    const link = { code: "Zk3v", conversation: "team", author: "ada", role: "guest" as const, until: null, uses: 10 };
    chat.onAsk = (command) => {
      if (command.t === "make_link") there = [link];
      if (command.t === "drop_link") there = [];
      return command.t === "drop_link" ? undefined : { t: "links", conversation: "team", links: there };
    };
    const shown = await sheet(chat, "Invite people…");
    expect(shown.texts(".nbc-sheet .nbc-quiet")).toContain("No links yet.");
    await choose(shown, "Ends", "Never");
    await choose(shown, "Uses", "10 people");
    await choose(shown, "Joins as", "Guest");
    await submit(shown, ".nbc-sheet section form");
    expect(asks(chat)).toContainEqual({ t: "make_link", conversation: "team", seconds: null, uses: 10, role: "guest" });
    const field = shown.find("[aria-label='Invitation link']") as HTMLInputElement;
    expect(field.value).toBe("http://127.0.0.1:8888/nbchat/?invite=Zk3v");
    expect(shown.texts(".nbc-invitation .nbc-quiet")).toEqual(["has no end · 10 uses left · Guest"]);
    await shown.press("Withdraw");
    expect(asks(chat)).toContainEqual({ t: "drop_link", conversation: "team", code: "Zk3v" });
    expect(shown.all(".nbc-invitation")).toEqual([]);
  });

  test("who follows a link is asked, joins, and is told where it cannot be used", async () => {
    const chat = as("member");
    const shown = await stage(chat, "");
    leads(chat);
    shown.ui.show("redeem", "Zk3v");
    await until(() => expect(shown.texts(".nbc-sheet-body .nbc-form > p")[0]).toBe("Bob invites you to “Plans”."));
    expect(shown.texts(".nbc-card p")).toEqual(["Plans", "Where to?", "4 members"]);
    expect(asks(chat)).toEqual([{ t: "find_invitation", code: "Zk3v" }]);
    refuse(chat, "bad_link", "This invitation cannot be used: it has ended. Ask for a new one.");
    await shown.press("Join the conversation");
    expect(shown.texts(".nbc-problem")).toEqual(["This invitation cannot be used: it has ended. Ask for a new one."]);
    chat.onAsk = () => ({ t: "opened", conversation: "team" });
    await shown.press("Join the conversation");
    expect(shown.chosen).toEqual(["team"]);
  });
});

describe("a link", () => {
  test("that cannot be used says so at once, and offers nothing to join", async () => {
    const chat = as("member");
    const shown = await stage(chat, "");
    refuse(chat, "bad_link", "This invitation cannot be used: it has ended. Ask for a new one.");
    shown.ui.show("redeem", "Zk3v");
    await until(() => expect(shown.texts(".nbc-problem")[0]).toContain("it has ended"));
    expect(shown.all(".nbc-sheet-body button")).toEqual([]);
  });

  test("into where one is already leads there", async () => {
    const chat = as("member");
    const shown = await stage(chat, "");
    leads(chat, { conversation: "team", joined: true });
    shown.ui.show("redeem", "Zk3v");
    await until(() => expect(shown.chosen).toEqual(["team"]));
    expect(shown.all("[role=dialog]")).toEqual([]);
  });
});

describe("moderating", () => {
  const report: Reported = {
    id: 7,
    message: message(9, "bob", "Buy my course!"),
    by: "cy",
    at: NOW,
    reason: "advertising",
  };
  const by = (seq: number) => ({ conversation: "team", seq, at: NOW, author: "ada", name: "Ada" });
  const events = [
    {
      t: "left",
      conversation: "team",
      seq: 8,
      at: NOW,
      author: "ada",
      name: "Ada",
      user: "cy",
      banned: true,
      reason: "no",
    },
    { t: "ranked", conversation: "team", seq: 7, at: NOW, author: "ada", name: "Ada", user: "bob", role: "moderator" },
    {
      t: "described",
      ...by(6),
      title: "Team",
      settings: { ...SETTINGS, topic: "Numbers" },
      changed: ["topic", "slow"],
    },
    // As hubs have written it that did not say what is another.
    { t: "described", ...by(5), title: "Team", settings: SETTINGS, changed: [] },
    { t: "muted", ...by(4), user: "cy", until: null },
    { t: "deleted", ...by(3), message: 2, writer: "cy" },
  ] as AnyDurable[];

  function moderated(): ScriptedChat {
    const chat = as("moderator");
    let open = [report];
    chat.onAsk = (command) => {
      if (command.t === "find_reports") return { t: "reports", conversation: "team", reports: open, people: [] };
      if (command.t === "find_banned") return { t: "people", people: [person("eve", "Eve")], more: false };
      if (command.t === "find_log") return { t: "log", conversation: "team", events, people: [], more: false };
      if (command.t === "close_report") open = [];
      return undefined;
    };
    return chat;
  }

  test("slow mode and announcements are changed when they are chosen", async () => {
    const chat = moderated();
    const shown = await sheet(chat, "About this conversation", "Moderate");
    await choose(shown, "Slow mode", "A message a minute");
    (shown.find(".nbc-sheet [type=checkbox]") as HTMLInputElement).click();
    await drawn();
    expect(asks(chat)).toContainEqual({ t: "describe", conversation: "team", slow: 60 });
    expect(asks(chat)).toContainEqual({ t: "describe", conversation: "team", announcements: true });
  });

  test("a report: its message can be deleted, its author muted, and then it is closed", async () => {
    const chat = moderated();
    const shown = await sheet(chat, "About this conversation", "Moderate");
    expect(shown.texts(".nbc-cited")).toEqual(["Buy my course!"]);
    await shown.press("Delete the message");
    await shown.press("Mute Bob for 1 hour");
    await shown.press("Done with it");
    for (const command of [
      { t: "delete", conversation: "team", message: 9 },
      { t: "mute", conversation: "team", user: "bob", seconds: 3_600 },
      { t: "close_report", conversation: "team", report: 7 },
    ])
      expect(asks(chat)).toContainEqual(command);
    expect(shown.texts(".nbc-cited")).toEqual([]);
    expect(shown.texts(".nbc-sheet .nbc-quiet")).toContain("Nothing is reported.");
  });

  test("its message is shown where it stands", async () => {
    const shown = await sheet(moderated(), "About this conversation", "Moderate");
    const sought = vi.fn();
    effect(() => {
      const target = shown.ui.talk.target.value;
      if (target) sought(target);
    });
    await shown.press("Show");
    expect(sought).toHaveBeenCalledWith(expect.objectContaining({ id: "team", seq: 9 }));
    expect(shown.all("[role=dialog]")).toEqual([]);
  });

  test("the log in words, and who is banned can be let back in", async () => {
    const chat = moderated();
    const shown = await sheet(chat, "About this conversation", "Moderate");
    expect(shown.texts(".nbc-log-lines bdi")).toEqual([
      "Ada banned Cy: “no”",
      "Ada made Bob a moderator",
      "Ada set the topic: Numbers",
      "Ada turned slow mode off",
      "Ada changed the conversation",
      "Ada let Cy write again",
      "Ada deleted a message of Cy",
    ]);
    await shown.press("Let back in: Eve");
    expect(asks(chat)).toContainEqual({ t: "unban", conversation: "team", user: "eve" });
  });

  test("open reports are counted where a moderator sees it", async () => {
    const chat = moderated();
    const row = { key: "reports:team", value: 2, v: 1, unread: null, mentions: null };
    chat.own.value = new Map([["reports:team", row]]);
    const { texts, button } = await sheet(chat, "About this conversation");
    expect(texts("[role=tab]")[3]).toBe("Moderate, 2 open reports2");
    expect(button("Moderate, 2 open reports")).toBeTruthy();
  });
});
