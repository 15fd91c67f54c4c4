type Emoji = [glyph: string, names: string, tags: string, tones: 0 | 1];
export function emojiData(): Emoji[][];
export const emojiModule: import("esbuild").Plugin;
export const emojiForTests: import("vite").Plugin;
