/** The sheets about people and conversations: what is shown to whom, what a press asks of the hub, and what a refusal says. */

import { describe, expect, test } from "vitest";
import { ChatError } from "../../src/client/chat";
import type { AnyReply, Summary } from "../../src/protocol/messages.gen";
import { conversation, person, SETTINGS } from "../kit/chat";
import { as, asks, choose, refuse, sheet, submit } from "../kit/sheets";
import { drawn, stage } from "../kit/stage";
import { NOW, team } from "../kit/team";
import { until } from "../kit/until";

describe("about a conversation", () => {
  test.each([
    ["owner", ["About", "Members", "Invite", "Moderate"], ["Archive…", "Leave this conversation…"]],
    ["moderator", ["About", "Members", "Invite", "Moderate"], ["Leave this conversation…"]],
    ["member", ["About", "Members", "Invite"], ["Leave this conversation…"]],
    ["guest", ["About", "Members"], ["Leave this conversation…"]],
  ] as const)("a %s is offered what they may", async (role, tabs, buttons) => {
    const { texts } = await sheet(as(role), "About this conversation");
    expect(texts("[role=tab]")).toEqual(tabs);
    const others = texts(".nbc-sheet .nbc-button").filter((name) => name !== "Save" && name !== "…");
    expect(others).toEqual(buttons);
  });

  test("title, topic and picture: only what changed is asked for", async () => {
    const chat = as("moderator");
    const shown = await sheet(chat, "About this conversation");
    const [title, topic, picture] = shown.all("[role=tabpanel] input") as HTMLInputElement[];
    expect(title?.value).toBe("ml-team");
    for (const [field, text] of [
      [topic, " Numbers "],
      [picture, "🧪x"],
    ] as const) {
      if (!field) throw new Error("A field is missing.");
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    await drawn();
    await submit(shown);
    expect(asks(chat)).toEqual([{ t: "describe", conversation: "team", topic: "Numbers", picture: "🧪" }]);
  });

  test("a member changes the topic only, and nobody does in an announcement channel", async () => {
    const shown = await sheet(as("member"), "About this conversation");
    expect(shown.all("[role=tabpanel] form input")).toHaveLength(1);
    shown.end();
    const quiet = await sheet(
      as("member", { settings: { ...SETTINGS, announcements: true } }),
      "About this conversation",
    );
    expect(quiet.all("[role=tabpanel] form")).toEqual([]);
  });

  test("arrow keys change the tab, and the focus stays on it", async () => {
    const { key, find, texts } = await sheet(as("owner"), "About this conversation");
    expect(document.activeElement?.textContent).toBe("About");
    await key(document.activeElement as Element, "ArrowRight");
    expect(texts("[role=tab][aria-selected=true]")).toEqual(["Members"]);
    expect(document.activeElement).toBe(find("[role=tab][aria-selected=true]"));
  });

  test("what one wants of it is kept for oneself", async () => {
    const chat = as("guest");
    const shown = await sheet(chat, "About this conversation");
    await choose(shown, "Notify me of", "Mentions");
    await choose(shown, "Mute", "For ever");
    expect(chat.own.value.get("prefs:team")?.value).toEqual({
      level: "mentions",
      mute_until: 0,
      star: false,
      order: null,
    });
    expect(asks(chat)).toEqual([]);
  });

  test("archiving asks once more; opening again does not", async () => {
    const chat = as("owner");
    const shown = await sheet(chat, "About this conversation", "Archive…");
    expect(asks(chat)).toEqual([]);
    await shown.press("Archive");
    expect(asks(chat)).toEqual([{ t: "describe", conversation: "team", archived: true }]);
    shown.end();
    const old = as("owner", { settings: { ...SETTINGS, archived: true } });
    await sheet(old, "About this conversation", "Take out of the archive");
    expect(asks(old)).toEqual([{ t: "describe", conversation: "team", archived: false }]);
  });

  test("the title leads there, and the topic stands below it", async () => {
    const chat = as("member", { settings: { ...SETTINGS, topic: "Numbers", picture: "🧪" } });
    const { find, texts } = await stage(chat, "team");
    expect(texts(".nbc-sub")).toEqual(["3 members, 2 online · Numbers"]);
    (find(".nbc-title button") as HTMLElement).click();
    await drawn();
    expect(texts("[role=tab][aria-selected=true]")).toEqual(["About"]);
  });
});

describe("members", () => {
  test("who is here stands first; roles and silence are said", async () => {
    const chat = as("owner", {}, "moderator");
    const known = chat.conversation("team").peek();
    known?.standings.set("cy", { user: "cy", role: "guest", muted: Date.now() + 60_000 });
    chat.profiles.value = new Map([["bob", person("bob", "Bob", { emoji: "🎧", status: "debugging" })]]);
    const { texts } = await sheet(chat, "Members");
    expect(texts(".nbc-part").slice(-2)).toEqual(["Here now (1)", "Away (2)"]);
    expect(texts(".nbc-person .nbc-quiet")).toEqual([
      "Moderator · online · debugging",
      "Owner · offline",
      "Guest · may not write now · offline",
    ]);
    expect(texts(".nbc-person bdi")).toEqual(["Bob", "Ada (you)", "Cy"]);
  });

  test("of a large conversation come by page, and are found by name", async () => {
    const chat = as("member", { members: 412 });
    const known = chat.conversation("team").peek();
    if (known) chat.has({ ...known, members: [], presence: new Map() });
    chat.people.value = new Map([...chat.people.value, ["s1", "Student 1"], ["s2", "Student 2"], ["x", "Xavier"]]);
    const row = (id: string, name: string) => ({
      person: person(id, name),
      role: "member" as const,
      muted: null,
      online: false,
      last_seen: null,
    });
    chat.onAsk = (command) => {
      if (command.t !== "find_members") return undefined;
      const first = command.query ? [row("x", "Xavier")] : [row("s1", "Student 1")];
      const members = command.after ? [row("s2", "Student 2")] : first;
      return { t: "members", conversation: "team", members, more: !command.query && !command.after };
    };
    const shown = await sheet(chat, "Members");
    expect(shown.texts(".nbc-person bdi")).toEqual(["Student 1"]);
    await shown.press("Show more");
    expect(shown.texts(".nbc-person bdi")).toEqual(["Student 1", "Student 2"]);
    await shown.type(".nbc-sheet input[type=search]", "xav");
    await until(() => expect(shown.texts(".nbc-person bdi")).toEqual(["Xavier"]));
  });
});

describe("the card of a person", () => {
  test("says who they are; one can write to them, and block them", async () => {
    const chat = as("member");
    chat.profiles.value = new Map([["bob", person("bob", "Bob", { emoji: "🎧", status: "debugging" })]]);
    const shown = await sheet(chat, "Members");
    (shown.find(".nbc-person") as HTMLElement).click();
    await drawn();
    expect(shown.texts(".nbc-card p")).toEqual(["Bob 🎧", "debugging", "@bob", "online"]);
    expect(shown.all(".nbc-sheet select")).toEqual([]);
    await shown.press("Block");
    expect(chat.own.value.get("block:bob")?.value).toEqual(expect.any(Number));
    await shown.press("Unblock");
    expect(chat.own.value.get("block:bob")?.value).toBeNull();
    await shown.press("Message");
    expect(chat.asked).toContainEqual(["ask", { t: "open", name: "@bob", create: true }]);
    expect(shown.chosen).toEqual(["bob"]);
  });

  test("a refusal is said there", async () => {
    const chat = as("member");
    chat.onAsk = () => {
      throw new ChatError("blocked", "“Bob” takes no messages from you.");
    };
    const shown = await stage(chat, "team");
    shown.ui.show("person", "bob");
    await drawn();
    await shown.press("Message");
    expect(shown.texts(".nbc-problem")).toContain("“Bob” takes no messages from you.");
  });

  test("a moderator mutes, ranks and removes who stands below", async () => {
    const chat = as("moderator");
    const shown = await stage(chat, "team");
    shown.ui.show("person", "bob");
    await drawn();
    await choose(shown, "Role here", "Guest");
    await choose(shown, "May write", "Not for 1 hour");
    await shown.press("Remove from ml-team…");
    (shown.find(".nbc-sheet [type=checkbox]") as HTMLInputElement).click();
    await shown.type(".nbc-sheet form input[maxlength]", "advertising");
    await submit(shown, ".nbc-sheet form");
    expect(asks(chat)).toEqual([
      { t: "rank", conversation: "team", user: "bob", role: "guest" },
      { t: "mute", conversation: "team", user: "bob", seconds: 3_600 },
      { t: "remove", conversation: "team", user: "bob", ban: true, reason: "advertising" },
    ]);
    expect(shown.texts("[role=tab][aria-selected=true]")).toEqual(["Members"]);
  });

  test("a card that is closed while somebody is removed stays closed", async () => {
    const chat = as("moderator");
    const shown = await stage(chat, "team");
    shown.ui.show("person", "bob");
    await drawn();
    await shown.press("Remove from ml-team…");
    let answer = (_: AnyReply) => {};
    chat.ask = () => new Promise((resolve) => (answer = resolve));
    await submit(shown, ".nbc-sheet form");
    await shown.press("Close");
    answer({ t: "done", ref: 0 });
    await drawn();
    expect(shown.all("[role=dialog]")).toEqual([]);
  });

  test("but not another moderator, and nobody oneself", async () => {
    const shown = await stage(as("moderator", {}, "moderator"), "team");
    for (const user of ["bob", "ada"]) {
      shown.ui.show("person", user);
      await drawn();
      expect(shown.all(".nbc-sheet select")).toEqual([]);
    }
    expect(shown.button("Edit your profile")).toBeTruthy();
  });
});

describe("oneself", () => {
  test("name, status and colour: only what changed is asked for, and a refusal says why", async () => {
    const chat = as("member");
    const shown = await sheet(chat, "Your profile…");
    expect((shown.button("Save") as HTMLButtonElement).disabled).toBe(true);
    const [name, status] = shown.all(".nbc-sheet input.nbc-field") as HTMLInputElement[];
    for (const [field, text] of [
      [name, " Ada L. "],
      [status, "two more seeds"],
    ] as const) {
      if (!field) throw new Error("A field is missing.");
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await drawn();
    }
    (shown.all(".nbc-colors input")[4] as HTMLInputElement).click();
    await drawn();
    refuse(chat, "bad_name", "'Ada L.' cannot be used as a name: it is too much like “Ada L”.");
    await submit(shown);
    expect(shown.texts(".nbc-problem")[0]).toContain("cannot be used as a name");
    chat.onAsk = () => undefined;
    await submit(shown);
    const change = { t: "set_profile", name: "Ada L.", status: "two more seeds", color: "green" };
    expect(asks(chat).at(-1)).toEqual(change);
    expect(shown.texts("[aria-live=polite]")).toContain("Saved.");
    expect(shown.all(".nbc-sheet")).toEqual([]);
  });

  test("whom one blocks is listed, and can be unblocked there", async () => {
    const chat = as("member");
    chat.setOwn("block:bob", NOW);
    const shown = await sheet(chat, "Your profile…");
    expect(shown.texts(".nbc-person bdi")).toEqual(["Bob"]);
    await shown.press("Unblock: Bob");
    expect(shown.texts(".nbc-person bdi")).toEqual([]);
  });
});

describe("leaving", () => {
  test("asks, and opens nothing else in its place", async () => {
    const chat = as("member");
    const shown = await sheet(chat, "Leave this conversation…");
    await shown.press("Leave");
    expect(chat.asked).toContainEqual(["ask", { t: "leave", conversation: "team" }]);
    expect(shown.ui.selected.value).toBe("");
  });

  test("the only owner is told at once what to do first, and led there", async () => {
    const shown = await sheet(as("owner"), "Leave this conversation…");
    expect(shown.texts("[role=alert]")[0]).toContain("only owner");
    expect(shown.texts(".nbc-danger")).toEqual([]);
    await shown.press("Choose an owner");
    expect(shown.texts("[role=tab][aria-selected=true]")).toEqual(["Members"]);
  });

  test("who seems to be one of two owners is told when the hub refuses", async () => {
    const chat = as("owner", {}, "owner");
    chat.onAsk = () => {
      throw new ChatError("last_owner", "“team” would have no owner. Make somebody else its owner first.");
    };
    const shown = await sheet(chat, "Leave this conversation…");
    await shown.press("Leave");
    expect(shown.texts("[role=alert]")[0]).toContain("only owner");
  });

  test("a refusal has the title and not the id", async () => {
    const chat = as("member");
    chat.onAsk = () => {
      throw new ChatError("not_member", "You are not a member of “team”. Join it first.");
    };
    const shown = await sheet(chat, "Leave this conversation…");
    await shown.press("Leave");
    expect(shown.texts(".nbc-problem")).toEqual(["You are not a member of “ml-team”. Join it first."]);
  });
});

test("a sheet gives the focus back to where it was", async () => {
  const shown = await stage(as("member"), "team");
  const before = shown.find(".nbc-title button");
  before.focus();
  before.click();
  await drawn();
  await shown.key(document.activeElement as Element, "Escape");
  expect(document.activeElement).toBe(before);
});

test("a question has the focus, and gives it back when it is taken back", async () => {
  const shown = await sheet(as("owner"), "About this conversation");
  shown.button("Archive…").focus();
  await shown.press("Archive…");
  expect(document.activeElement).toBe(shown.button("Archive"));
  await shown.press("Cancel");
  expect(document.activeElement).toBe(shown.button("Archive…"));
});

test("what is dealt with and goes away leaves the focus in the sheet", async () => {
  const chat = as("member");
  chat.setOwn("block:bob", NOW);
  const shown = await sheet(chat, "Your profile…");
  shown.button("Unblock: Bob").focus();
  await shown.press("Unblock: Bob");
  expect(document.activeElement).toBe(shown.find(".nbc-sheet"));
});

test("where one cannot write it says why, and until when", async () => {
  const chat = as("member", { settings: { ...SETTINGS, announcements: true } });
  const shown = await stage(chat, "team");
  const bar = async (more: Partial<Summary>) => {
    const known = chat.conversation("team").peek();
    if (known) chat.has({ ...known, summary: { ...known.summary, settings: SETTINGS, ...more } });
    await drawn();
    return shown.texts(".nbc-bar")[0];
  };
  expect(shown.texts(".nbc-bar")[0]).toContain("Only moderators and owners write here");
  expect(await bar({ settings: { ...SETTINGS, archived: true } })).toContain("archived");
  expect(await bar({ muted: Date.now() + 60_000 })).toContain("A moderator has muted you until ");
  expect(await bar({ muted: Date.now() - 60_000 })).toBeUndefined();
  expect(await bar({ role: "moderator", settings: { ...SETTINGS, announcements: true } })).toBeUndefined();
  expect(shown.all("textarea")).toHaveLength(1);
});

test("a conversation that one does not take part in offers nothing but to look", async () => {
  const chat = team();
  const known = chat.conversation("team").peek();
  if (known) {
    chat.has(
      conversation({ ...known.summary, kind: "channel", joined: false, role: null }, [], {
        members: ["bob"],
        online: 1,
      }),
    );
  }
  const shown = await sheet(chat, "About this conversation");
  expect(shown.texts(".nbc-stage .nbc-empty p")).toEqual(["No messages yet"]);
  expect(shown.all(".nbc-stage .nbc-empty button")).toEqual([]);
  expect(shown.texts("[role=tab]")).toEqual(["About", "Members"]);
  expect(shown.all("[role=tabpanel] form, [role=tabpanel] select, [role=tabpanel] button")).toEqual([]);
});
