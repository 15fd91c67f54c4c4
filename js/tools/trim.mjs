/**
 * What the build takes out of libraries, because the budget of the widget is 60 kB gzip and this is dead weight in it. Each cut checks
 * that it finds what it expects: a new version of a library stops the build, it does not ship something else.
 */

const PARTS = ["Lexer", "Tokenizer", "getDefaults"];

/**
 * marked without its front door (class Marked, its one instance, and what that is told), and without what writes HTML: src/view/markdown.ts uses the
 * parts behind it.
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
