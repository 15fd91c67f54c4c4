/**
 * The emoji of the picker and of `:name:`, from emojibase-data, as small as they can be: the module "emoji-data", for esbuild and for vitest.
 *
 * One group a list, in the order of Unicode; each emoji is `[glyph, names, tags, tones]`: its names of GitHub, Slack and emojibase, words that find it,
 * and 1 where a skin tone can be put behind its first sign. Left out are signs that most systems cannot show yet, and what is no picture by itself.
 */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Emoji of the last years have no picture on systems that are a little old; 15.1 is of September 2023. */
const NEWEST = 15.1;
/** emojibase's numbers of groups; 2 holds hair and skin tones by themselves. */
const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9];
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];

/**
 * As keyboards write it: the sign that asks for a picture only where there would be none without it. emojibase has it everywhere, and two
 * people's thumbs would be two reactions.
 */
const short = (glyph) => glyph.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");

/** With a skin tone, as src/view/emoji.ts does it. */
function toned(glyph, tone) {
  const [first, ...rest] = [...glyph];
  return first + tone + rest.join("").replace(/^\uFE0F/, "");
}

function takesTone({ emoji, skins = [] }) {
  return (
    skins.length === TONES.length && skins.every((skin, at) => short(skin.emoji) === toned(short(emoji), TONES[at]))
  );
}

const listOf = (value) => (value === undefined ? [] : [value].flat());

/** The data, and how many emoji there are. */
export function emojiData() {
  const all = require("emojibase-data/en/data.json");
  const sources = ["github", "iamcal", "emojibase"].map((name) => require(`emojibase-data/en/shortcodes/${name}.json`));
  const groups = GROUPS.map((group) =>
    all
      .filter((one) => one.group === group && one.version <= NEWEST)
      .sort((a, b) => a.order - b.order)
      .map((one) => {
        const names = [...new Set(sources.flatMap((source) => listOf(source[one.hexcode])))];
        const known = names.join("_").split("_");
        const tags = [...new Set([...one.label.split(/[^\p{L}\d]+/u), ...listOf(one.tags)])].filter(
          (tag) => tag && !known.includes(tag),
        );
        return [short(one.emoji), names.join(" "), tags.join(" "), takesTone(one) ? 1 : 0];
      }),
  );
  if (groups.some((group) => group.length < 50) || !groups[1].some(([, , , tones]) => tones))
    throw new Error("js/tools/emoji.mjs does not know this emojibase-data: look at its data.json.");
  return groups;
}

const source = () => `export const groups = ${JSON.stringify(emojiData())};`;

/** For esbuild. */
export const emojiModule = {
  name: "emoji-data",
  setup(build) {
    build.onResolve({ filter: /^emoji-data$/ }, () => ({ path: "emoji-data", namespace: "emoji-data" }));
    build.onLoad({ filter: /./, namespace: "emoji-data" }, () => ({ contents: source(), loader: "js" }));
  },
};

/** The same for vite. */
export const emojiForTests = {
  name: "emoji-data",
  resolveId: (id) => (id === "emoji-data" ? "\0emoji-data" : null),
  load: (id) => (id === "\0emoji-data" ? source() : null),
};
