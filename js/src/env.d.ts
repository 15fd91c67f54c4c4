/** What the build puts in place of names (build.mjs). */

/** What the files of the lazy chunks have behind their names: `chunks/NAME-MARK.js` in the folder of widget.js. */
declare const __NBCHAT_CHUNKS__: string;

/** The text of a style sheet, in the lazy chunks. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** The emoji, made small by the build (tools/emoji.mjs): by group, each `[glyph, names, tags, whether it takes a skin tone]`. */
declare module "emoji-data" {
  export const groups: [glyph: string, names: string, tags: string, tones: 0 | 1][][];
}
