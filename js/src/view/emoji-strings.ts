/** The words of the emoji picker. */

import { words } from "./strings";

export const E = words("emoji", {
  picker: "Emoji",
  search: "Search emoji",
  none: (query: string) => `No emoji is called “${query}”.`,
  newest: "Used last, and smileys",
  groups: [
    "Smileys and feelings",
    "People and gestures",
    "Animals and nature",
    "Food and drink",
    "Travel and places",
    "Activities",
    "Objects",
    "Symbols",
    "Flags",
  ],
  found: "Found",
  tone: "Skin tone",
  tones: ["No skin tone", "Light", "Medium-light", "Medium", "Medium-dark", "Dark"],
});
