/** Whoever is signed out sees nothing any more of what they could read, and writes nothing; what they wrote waits for them. */

import { describe, expect, test, vi } from "vitest";
import type { Question } from "../../src/client/chat";
import type { Person } from "../../src/protocol/messages.gen";
import { T } from "../../src/view/sheet-strings";
import { CONNECTED, pending, person } from "../kit/chat";
import { drawn, stage } from "../kit/stage";
import { team } from "../kit/team";

test("the page is emptied but for the way in, and is as before when they come back", async () => {
  const chat = team();
  const shown = await stage(chat, "team", true);
  const { root, texts, all, type, find, press } = shown;
  await type("textarea", "not sent yet");
  chat.pending("team").value = [pending("k1", "team", "on its way")];
  await press("Menu");
  await press("About this conversation");
  const before = texts(".nbc-text");
  expect(before).toContain("on its way");
  expect(all("[role=dialog]")).toHaveLength(1);

  chat.connection.value = { ...CONNECTED, state: "signed_out" };
  await drawn();
  expect(root.textContent).toBe(`You are not signed in any more.${T.unsentKept}Sign in`);
  expect(all("textarea, input, [title]")).toEqual([]);
  expect(document.title).toBe("Chat");
  expect(chat.watching).toEqual([]);
  expect(chat.asked.filter(([what]) => what === "discard")).toEqual([]);

  chat.connection.value = CONNECTED;
  await drawn();
  expect(texts(".nbc-text")).toEqual(before);
  expect((find(".nbc-composer textarea") as HTMLTextAreaElement).value).toBe("not sent yet");
  expect(document.title).toBe("ml-team");
});

test("the way in is this very page for a page of its own, and the hub's page beside a notebook; of nothing unsent nothing is said", async () => {
  const out = async (page: boolean) => {
    const chat = team();
    chat.connection.value = { ...CONNECTED, state: "signed_out" };
    return await stage(chat, "team", page);
  };
  const page = await out(true);
  expect(page.root.textContent).toBe("You are not signed in any more.Sign in");
  const reload = vi.spyOn(location, "reload").mockReturnValue();
  await page.press("Sign in");
  expect(reload).toHaveBeenCalledOnce();
  const { find } = await out(false);
  const link = find(".nbc-question a");
  expect([link.getAttribute("href"), link.getAttribute("target")]).toEqual(["http://127.0.0.1:8888/nbchat/", "_blank"]);
});

test("while the part that says more is not to be had, the bar says it", async () => {
  const chat = team();
  chat.connection.value = { ...CONNECTED, state: "signed_out" };
  const { root } = await stage(chat, "team", true, { get: async () => null });
  expect(root.textContent).toBe("You are not signed in any more.");
});

test("nothing is shown, and nothing can be written, between the answer that this is somebody else and their welcome", async () => {
  const chat = team();
  const { root, type, all, texts, find, press } = await stage(chat, "team", true);
  await type("textarea", "Ada's words");
  await press("Menu");
  await press("About this conversation");
  expect(all("[role=dialog]")).toHaveLength(1);
  chat.connection.value = { ...CONNECTED, state: "changing" };
  await drawn();
  expect(texts(".nbc-alert > span:first-child")).toEqual(["Connecting…"]);
  expect(all("textarea, input, [role=log]")).toEqual([]);
  expect(root.textContent).not.toContain("ml-team");

  chat.setDraft("team", "");
  chat.connection.value = CONNECTED;
  await drawn();
  expect((find(".nbc-composer textarea") as HTMLTextAreaElement).value).toBe("");
  expect(all("[role=dialog]")).toEqual([]);
});

describe("a hub that does not know any more who this is", () => {
  const forgets = async (knew: Question["knew"], owner: Person | null = null) => {
    const chat = team();
    chat.send("team", "on its way");
    chat.setDraft("team", "not sent yet");
    chat.setOwn("draft:team/1", "told");
    chat.setDraft("team", "in a thread", 1);
    const shown = await stage(chat, "team", true);
    chat.connection.value = { ...CONNECTED, state: "asking" };
    chat.question.value = { owner, may_be_owner: owner !== null, knew };
    await drawn();
    return shown;
  };

  test("says so, how its owner comes back, and shows what this page has not sent", async () => {
    const { texts, root, press, all } = await forgets("page");
    expect(texts(".nbc-question > p")).toEqual([T.forgotten, T.ownersWay]);
    expect(texts(".nbc-unsent li p")).toEqual(["on its way", "not sent yet", "in a thread"]);
    expect(texts(".nbc-unsent li bdi")).toEqual(["ml-team", "ml-team", "ml-team"]);
    expect(all("[role=log]")).toEqual([]);
    expect(root.textContent).not.toContain("new here");
    const write = vi.fn(async () => {});
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: write } });
    await press("Copy");
    vi.unstubAllGlobals();
    expect(write).toHaveBeenCalledWith("on its way");
  });

  test("shows nothing of it to who opens the browser later, or a new one", async () => {
    const later = await forgets("browser");
    expect(later.texts(".nbc-question > p")).toEqual([T.forgotten, T.ownersWay]);
    expect(later.all(".nbc-unsent")).toEqual([]);
    const fresh = await forgets(null);
    expect(fresh.texts(".nbc-question > p")).toEqual([T.whoHint]);
    expect(fresh.all(".nbc-unsent")).toEqual([]);
  });

  test("offers its owner the way that there is", async () => {
    const { texts } = await forgets("page", person("ada", "Ada"));
    expect(texts(".nbc-choice b")).toEqual(["Ada, whose notebooks run here"]);
    expect(texts(".nbc-question > p")).toEqual([T.forgotten]);
  });
});
