/**
 * The lazy parts. Each file src/view/NAME.chunk.ts(x) becomes a chunk NAME, which the view gets by `ui.chunks.get("NAME")`.
 *
 * A chunk runs on the widget that opens it: hooks of one copy of Preact mean nothing to another, a table of words is filled when the
 * language changes, and what the widget has already need not travel again. So a chunk is a function of what it imports. What the widget's
 * own bundle contains is handed to it (src/view/given.ts, which is written here); what it does not contain, the chunk brings along.
 *
 * A file src/transport/NAME.chunk.ts is a chunk as well, but a plain module: it draws nothing, takes what it needs as arguments, and has
 * copies of the functions without a state that it imports.
 */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as esbuild from "esbuild";
import { emojiModule } from "./emoji.mjs";

/**
 * Modules that a chunk has a copy of although the widget has them: constants, and thin functions without a state of their own of which the
 * widget needs one or two. Handing them over would pull the others into the widget.
 */
const COPIED = ["src/client/actions.ts", "src/client/changes.ts", "src/protocol/tables.gen.ts", "src/util/"];

/** The files of the chunks in a folder by name, relative to `root` (the folder js). */
function findChunks(root, folder) {
  const files = readdirSync(join(root, folder)).filter((file) => /\.chunk\.tsx?$/.test(file));
  return files.sort().map((file) => [file.replace(/\.chunk\.tsx?$/, ""), `${folder}/${file}`]);
}

/** The absolute paths of the modules that the widget's bundle contains. `options`: those of its build. */
export async function modulesOf(options) {
  const { metafile } = await esbuild.build({ ...options, write: false, metafile: true });
  const [output] = Object.values(metafile.outputs);
  const there = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return new Set(there.map(([path]) => join(options.absWorkingDir, path)));
}

/**
 * Builds all chunks, into files NAME-MARK.js. Returns the output files by chunk; `mark`: the same for all, because eight letters for each would
 * have to stand in the widget; `given`: what they want of the widget's modules, in the order in which it is handed to them; and `metafiles`: what
 * esbuild says is in them.
 *
 * @param {Set<string>} shared the modules of the widget, as `modulesOf` says
 */
export async function buildChunks(options, shared) {
  const root = options.absWorkingDir;
  const given = new Given(root, shared);
  const build = (name, path, more) =>
    esbuild.build({
      ...options,
      entryPoints: { [name]: path },
      format: "cjs",
      banner: { js: "export default(given)=>{const module={exports:{}};" },
      footer: { js: "return module.exports};" },
      metafile: true,
      plugins: [...(options.plugins ?? []), emojiModule, styleText, given.plugin],
      ...more,
    });
  const chunks = findChunks(root, "src/view");
  // Once to see what they want, once more when each of it has its number.
  for (const [name, path] of chunks) await build(name, path, { write: false });
  given.number();
  const texts = new Map();
  const metafiles = [];
  for (const [name, path] of chunks) {
    const { metafile, outputFiles } = await build(name, path, { write: false });
    given.check(name, metafile);
    texts.set(name, outputFiles[0].text);
    metafiles.push(metafile);
  }
  for (const [name, path] of findChunks(root, "src/transport")) {
    const plain = { ...options, entryPoints: { [name]: path }, inject: [], metafile: true, write: false };
    const { metafile, outputFiles } = await esbuild.build(plain);
    texts.set(name, outputFiles[0].text);
    metafiles.push(metafile);
  }
  const mark = markOf([...texts.values()]);
  const files = Object.fromEntries([...texts.keys()].map((name) => [name, `${name}-${mark}.js`]));
  await mkdir(options.outdir, { recursive: true });
  for (const [name, text] of texts) await writeFile(join(options.outdir, files[name]), text);
  return { files, mark, given, metafiles };
}

/** Another text, another address: browsers keep chunks for long. */
const markOf = (texts) => createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 10);

/** Makes src/view/given.ts hand over what the chunks want. */
export function giving(given) {
  const contents = given.source();
  return {
    name: "giving",
    setup(build) {
      build.onLoad({ filter: /src\/view\/given\.ts$/ }, ({ path }) => ({ contents, resolveDir: dirname(path) }));
    },
  };
}

