/**
 * What the build takes out of libraries, because the budget of the widget is 60 kB gzip and this is dead weight in it. Each cut checks
 * that it finds what it expects: a new version of a library stops the build, it does not ship something else.
 */

const LISTS = [
  "html\\$1",
  "svg\\$1",
  "svgFilters",
  "svgDisallowed",
  "mathMl\\$1",
  "mathMlDisallowed",
  "html",
  "svg",
  "mathMl",
  "xml",
];

/**
 * DOMPurify without its default lists of tags and attributes (2.5 kB gzip): src/view/markdown.ts names every one that it allows. Without the lists
 * the sanitiser allows less, never more: what is no HTML is refused as a whole. tests/view/trim.test.ts runs hostile texts through the result.
 *
 * @param {string} source the text of dompurify/dist/purify.es.mjs
 */
export function trimDompurify(source) {
  let trimmed = source;
  for (const name of LISTS) {
    const list = new RegExp(`^const ${name} = freeze\\(\\[[^\\]]*\\]\\);`, "m");
    if (!list.test(trimmed))
      throw new Error(`js/tools/trim.mjs finds no list ${name} in this DOMPurify: look at its source.`);
    trimmed = trimmed.replace(list, `const ${name.replace("\\", "")} = freeze([]);`.replace("$", "$$$$"));
  }
  return trimmed;
}

const PARTS = ["Lexer", "Parser", "Renderer", "Tokenizer", "getDefaults"];

/**
 * marked without its front door (class Marked, its one instance, and what that is told): src/view/markdown.ts uses the parts behind it.
 * What nothing exports or uses any more the bundler then leaves out.
 *
 * @param {string} source the text of marked/lib/marked.esm.js
 */
export function trimMarked(source) {
  const end = /;var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\([\s\S]*export\{([^}]*)\};/;
  const exported = end
    .exec(source)?.[2]
    ?.split(",")
    .filter((one) => PARTS.includes(one.split(" as ")[1]));
  if (exported?.length !== PARTS.length)
    throw new Error("js/tools/trim.mjs does not know this marked: look at its end.");
  return source.replace(end, `;export{${exported}};`);
}
