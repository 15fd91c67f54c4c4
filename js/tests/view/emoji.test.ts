/** The emoji: found by name, toned, remembered; and the picker by mouse and by keyboard. */

import { beforeEach, describe, expect, test } from "vitest";
import { named, newest, ofGlyph, remember, search, setTone, toned, toneNow } from "../../src/view/emoji";
import { pickEmoji } from "../../src/view/pick-emoji";
import { emojiData } from "../../tools/emoji.mjs";
import { drawn, stage } from "../kit/stage";
import { team } from "../kit/team";

beforeEach(() => localStorage.clear());

const glyphs = (query: string, limit = 5) => search(query, limit).map(({ glyph }) => glyph);

describe("emoji", () => {
  test("by the names that GitHub and Slack have", () => {
    for (const [name, glyph] of [
      ["tada", "🎉"],
      ["+1", "👍"],
      ["thumbsup", "👍"],
      ["THUMBSUP", "👍"],
      ["heart", "❤️"],
      ["white_check_mark", "✅"],
      ["slightly_smiling_face", "🙂"],
    ])
      expect(named(name as string)?.glyph, name).toBe(glyph);
    expect(named("nosuch")).toBeUndefined();
  });

  test("a search finds whole names first, then beginnings, then words", () => {
    expect(glyphs("tada")[0]).toBe("🎉");
    expect(glyphs("rocket")[0]).toBe("🚀");
    expect(glyphs("please hands", 20)).toContain("🙏");
    expect(glyphs("qqqq")).toEqual([]);
    expect(search("a", 7)).toHaveLength(7);
  });

  test("what was used is found before what is as good", () => {
    const [first, second] = glyphs("smile", 2);
    remember(second as string);
    expect(newest(1)).toEqual([second]);
    expect(first).not.toBe(second);
    const cats = glyphs("cat", 9);
    remember(cats[4] as string);
    expect(glyphs("cat", 9).indexOf(cats[4] as string)).toBeLessThanOrEqual(4);
  });

  test("the newest are remembered once each, the last first, and filled up", () => {
    remember("🚀");
    remember("🎉");
    remember("🚀");
    expect(newest(3)).toEqual(["🚀", "🎉", "👍"]);
    localStorage.setItem("nbchat:emoji-newest", "broken{");
    expect(newest(2)).toEqual(["👍", "❤️"]);
  });

  test("skin tones stand behind the first sign", () => {
    const wave = ofGlyph("👋");
    const cooks = named("woman_cook");
    if (!wave || !cooks) throw new Error("These emoji are missing.");
    expect(toned(wave, "🏽")).toBe("👋🏽");
    expect(toned(cooks, "🏿")).toBe("👩🏿‍🍳");
    expect(toned({ glyph: "🎉", tones: false }, "🏽")).toBe("🎉");
    expect(ofGlyph("👋🏽")).toBe(wave);
    setTone("🏻");
    expect(toneNow()).toBe("🏻");
  });

  test("the data has every group, each emoji once, each with a name", () => {
    const all = emojiData().flat();
    expect(all.length).toBeGreaterThan(1_800);
    expect(new Set(all.map(([glyph]) => glyph)).size).toBe(all.length);
    expect(all.filter(([, names]) => !names)).toEqual([]);
  });
});

describe("the picker", () => {
  async function opened() {
    const made = await stage(team(), "team");
    const anchor = made.find(".nbc-send");
    const picked = pickEmoji(made.ui, anchor);
    await drawn();
    return { ...made, picked, grid: () => made.all(".nbc-emoji-grid button") };
  }

  test("opens with the search in focus; Enter takes the first that is found, and remembers it", async () => {
    const { find, key, type, picked, texts } = await opened();
    const field = find(".nbc-picker input");
    expect(document.activeElement).toBe(field);
    await type(".nbc-picker input", "tada");
    expect(texts(".nbc-picker-title")).toEqual(["Found"]);
    await key(field, "Enter");
    expect(await picked).toBe("🎉");
    expect(newest(1)).toEqual(["🎉"]);
  });

  test("arrows move in the grid, with one Tab stop, and back to the search", async () => {
    const { find, key, grid } = await opened();
    await key(find(".nbc-picker input"), "ArrowDown");
    expect(document.activeElement).toBe(grid()[0]);
    await key(grid()[0] as HTMLElement, "ArrowRight");
    expect(document.activeElement).toBe(grid()[1]);
    await key(grid()[1] as HTMLElement, "ArrowDown");
    expect(document.activeElement).toBe(grid()[10]);
    expect(grid().filter((one) => one.tabIndex === 0)).toEqual([grid()[10]]);
    await key(grid()[10] as HTMLElement, "ArrowUp");
    await key(grid()[1] as HTMLElement, "ArrowUp");
    expect(document.activeElement).toBe(find(".nbc-picker input"));
  });

  test("groups by tab; the tone changes what is shown and picked", async () => {
    const { press, find, grid, picked } = await opened();
    await press("People and gestures");
    expect(grid()[0]?.textContent).toBe("👋");
    const tones = find(".nbc-tones") as HTMLSelectElement;
    tones.value = "🏾";
    tones.dispatchEvent(new Event("change", { bubbles: true }));
    await drawn();
    expect(grid()[0]?.textContent).toBe("👋🏾");
    grid()[0]?.click();
    expect(await picked).toBe("👋🏾");
  });

  test("Escape, a press elsewhere and the end of the view close it without an emoji", async () => {
    const first = await opened();
    await first.key(first.find(".nbc-picker input"), "Escape");
    expect(await first.picked).toBeNull();
    expect(first.all(".nbc-picker")).toEqual([]);
    const second = pickEmoji(first.ui, first.find(".nbc-send"));
    await drawn();
    first.find(".nbc-header").dispatchEvent(new Event("pointerdown", { bubbles: true }));
    expect(await second).toBeNull();
    const third = pickEmoji(first.ui, first.find(".nbc-send"));
    await drawn();
    first.end();
    expect(await third).toBeNull();
  });

  test("what nobody is called says so", async () => {
    const { type, texts, grid } = await opened();
    await type(".nbc-picker input", "qqqq");
    expect(texts(".nbc-picker-title")).toEqual(["No emoji is called “qqqq”."]);
    expect(grid()).toEqual([]);
  });
});