/** What the chunks want of the widget's modules: each name has a number, because numbers are shorter in the widget. */
class Given {
  /** Names by the path of their module. */
  #wanted = new Map();
  /** Every path and name, in the order of their numbers; null while they are collected. */
  #list = null;
  #root;
  #shared;

  constructor(root, shared) {
    this.#root = root;
    this.#shared = shared;
  }

  #isGiven(path) {
    return this.#shared.has(path) && !COPIED.some((one) => path.startsWith(join(this.#root, one)));
  }

  /** All that is wanted is known. */
  number() {
    const modules = [...this.#wanted].sort(([a], [b]) => a.localeCompare(b));
    this.#list = modules.flatMap(([path, names]) => [...names].sort().map((name) => ({ path, name })));
  }

  /** The module that hands all of it over. */
  source() {
    const list = this.#list;
    const imports = list.map(({ path, name }, at) => `import { ${name} as _${at} } from ${JSON.stringify(path)};`);
    return `${imports.join("\n")}\nexport const given = () => [${list.map((_, at) => `_${at}`).join(", ")}];`;
  }

  /** What stands in a chunk in the place of a module of the widget. */
  #standIn(path) {
    const lines = this.#list.map((one, at) => (one.path === path ? `export const ${one.name} = given[${at}];` : ""));
    return lines.join("");
  }

  /** Another plugin that loads one of these modules whole would give the chunk a second Preact, whose hooks fail when a view is drawn. */
  check(chunk, { inputs }) {
    for (const [path, { bytes }] of Object.entries(inputs)) {
      const module = path.startsWith("given:") ? path.slice("given:".length) : null;
      if (module && bytes !== Buffer.byteLength(this.#standIn(module)))
        throw new Error(`The chunk ${chunk} has a copy of ${module}, which the widget was to hand to it.`);
    }
  }

  #want(path, names, importer) {
    if (names === null)
      throw new Error(`${importer} imports ${path} as a whole: a chunk takes what the widget has by name.`);
    const known = this.#wanted.get(path) ?? new Set();
    for (const name of names) known.add(name);
    this.#wanted.set(path, known);
  }

  get plugin() {
    return {
      name: "hand-over",
      setup: (build) => {
        const resolve = ({ path, resolveDir, kind, importer }) =>
          build.resolve(path, { resolveDir, kind, importer, pluginData: "as usual" });
        build.onResolve({ filter: /./ }, async (args) => {
          if (args.pluginData === "as usual" || args.kind === "entry-point") return undefined;
          const { path } = await resolve(args);
          if (!this.#isGiven(path)) return undefined;
          return this.#list ? { path, namespace: "given", sideEffects: false } : { path, external: true };
        });
        build.onLoad({ filter: /./, namespace: "given" }, ({ path }) => ({ contents: this.#standIn(path) }));
        build.onLoad({ filter: /\.tsx?$/, namespace: "file" }, async ({ path: importer }) => {
          const wanted = await importsOf(await readFile(importer, "utf8"));
          for (const { from, names } of wanted) {
            const { path } = await resolve({
              path: from,
              resolveDir: dirname(importer),
              kind: "import-statement",
              importer,
            });
            if (this.#isGiven(path)) this.#want(path, names, importer);
          }
          return undefined;
        });
      },
    };
  }
}

/** A chunk's style sheet is a text for `addStyles`, minified like the rest. */
const styleText = {
  name: "style-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { minify, target } = build.initialOptions;
      const { code } = await esbuild.transform(await readFile(path, "utf8"), { loader: "css", minify, target });
      return { contents: code.trimEnd(), loader: "text" };
    });
  },
};

/** What a module imports by name, its types left out; what its JSX calls is in preact.ts. */
async function importsOf(source) {
  const { code } = await esbuild.transform(source, { loader: "tsx", format: "esm" });
  return [...code.matchAll(/^(?:import|export)\s([^"'();]*?)\sfrom "([^"]+)";$/gm)].map(([, what, from]) => {
    const list = /^\{([^}]*)\}$/.exec(what.trim())?.[1];
    const names = list?.split(",").map((one) => one.trim().split(" as ")[0]);
    return { from, names: names?.filter((name) => name !== "") ?? null };
  });
}
