/**
 * Emoji: found by name, with the person's skin tone, and which ones they used last. Part of the lazy chunk `emoji`. What this browser remembers
 * (tone, newest) is in its storage and told to nobody.
 */

import { groups } from "emoji-data";
import { localStore, readJson, writeJson } from "../util/storage";

export interface Emoji {
  glyph: string;
  /** Its names, the best known first: `:thumbsup:` without colons. */
  names: string[];
  tags: string[];
  /** Can have a skin tone. */
  tones: boolean;
}

/** As Unicode has them; the first is none. */
export const TONES = ["", "🏻", "🏼", "🏽", "🏾", "🏿"] as const;
export type Tone = (typeof TONES)[number];

const NEWEST_KEY = "nbchat:emoji-newest";
const TONE_KEY = "nbchat:emoji-tone";
/** Two rows of the picker. */
const NEWEST = 18;
/** Before anything was used: what people react with most often. */
const FREQUENT = ["👍", "❤️", "😂", "🎉", "👀", "🙏", "✅", "🚀", "😕"];

export const all: Emoji[][] = groups.map((group) =>
  group.map(([glyph, names, tags, tones]) => ({
    glyph,
    names: names.split(" "),
    tags: tags.split(" "),
    tones: !!tones,
  })),
);
const flat = all.flat();
const byName = new Map(flat.flatMap((one) => one.names.map((name) => [name, one] as const)));
const byGlyph = new Map(flat.map((one) => [one.glyph, one]));

export const named = (name: string): Emoji | undefined => byName.get(name.toLowerCase());

/** An emoji by its sign, whatever its skin tone. */
export const ofGlyph = (glyph: string): Emoji | undefined => byGlyph.get(glyph.replace(/[\u{1F3FB}-\u{1F3FF}]/gu, ""));

/** The sign with a skin tone, where there is such a thing. */
export function toned({ glyph, tones }: Pick<Emoji, "glyph" | "tones">, tone: Tone): string {
  if (!tones || !tone) return glyph;
  const [first = "", ...rest] = [...glyph];
  return first + tone + rest.join("").replace(/^\uFE0F/, "");
}

export const toneNow = (): Tone => TONES.find((tone) => tone === readJson(localStore(), TONE_KEY)) ?? "";
export const setTone = (tone: Tone): boolean => writeJson(localStore(), TONE_KEY, tone);

/** How well an emoji answers a query: the smaller the better; null: not at all. Of several words each must mean it. */
function rank(emoji: Emoji, query: string): number | null {
  const whole = rankOf(emoji, query);
  const words = query.split("_").filter((word) => word);
  if (whole !== null || words.length < 2) return whole;
  return words.every((word) => rankOf(emoji, word) !== null) ? SEVERAL : null;
}

const SEVERAL = 5;

function rankOf({ names, tags }: Emoji, query: string): number | null {
  if (names.includes(query)) return 0;
  if (names.some((name) => name.startsWith(query))) return 1;
  if (names.some((name) => name.includes(`_${query}`)) || tags.includes(query)) return 2;
  if (tags.some((tag) => tag.startsWith(query))) return 3;
  return names.some((name) => name.includes(query)) ? 4 : null;
}

/** The emoji that a query finds, the best first; those used last before others that are as good. */
export function search(query: string, limit: number): Emoji[] {
  const wanted = query
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  const used = newest(NEWEST).map(ofGlyph);
  const place = (one: Emoji) => {
    const at = used.indexOf(one);
    return at < 0 ? NEWEST : at;
  };
  return flat
    .map((one) => ({ one, rank: rank(one, wanted) }))
    .filter((found): found is { one: Emoji; rank: number } => found.rank !== null)
    .sort((a, b) => a.rank - b.rank || place(a.one) - place(b.one))
    .slice(0, limit)
    .map(({ one }) => one);
}

/** What was used last, filled up with what people use most. */
export function newest(n: number): string[] {
  const kept = readJson(localStore(), NEWEST_KEY);
  const used = Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : [];
  return [...new Set([...used, ...FREQUENT])].slice(0, n);
}

/** This one was used now. */
export function remember(glyph: string): void {
  writeJson(localStore(), NEWEST_KEY, [glyph, ...newest(NEWEST).filter((one) => one !== glyph)].slice(0, NEWEST));
}
