/**
 * What the build takes out of libraries, because the budget of the widget is 60 kB gzip and this is dead weight in it. Each cut checks
 * that it finds what it expects: a new version of a library stops the build, it does not ship something else.
 */
import { Lexer } from "marked";

const PARTS = ["Lexer", "Tokenizer", "getDefaults"];

/** Options of marked that src/view/markdown.ts sets once and for all. */
const SETTLED = { pedantic: "!1", gfm: "!0", breaks: "!0", silent: "!1" };

/** marked's regular expressions as they are for settled options, put together, by the names that its methods call them. */
const RULES = {
  block: Lexer.rules.block.gfm,
  inline: Lexer.rules.inline.breaks,
  other: new Lexer().tokenizer.rules.other,
};

/** Where marked puts them together: from the first helper to the first that methods use. */
const TABLES = /var \w+=\{exec:\(\)=>null\};[\s\S]*?(?=function \w+\(\w+,\w+\)\{let \w+=\w+\.replace\(\w+\.findPipe,)/;
const CHOICE = /let t=\{other:(\w+),block:[\s\S]*?this\.tokenizer\.rules=t(?=\})/;
const PASSED_ON = /,this\.rules(?=\))/;
const RULES_GETTER = /static get rules\(\)\{return\{block:\w+,inline:\w+\}\}/;

/**
 * marked's lexer alone, with GitHub's Markdown and line breaks: without its front door (class Marked, its one instance, and what that is told),
 * without what writes HTML, and with the regular expressions that settled options choose in the place of the tables and helpers that they
 * are made of: 2.7 kB gzip. What nothing exports or uses any more the bundler then leaves out.
 *
 * @param {string} source the text of marked/lib/marked.esm.js
 */
export function trimMarked(source) {
  let trimmed = withoutFrontDoor(source);
  for (const [option, value] of Object.entries(SETTLED)) trimmed = cut(trimmed, `this.options.${option}`, value);
  const table = CHOICE.exec(trimmed)?.[1];
  for (const what of [CHOICE, RULES_GETTER, PASSED_ON]) trimmed = cut(trimmed, what, "");
  return withRules(cut(trimmed, TABLES, "/* rules */"), table);
}

function withoutFrontDoor(source) {
  const end = /;var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\([\s\S]*export\{([^}]*)\};/;
  const exported = end
    .exec(source)?.[2]
    ?.split(",")
    .filter((one) => PARTS.includes(one.split(" as ")[1]));
  if (exported?.length !== PARTS.length) throw unknown("its end");
  return source.replace(end, `;export{${exported}};`);
}

function cut(source, what, by) {
  const rest = source.replaceAll(typeof what === "string" ? what : new RegExp(what, "g"), by);
  if (rest === source) throw unknown(what);
  return rest;
}

/** Each use of a rule gets the rule itself where it is the only one, else a variable. `table`: what marked calls its third table. */
function withRules(source, table) {
  const use = new RegExp(
    `\\b(?:(?:this\\.tokenizer\\.rules|this\\.rules|\\w)\\.(block|inline|other)|${table})\\.(\\w+)`,
    "g",
  );
  const uses = [...source.matchAll(use)].map(([, kind = "other", name]) => `${kind}_${name}`);
  const isAlone = (id) => uses.filter((one) => one === id).length === 1;
  const rules = new Map(uses.map((id) => [id, ruleOf(...id.split(/_(.*)/))]));
  // A global one has a state, and a function is called: these keep one place.
  const inPlace = (id) => isAlone(id) && rules.get(id) instanceof RegExp && !rules.get(id).global;
  const variables = [...rules].filter(([id]) => !inPlace(id)).map(([id, rule]) => `var ${id}=${textOf(rule)};`);
  return source
    .replace(use, (_, kind = "other", name) => {
      const id = `${kind}_${name}`;
      return inPlace(id) ? textOf(rules.get(id)) : id;
    })
    .replace("/* rules */", () => variables.join(""));
}

function ruleOf(kind, name) {
  const rule = RULES[kind][name];
  if (!rule) throw unknown(`its rule ${name}`);
  return rule;
}

/** As marked does for browsers that cannot look behind (Safari before 16.4), where such a literal would break the whole module. */
const textOf = (rule) => String(rule).replace("(?<!`)()", "(^|[^`])");

function unknown(what) {
  return new Error(`js/tools/trim.mjs does not know this marked: look at ${what}.`);
}

/** What @preact/signals does for signals that are given to JSX themselves, as children or as attributes: our views read `.value`. */
const IN_JSX = [
  [/function w\(i\)\{[\s\S]*?(?=b\("__b")/, ""],
  [/(b\("__b",function\(i,n\)\{y\(\);d=void 0;)[\s\S]*?(i\(n\)\}\);)/, "$1$2"],
  [/(b\("diffed",function\(i,n\)\{y\(\);d=void 0;)[\s\S]*?(i\(n\)\}\);)function k[\s\S]*?(?=b\("unmount")/, "$1$2"],
  [
    /if\("string"==typeof n\.type\)\{var r=n\.__e;[\s\S]*?n\.__np=void 0\}else\{(var c=n\.__c;if\(c\)\{[\s\S]*?\}\})\}(?=i\(n\)\}\))/,
    "$1",
  ],
];

/**
 * @preact/signals without signals in JSX: 0.8 kB gzip. The tests run on the same (vitest.config.ts).
 *
 * @param {string} source the text of @preact/signals/dist/signals.module.js
 */
export function trimSignals(source) {
  return IN_JSX.reduce((text, [what, by]) => {
    const rest = text.replace(what, by);
    if (rest === text) throw new Error(`js/tools/trim.mjs does not know this @preact/signals: look at ${what}.`);
    return rest;
  }, source);
}

/** The file of the package that esbuild takes for browsers. */
export const SIGNALS = /@preact\/signals\/dist\/signals\.module\.js$/;

/** The trimmed signals for vitest. */
export const signalsForTests = {
  name: "trim-signals",
  transform: (code, id) => (SIGNALS.test(id) ? trimSignals(code) : undefined),
};
