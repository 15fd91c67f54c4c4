/**
 * What the build takes out of libraries, because the budget of the widget is 60 kB gzip and this is dead weight in it. Each cut checks
 * that it finds what it expects: a new version of a library stops the build, it does not ship something else.
 */
import { readFile } from "node:fs/promises";
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

/** What our views neither set nor read: hooks of marked, whether a word stands inside of HTML, and what it says where none of its rules fits. */
const UNASKED = [
  ["n=this.options.hooks?.emStrongMask?.call({lexer:this},n)??n;", ""],
  [/static lexInline\(e,t\)\{[^}]*\}/, ""],
  [/,!this\.lexer\.state\.inRawBlock&&[\s\S]*?\(this\.lexer\.state\.inRawBlock=!1\)/, ""],
  ["inRawBlock:this.lexer.state.inRawBlock,", ""],
  ["inRawBlock:!1,", ""],
  ["let n=this.lexer.state.inRawBlock;", ""],
  [",escaped:n}", "}"],
  [/\{let \w="Infinite loop on byte: "[\s\S]*?throw new Error\(\w\)\}/, "throw Error()"],
];

/** Where marked puts its tables together: from the first helper to the first that methods use. */
const TABLES = /var \w+=\{exec:\(\)=>null\};[\s\S]*?(?=function \w+\(\w+,\w+\)\{let \w+=\w+\.replace\(\w+\.findPipe,)/;
const CHOICE = /let t=\{other:(\w+),block:[\s\S]*?this\.tokenizer\.rules=t(?=\})/;
const PASSED_ON = /,this\.rules(?=\))/;
const RULES_GETTER = /static get rules\(\)\{return\{block:\w+,inline:\w+\}\}/;

/**
 * marked's lexer alone, with GitHub's Markdown and line breaks: without its front door (class Marked, its one instance, and what that is told),
 * without what writes HTML, and with the regular expressions that settled options choose in the place of the tables and helpers that they
 * are made of: 5.6 kB gzip less. What nothing exports or uses any more the bundler then leaves out.
 *
 * @param {string} source the text of marked/lib/marked.esm.js
 */
export function trimMarked(source) {
  let trimmed = withoutFrontDoor(source);
  for (const [what, by] of UNASKED) trimmed = cut(trimmed, what, by);
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
  [/(?<=b\("__b",function\(i,n\)\{y\(\);d=void 0;)[\s\S]*?(?=i\(n\)\}\);)/, ""],
  [/(?<=b\("diffed",function\(i,n\)\{y\(\);d=void 0;)[\s\S]*?(?=i\(n\)\}\);function k)/, ""],
  [/function k\(i,n,r,t\)[\s\S]*?(?=b\("unmount")/, ""],
  [/if\("string"==typeof n\.type\)\{var r=n\.__e;[\s\S]*?n\.__np=void 0\}else(?=\{var c=n\.__c;if\(c\))/, ""],
  // And for its tools: names, and what they listen to.
  [/m="undefined"!=typeof window&&!!window\.\w+,/, ""],
  ["if(m)null==(n=this.y)||n.call(this);", ""],
  [",{name:n}", ""],
  [',"function"==typeof r.type?r.type.displayName||r.type.name:""', ""],
  ['"__source"!==e&&', ""],
  // Components of other libraries, and those that make signals of signals.
  [/if\(this\.__f\|\|"boolean"==typeof this\.u[\s\S]*?if\(3&this\.__\$f\)return!0\}/, "if(!t||3&this.__$f)return!0;"],
];

/** What no view asks of signals: names, who begins and ends to look at one, ways to read it other than `value` and `peek`, signals made of others. */
const UNREAD = [
  ["this.W=null==t?void 0:t.watched;this.Z=null==t?void 0:t.unwatched;this.name=null==t?void 0:t.name}", "}"],
  [";else f(function(){var i;null==(i=t.W)||i.call(t)})", ""],
  ["if(void 0===n)f(function(){var i;null==(i=t.Z)||i.call(t)})", ""],
  ["l.prototype.brand=i;", ""],
  [/l\.prototype\.subscribe=[\s\S]*?(?=l\.prototype\.peek=)/, ""],
  ["this.name=null==t?void 0:t.name;if(n)n.push(this)}", "}"],
  ["m.prototype.dispose=function(){this.d()};", ""],
  ["n[Symbol.dispose]=n;return n", "return n"],
  // And values that follow from others: a function does, where it is drawn.
  [/function j\(i,t\)\{l\.call\(this,void 0,t\);[\s\S]*?(?=function O\(i,t\))/, "function j(){}"],
  ["||!t.S.h()||t.S.i!==t.i", ""],
  ["l.prototype.h=function(){return!0};", ""],
];

/**
 * @preact/signals without signals in JSX and without names: 0.9 kB gzip. The tests run on the same (vitest.config.ts).
 *
 * @param {string} source the text of @preact/signals/dist/signals.module.js
 */
export const trimSignals = (source) => without(source, IN_JSX, "@preact/signals");

/**
 * The signals themselves: 0.6 kB gzip less. The tests run on the same.
 *
 * @param {string} source the text of @preact/signals-core/dist/signals-core.module.js
 */
export const trimSignalsCore = (source) => without(source, UNREAD, "@preact/signals-core");

/** The source with each of these pieces, which is there once, replaced. */
function without(source, pieces, library) {
  return pieces.reduce((text, [what, by]) => {
    const parts = text.split(what);
    if (parts.length !== 2) throw new Error(`js/tools/trim.mjs does not know this ${library}: look at ${what}.`);
    return parts.join(by);
  }, source);
}

/**
 * What of Preact our views have no use for: pieces of its text, and what stands there instead. Each is there once.
 */
const UNUSED = [
  // Taking over what a server has drawn: a root is empty when the view comes.
  [/128&u\.__u&&[\s\S]*?l=o\[0\]\|\|l\),/, ""],
  [/if\(e\.length=v,r\.__v=null,c\|\|o\)[\s\S]*?else r\.__e=u\.__e;/, "e.length=v,r.__v=null,r.__e=u.__e;"],
  ["p&&p.some(g),", ""],
  ["t&&t.then||D(r)", "D(r)"],
  ["32&u.__u?[i]:null", "null"],
  ["32&u.__u,o)", "0,o)"],
  ["u=t&&32&t.__u", "u=0"],
  ["i?null:r.firstChild?d.call(r.childNodes):null", "null"],
  ["function F(t,r,u,i,f,o,e,l,c,a){var ", "function F(t,r,u,i,f,_o,e,_l,c,a){const o=null,l=!1;var "],
  [",l&&(n.__m&&n.__m(r,o),l=!1),o=null}", "}"],
  [',o="textarea"==C&&null!=x.defaultValue?null:o&&d.call(a.childNodes),!l', ",!l"],
  [/!u&&\(i=t\.__c\)&&\(i=i\.__z\)[\s\S]*?g\(f\),g\(i\)\),/, ""],
  ['&&!t.data.startsWith("$s")', ""],
  // Lifecycles of classes, other than shouldComponentUpdate and componentWillUnmount, and componentWillUpdate, which hooks set.
  [/,V\.getDerivedStateFromProps&&\([\s\S]*?d\.__s\)\)\)(?=\),k=)/, ""],
  [/M!==k&&C&&[\s\S]*?componentWillReceiveProps\(M,L\),/, ""],
  [/,C&&d\.componentDidUpdate&&[\s\S]*?\(k,b,m\)\}\)/, ""],
  [/else C&&[\s\S]*?componentWillMount\(\),[\s\S]*?componentDidMount\);/, ""],
  [/,C&&u\.__c&&d\.getSnapshotBeforeUpdate[\s\S]*?\(k,b\)\)/, ""],
  [/(?<=n=\{__e:function\()n,t,r,u\)\{for\([\s\S]*?(?=throw f=0,n\})/, "n){"],
  [/x\.prototype\.forceUpdate=function\(n\)\{[\s\S]*?\},(?=x\.prototype\.render)/, ""],
  // Contexts and portals.
  ["j=(s=V.contextType)&&i[s.__c],L=s?j?j.props.value:s.__:i,", "L=i,"],
  ["j&&j.sub(d),", ""],
  [",d.getChildContext&&(i=_({},i,d.getChildContext()))", ""],
  [/M\.__P&&\(s=l,[\s\S]*?:null\),(?=l=I\()/, ""],
  [",M.__P&&(r.__e=null,l=s)", ""],
  ["if(n.props.__P)return t;", ""],
  ["u&&!t.props.__P", "u"],
  ["||n.props.__P", ""],
  ["&&!n.props.__P", ""],
  // Raw HTML, and elements with rules of their own that no view has.
  ['"dangerouslySetInnerHTML"==s?y=k:', ""],
  ['"dangerouslySetInnerHTML"==s?h=k:', ""],
  ['t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s")', ""],
  ['"math"==C?f="http://www.w3.org/1998/Math/MathML":', ""],
  [/\("foreignObject"==C\|\|[\s\S]*?v\.test\(C\)\)&&\(f="[^"]*"\),/, ""],
  ['"progress"==C&&null==b?t.removeAttribute(s):', ""],
  ['&&("progress"!=C||b)', ""],
  ['"template"==C&&t.content||t', "t"],
  // Attributes, events and options that no view has; a root is an element.
  ['||"value"==s&&"defaultValue"in x||"checked"==s&&"defaultChecked"in x', ""],
  ['&&"download"!=t&&"rowSpan"!=t&&"colSpan"!=t', ""],
  ['&&"popover"!=t', ""],
  ['"popover"==t&&1==r?"":r', "r"],
  ['f=t!=(t=t.replace(l,"$1")),', ""],
  ["r?n.addEventListener(t,o,f):n.removeEventListener(t,o,f)", "r?n.addEventListener(t,o):n.removeEventListener(t,o)"],
  ["l=/(PointerCapture)$|Capture$/i,", ""],
  ["n.event?n.event(r):r", "r"],
  ["createElementNS(f,C,x.is?x:a)", "createElementNS(f,C)"],
  ["9==r.nodeType&&(r=r.documentElement),", ""],
];

/**
 * Preact for our views: 0.8 kB gzip less. The tests run on the same (vitest.config.ts).
 *
 * @param {string} source the text of preact/dist/preact.mjs
 */
export const trimPreact = (source) => without(source, UNUSED, "preact");

/** Every browser that we draw in has animation frames. */
const UNHOOKED = [
  ['var k="function"==typeof requestAnimationFrame;', ""],
  ["k&&cancelAnimationFrame(t)", "cancelAnimationFrame(t)"],
  ["k&&(t=requestAnimationFrame(r))", "t=requestAnimationFrame(r)"],
];

/**
 * Preact's hooks for our views. The tests run on the same.
 *
 * @param {string} source the text of preact/hooks/dist/hooks.mjs
 */
export const trimHooks = (source) => without(source, UNHOOKED, "preact/hooks");

/** The files of the packages that esbuild takes for browsers, and what is to be done with the text of each. */
const LIBRARIES = [
  [/\/marked\/lib\/marked\.esm\.js$/, trimMarked],
  [/\/preact\/dist\/preact\.mjs$/, trimPreact],
  [/\/preact\/hooks\/dist\/hooks\.mjs$/, trimHooks],
  [/\/@preact\/signals\/dist\/signals\.module\.js$/, trimSignals],
  [/\/@preact\/signals-core\/dist\/signals-core\.module\.js$/, trimSignalsCore],
];

/** For esbuild. Files only: in a chunk something of the same path stands in for what the widget hands over (chunks.mjs). */
export const trimLibraries = {
  name: "trim-libraries",
  setup(build) {
    for (const [filter, trim] of LIBRARIES)
      build.onLoad({ filter, namespace: "file" }, async ({ path }) => ({
        contents: trim(await readFile(path, "utf8")),
      }));
  },
};

/** For vitest, so that the tests run on what ships; marked is compared with the whole one instead (tests/view/trim.test.ts). */
export const trimForTests = {
  name: "trim-libraries",
  transform: (code, id) => LIBRARIES.slice(1).find(([file]) => file.test(id))?.[1](code),
};
