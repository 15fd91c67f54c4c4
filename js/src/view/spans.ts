/** What highlight.js has coloured, as DOM nodes. Pure but for making nodes; part of the lazy chunk that colours. */

/** What a colour of highlight.js looks like in the HTML that it writes; between these there is only text. */
const SPAN = /<span class="([\w -]*)">|<\/span>/;
const REFERENCES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'" };

/** Reads that HTML without a parser of HTML: what is no such span is text. */
export function spansOf(html: string): DocumentFragment {
  const all = document.createDocumentFragment();
  let inside: Node = all;
  const parts = html.split(SPAN);
  for (const [at, part] of parts.entries()) {
    const isSpan = at % 2 === 1;
    if (isSpan && part !== undefined) {
      const span = document.createElement("span");
      span.className = part;
      inside = inside.appendChild(span);
    } else if (isSpan) inside = inside.parentNode ?? all;
    else inside.appendChild(document.createTextNode(part.replace(/&[^;]+;/g, (one) => REFERENCES[one] ?? one)));
  }
  return all;
}
