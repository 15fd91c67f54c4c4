/** The styles of a lazy chunk: added when the chunk is, once a page. A constructed sheet, because the page's policy refuses inline styles. */

const added =
  (globalThis as { [key: symbol]: Set<string> | undefined })[Symbol.for("nbchat.styles")] ?? new Set<string>();
(globalThis as { [key: symbol]: Set<string> | undefined })[Symbol.for("nbchat.styles")] = added;

/** Adds a text of CSS to the document; the same text again is the same styles. */
export function addStyles(css: string): void {
  if (added.has(css)) return;
  added.add(css);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
