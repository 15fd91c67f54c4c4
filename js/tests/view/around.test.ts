/** What stands around the conversation: the banner, the menu and the first sheets, as people use them. */

import { describe, expect, test } from "vitest";
import type { Chunks } from "../../src/view/chunks";
import { T } from "../../src/view/sheet-strings";
import { CONNECTED, conversation, person, ScriptedChat, summary } from "../kit/chat";
import { HUB, serves } from "../kit/server";
import { chunks, drawn, stage } from "../kit/stage";
import { team } from "../kit/team";
import { until } from "../kit/until";

describe("without a connection", () => {
  test("nobody is called online, because nobody knows", async () => {
    const chat = team();
    const direct = conversation(summary("bob", { kind: "direct", title: "", peer: "bob" }), [], {
      presence: new Map([["bob", { user: "bob", online: true, last_seen: null }]]),
    });
    chat.has(direct);
    const { texts, all, press, ui } = await stage(chat, "team");
    expect(all(".nbc-faces .nbc-on")).toHaveLength(1);
    // As the reducer leaves it when the connection is lost.
    chat.connection.value = { ...CONNECTED, state: "reconnecting", attempt: 1 };
    for (const id of ["team", "bob"]) {
      const known = chat.conversation(id);
      if (known.value) known.value = { ...known.value, watched: false };
    }
    await drawn();
    expect(all(".nbc-faces .nbc-avatar")).toHaveLength(3);
    expect(all(".nbc-dot")).toEqual([]);
    await press("Menu");
    await press("Members");
    expect(all(".nbc-dot")).toEqual([]);
    expect(texts(".nbc-sheet-body")[0]).not.toContain("online");
    await press("Close");
    ui.selected.value = "bob";
    await drawn();
    expect(texts(".nbc-sub")).toEqual([""]);
  });
});

describe("the banner", () => {
  test("is there only when something is wrong, and counts down", async () => {
    const { chat, texts, press } = await stage(team(), "team");
    expect(texts(".nbc-alert")).toEqual([]);
    chat.connection.value = { ...CONNECTED, state: "reconnecting", attempt: 3, retry_at: Date.now() + 3_500 };
    await drawn();
    expect(texts(".nbc-alert")[0]).toBe("Reconnecting…attempt 3, next try in 4 sRetry now");
    chat.connection.value = { ...CONNECTED, state: "reconnecting", attempt: 3, note: "offline" };
    await drawn();
    expect(texts(".nbc-alert")[0]).toBe("You are offline.Retry now");
    // Neither a first attempt has a number, nor one that is due at once its seconds.
    for (const [attempt, wait, words] of [
      [0, 300, ""],
      [1, 300, ""],
      [0, 2_990, "next try in 3 s"],
      [2, 300, "attempt 2"],
    ] as const) {
      chat.connection.value = { ...CONNECTED, state: "reconnecting", attempt, retry_at: Date.now() + wait };
      await drawn();
      expect(texts(".nbc-alert")[0]).toBe(`Reconnecting…${words}Retry now`);
    }
    await press("Retry now");
    expect(chat.asked).toContainEqual(["retryNow"]);
    chat.connection.value = CONNECTED;
    await drawn();
    expect(texts(".nbc-alert")).toEqual([]);
  });

  test("kernel busy, frozen, relayed", async () => {
    const { chat, texts } = await stage(team(), "team");
    const with_ = async (more: object) => {
      chat.connection.value = { ...CONNECTED, ...more };
      await drawn();
    };
    await with_({ via: "relay", note: "kernel_busy" });
    expect(texts(".nbc-alert")).toEqual(["The kernel is busy: sending as soon as it is free."]);
    expect(texts(".nbc-as")).toEqual(["Through the kernel, as Ada."]);
    await with_({ state: "frozen", via: "none" });
    expect(texts(".nbc-bar")[0]).toContain("saved picture");
  });
});

