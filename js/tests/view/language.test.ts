/** The languages of the view: all words in tables, the tables of one shape, numbers and lists as each language has them. */

import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ChatError } from "../../src/client/chat";
import type { Chunks } from "../../src/view/chunks";
import { C } from "../../src/view/compose-strings";
import { E } from "../../src/view/emoji-strings";
import * as hebrew from "../../src/view/lang-he.chunk";
import { choose, listOf, plural, speak } from "../../src/view/language";
import { mount } from "../../src/view/mount";
import { N } from "../../src/view/notice-strings";
import { P } from "../../src/view/people-strings";
import { T } from "../../src/view/sheet-strings";
import { S } from "../../src/view/strings";
import { K } from "../../src/view/talk-strings";
import { ago, dayLabel } from "../../src/view/time";
import { errorText } from "../../src/view/words";
import { pending } from "../kit/chat";
import { chunks, drawn, stage } from "../kit/stage";
import { team } from "../kit/team";
import { until } from "../kit/until";

/** Tests run in the folder js. */
const FOLDER = "src/view";
const ENGLISH: Record<string, object> = { view: S, sheets: T, people: P, notices: N, talk: K, compose: C, emoji: E };

afterEach(() => {
  speak();
  document.documentElement.lang = "";
});

/** Every word of a table with its path; functions are called with names and numbers. */
function leaves(table: object, path: string): [path: string, value: unknown][] {
  return Object.entries(table).flatMap(([key, value]) =>
    value && typeof value === "object"
      ? leaves(value, `${path}.${key}`)
      : [[`${path}.${key}`, value] as [string, unknown]],
  );
}