describe("sheets", () => {
  test("the menu opens the page of this conversation, and arrow keys walk through it", async () => {
    const { find, press, key, all } = await stage(team(), "team");
    await press("Menu");
    expect(find("a[role=menuitem]").getAttribute("href")).toBe("http://127.0.0.1:8888/nbchat/#c/team");
    expect(document.activeElement?.textContent).toBe("About this conversation");
    await key(document.activeElement as Element, "ArrowDown");
    expect(document.activeElement?.textContent).toBe("Members");
    await key(document.activeElement as Element, "Escape");
    expect(all("[role=menu]")).toEqual([]);
  });

  test("over HTTP the menu says so, where arrow keys come by, and else it has no such line", async () => {
    const { chat, press, key, texts } = await stage(team(), "team");
    await press("Menu");
    expect(texts("[role=menuitem]").at(-1)).toBe("Where is my data?");
    chat.connection.value = { ...CONNECTED, via: "http" };
    await drawn();
    await key(document.activeElement as Element, "End");
    expect(document.activeElement?.textContent).toBe("Connected over HTTP, because WebSockets are blocked");
    chat.connection.value = { ...CONNECTED, via: "http", state: "reconnecting" };
    await drawn();
    expect(texts("[role=menuitem]").at(-1)).toBe("Where is my data?");
  });

  test("without a connection they say so, and begin nothing that would be done later", async () => {
    const { chat, press, texts, type, button, all } = await stage(team(), "team");
    chat.directory = [person("bob", "Bob")];
    chat.connection.value = { ...CONNECTED, state: "reconnecting", attempt: 1 };
    await press("New conversation");
    const said = () => texts("[role=dialog] [role=status]");
    expect(said()).toEqual(["Not connected. This goes on as soon as the connection is back."]);
    expect(chat.asked.some(([, command]) => Object(command).t === "people")).toBe(false);
    await press("Channels");
    expect(texts(".nbc-form .nbc-quiet")).toEqual([]);
    await press("Close");
    await press("Writing as Ada");
    expect(said()[0]).toContain("Not connected");
    await type("[role=dialog] input", "Ada L.");
    expect((button("Save") as HTMLButtonElement).disabled).toBe(true);
    chat.connection.value = CONNECTED;
    await drawn();
    expect(said()[0]).toBe("");
    expect((button("Save") as HTMLButtonElement).disabled).toBe(false);
    await press("Close");
    chat.connection.value = { ...CONNECTED, state: "reconnecting", attempt: 1 };
    await press("New conversation");
    expect(all(".nbc-person")).toEqual([]);
    chat.connection.value = CONNECTED;
    await drawn();
    expect(texts(".nbc-person bdi")).toEqual(["Bob", "@bob"]);
  });

  test("where the data is", async () => {
    const data = { where: "/home/ada/nbchat/hub.sqlite3", backup: "nbchat backup", remove: "/home/ada/nbchat" };
    const asked = serves(() => Response.json(data));
    const chat = team();
    chat.pageUrl.value = HUB;
    const { press, texts, all } = await stage(chat, "team");
    await press("Menu");
    await press("Where is my data?");
    expect(asked).toEqual([["api/data", null]]);
    expect(texts(".nbc-data code")[0]).toContain("hub.sqlite3");
    // A path begins at the left in every language.
    expect(all(".nbc-data code").map((code) => code.getAttribute("dir"))).toEqual(["ltr", "ltr", "ltr"]);
  });

  const made = (kind: string, title: string, members: string[]) => ({
    t: "create",
    kind,
    title,
    members,
    key: expect.any(String),
  });

  test("a direct conversation, a group, a channel", async () => {
    const chat = team();
    chat.directory = [person("ada", "Ada"), person("bob", "Bob"), person("cy", "Cy")];
    chat.channels = [summary("jobs", { kind: "channel", title: "jobs", joined: false, members: 7 })];
    const { press, find, type, texts, chosen } = await stage(chat, "team");
    const submit = async () => {
      find("[role=dialog] form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
      await drawn();
    };
    await press("New conversation");
    await until(() => expect(texts(".nbc-person bdi")).toEqual(["Bob", "@bob", "Cy", "@cy"]));
    await press("Bob @bob");
    await submit();
    expect(chat.asked).toContainEqual(["ask", { t: "open", name: "@bob", create: true }]);
    expect(chosen).toEqual(["bob"]);

    await press("New conversation");
    await until(() => expect(texts(".nbc-person bdi")).toEqual(["Bob", "@bob", "Cy", "@cy"]));
    await press("Bob @bob");
    await press("Cy @cy");
    await type("[role=dialog] label input", "Paper");
    await submit();
    expect(chat.asked).toContainEqual(["ask", made("group", "Paper", ["bob", "cy"])]);

    await press("New conversation");
    await press("Channels");
    await until(() => expect(texts(".nbc-channel bdi")).toEqual(["jobs", ""]));
    await press("Join: jobs");
    expect(chat.asked).toContainEqual(["join", "jobs"]);
    expect(chosen.at(-1)).toBe("jobs");

    await press("New conversation");
    await press("Channels");
    await type("[role=dialog] input", "brand-new");
    await until(() => expect(texts(".nbc-form .nbc-button")).toContain("Create “brand-new”"));
    await type("[role=dialog] form input", "What is new");
    await submit();
    expect(chat.asked).toContainEqual(["ask", made("channel", "brand-new", [])]);
    expect(chat.asked).toContainEqual(["ask", { t: "describe", conversation: "brand-new", topic: "What is new" }]);
    expect(chosen.at(-1)).toBe("brand-new");
  });

  test("where nobody else has been it says so, and of a name that nobody has something else", async () => {
    const chat = team();
    chat.directory = [person("ada", "Ada")];
    const { press, texts, type } = await stage(chat, "team");
    await press("New conversation");
    await until(() => expect(texts("[role=dialog] .nbc-form .nbc-quiet")).toEqual([T.nobodyYet]));
    await type("[role=dialog] input", "Zed");
    await until(() => expect(texts("[role=dialog] .nbc-form .nbc-quiet")).toEqual([T.nobodyFound]));
  });

  test("where the chunk does not come, one can try again", async () => {
    let there = false;
    const flaky: Chunks = { get: async (name) => (there ? chunks.get(name) : null) };
    const { press, texts } = await stage(team(), "team", false, flaky);
    await press("New conversation");
    expect(texts("[role=dialog] p")).toEqual(["That did not work. Try again."]);
    there = true;
    await press("Retry");
    expect(texts("[role=dialog] .nbc-title")).toEqual(["New conversation"]);
  });

  test("who are you: me again, or somebody new", async () => {
    const chat = new ScriptedChat();
    chat.question.value = { owner: person("ada", "Ada"), may_be_owner: true, knew: null };
    chat.pageUrl.value = HUB;
    const asked = serves(() => Response.json({}));
    const { find, type, texts, all } = await stage(chat);
    // True as well where nobody has ever chatted.
    expect(texts(".nbc-choice b")).toEqual(["Ada, whose notebooks run here"]);
    (find(".nbc-choice") as HTMLElement).click();
    await drawn();
    expect(asked).toEqual([["api/me", { choice: "owner" }]]);
    expect(chat.asked).toEqual([["retryNow"]]);
    chat.question.value = { owner: person("ada", "Ada"), may_be_owner: true, knew: null };
    await drawn();
    await type(".nbc-question input", "Grace");
    find(".nbc-question form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await drawn();
    expect(asked.at(-1)).toEqual(["api/me", { choice: "new", name: "Grace" }]);
    expect(chat.asked).toHaveLength(2);
    chat.question.value = { owner: null, may_be_owner: false, knew: null };
    await drawn();
    expect(all(".nbc-choice")).toEqual([]);
  });

  test("who are you: what the field is for is said once", async () => {
    const chat = new ScriptedChat();
    chat.question.value = { owner: null, may_be_owner: false, knew: null };
    const { find, texts } = await stage(chat);
    const hint = () => find(".nbc-question input").getAttribute("placeholder");
    expect([...texts(".nbc-question label"), hint()]).toEqual(["Your name", ""]);
    chat.question.value = { owner: person("ada", "Ada"), may_be_owner: true, knew: null };
    await drawn();
    expect([...texts(".nbc-question label"), hint()]).toEqual(["Somebody new", "Your name"]);
  });
});