describe("the tables", () => {
  test("each English table has its Hebrew one", () =>
    expect(Object.keys(hebrew.spoken.tables).sort()).toEqual(Object.keys(ENGLISH).sort()));

  test("every module of words is known to this test", () => {
    const named = readdirSync(FOLDER)
      .filter((file) => file.endsWith("strings.ts"))
      .map((file) => /words\("(\w+)"/.exec(readFileSync(`${FOLDER}/${file}`, "utf8"))?.[1] ?? file);
    expect(named.sort()).toEqual(Object.keys(ENGLISH).sort());
  });

  test.each(Object.keys(ENGLISH))("%s has the same keys, with the same arguments, in both languages", (name) => {
    const there = new Map(leaves(hebrew.spoken.tables[name] ?? {}, name));
    const here = leaves(ENGLISH[name] ?? {}, name);
    expect([...there.keys()].sort()).toEqual(here.map(([path]) => path).sort());
    for (const [path, value] of here) expect(typeof there.get(path), path).toBe(typeof value);
  });

  test("what the hub refuses people has Hebrew words by its code, and the hub's own where there are none", () => {
    const codes = readFileSync("../docs/protocol.md", "utf8").match(/^\| `[a-z_]+` \| .* \| (?:yes|no) \|$/gm) ?? [];
    const forPrograms = ["malformed", "unknown_command", "hello_first", "hello_twice", "bad_own", "flood"];
    const ofThePage = ["timeout", "disconnected", "other_person"];
    const all = codes.map((row) => row.split("`")[1] ?? "");
    const forPeople = all.filter((code) => !forPrograms.includes(code)).concat(ofThePage);
    expect(Object.keys(hebrew.spoken.errors).sort()).toEqual(forPeople.sort());
    const refused = new ChatError("blocked", "“Bob” takes no messages from you.");
    expect(errorText(refused, "")).toBe("“Bob” takes no messages from you.");
    speak(hebrew.spoken);
    expect(errorText(refused, "")).toBe("האדם הזה לא מקבל ממך הודעות.");
    expect(errorText(new ChatError("other", "Something else."), "")).toBe("Something else.");
    expect(errorText(new Error("Secret: 17"), "No.")).toBe("No.");
  });

  test("nothing in the Hebrew tables is English", () => {
    // Names of things that are called so in every language.
    const same = /^(?:Markdown|)$/;
    const left = Object.entries(hebrew.spoken.tables)
      .flatMap(([name, table]) => leaves(table, name))
      .filter(([, value]) => typeof value === "string" && !same.test(value) && !/\p{Script=Hebrew}/u.test(value));
    expect(left).toEqual([]);
  });
});

describe("numbers, lists and times", () => {
  test("English has two forms", () => {
    expect([0, 1, 2, 1_000].map((n) => S.members(n))).toEqual(["0 members", "1 member", "2 members", "1,000 members"]);
    expect(listOf(["Ada", "Grace", S.others(3)])).toMatch(/^Ada, Grace,? and 3 others$/);
    expect(listOf(["Ada"])).toBe("Ada");
  });

  test("Hebrew has a dual", () => {
    speak(hebrew.spoken);
    expect([1, 2, 3, 20].map((n) => S.members(n))).toEqual(["חבר אחד", "שני חברים", "3 חברים", "20 חברים"]);
    expect([1, 2, 7].map((n) => K.newReplies(n))).toEqual(["תגובה חדשה", "שתי תגובות חדשות", "7 תגובות חדשות"]);
    expect([1, 2, 7].map((n) => S.left(n))).toEqual(["נותר תו אחד", "נותרו שני תווים", "נותרו 7 תווים"]);
    expect(listOf(["עדה", "גרייס"])).toBe("עדה וגרייס");
    expect(plural(2, { one: "#", other: "# ימים" })).toBe("2 ימים");
  });

  test("times are told in the language of the view", () => {
    const now = new Date(2026, 4, 4, 12, 0).getTime();
    expect(ago(now - 5 * 60_000, now)).toBe("5 minutes ago");
    expect(ago(now - 3 * 3_600_000, now)).toBe("3 hours ago");
    expect(ago(now - 86_400_000, now)).toBe("yesterday");
    expect(ago(now + 5_000, now)).toBe("this minute");
    expect(ago(now - 30 * 86_400_000, now)).toBe(dayLabel(now - 30 * 86_400_000, now));
    expect(dayLabel(now - 5 * 86_400_000, now)).toMatch(/Wednesday/);
    speak(hebrew.spoken);
    expect(ago(now - 3 * 3_600_000, now)).toBe("לפני 3 שעות");
    expect(ago(now - 86_400_000, now)).toBe("אתמול");
    expect(dayLabel(now - 5 * 86_400_000, now)).toMatch(/יום רביעי/);
  });
});

describe("which language", () => {
  test.each([
    [["he-IL", "en-US"], "he"],
    [["iw"], "he"],
    [["", "de-DE", "he"], "he"],
    [["en-GB", "he"], null],
    [["de", "fr"], null],
    [[], null],
  ])("of %j is %j", (wishes, expected) => expect(choose(wishes)).toBe(expected));

  const withHebrew: Chunks = {
    get: async (name) => ((name as string) === "lang-he" ? hebrew : await chunks.get(name)) as never,
  };

  test("a widget speaks as its host does, from right to left, with what was written kept", async () => {
    document.documentElement.lang = "he";
    const chat = team();
    chat.setDraft("team", "half a sentence");
    const { root, find, texts } = await stage(chat, "team", false, withHebrew);
    await until(() => expect(root.dir).toBe("rtl"));
    await drawn();
    expect([root.lang, root.getAttribute("aria-label")]).toEqual(["he", "צ׳אט"]);
    expect((find("textarea") as HTMLTextAreaElement).value).toBe("half a sentence");
    expect(find("textarea").getAttribute("placeholder")).toContain("הודעה אל");
    expect(texts(".nbc-text")[0]).toBe("hello");
    expect(find(".nbc-text").dir).toBe("auto");
  });

  test("why a message was refused is told in the language of the view", async () => {
    document.documentElement.lang = "he";
    const chat = team();
    const refused = { status: "failed", error: "“team” is archived.", code: "archived" } as const;
    chat.pending("team").value = [
      pending("key-1", "team", "late", refused),
      pending("key-2", "team", "other", { ...refused, error: "Something else.", code: "other" }),
    ];
    const { root, texts } = await stage(chat, "team", false, withHebrew);
    await until(() => expect(root.dir).toBe("rtl"));
    await drawn();
    expect(texts(".nbc-failure span")).toEqual(["השיחה בארכיון. אי אפשר לכתוב בה יותר.", "Something else."]);
    const full = { status: "waiting", error: "Full. Try again.", code: "store_full" } as const;
    chat.pending("team").value = [pending("key-9", "team", "full", full)];
    await drawn();
    expect(texts(".nbc-failure")).toEqual(["הדיסק של השרת מלא, ושום דבר לא נשמר. היא תישלח שוב מעצמה."]);
  });

  test("a page speaks as the browser does, and says so of the document", async () => {
    vi.stubGlobal("navigator", Object.create(navigator, { languages: { value: ["he-IL"] } }));
    document.documentElement.lang = "en";
    const { root } = await stage(team(), "team", true, withHebrew);
    await until(() => expect(root.dir).toBe("rtl"));
    expect(document.documentElement.lang).toBe("he");
  });

  test("what the session wishes for goes before its host and the browser", async () => {
    document.documentElement.lang = "en";
    const end = new AbortController();
    const host = document.body.appendChild(document.createElement("div"));
    const parts = { chat: team(), until: end.signal, page: false, open: "", height: 480, chosen: () => {} };
    mount(host, { ...parts, language: "he", chunks: withHebrew });
    await until(() => expect((host.firstElementChild as HTMLElement).dir).toBe("rtl"));
    end.abort();
  });

  test("where the table is not to be had the view speaks English", async () => {
    document.documentElement.lang = "he";
    const { root, find } = await stage(team(), "team");
    await drawn();
    expect([root.lang, root.dir]).toEqual(["en", "ltr"]);
    expect(find("textarea").getAttribute("placeholder")).toBe("Message ml-team");
  });
});
