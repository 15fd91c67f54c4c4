/**
 * The lazy parts of the view. Each file src/view/NAME.chunk.ts(x) becomes a chunk NAME, which the view gets by `ui.chunks.get("NAME")`.
 *
 * A chunk runs on the widget that opens it: hooks of one copy of Preact mean nothing to another, a table of words is filled when the
 * language changes, and what the widget has already need not travel again. So a chunk is a function of what it imports. What the widget's
 * own bundle contains is handed to it (src/view/given.ts, which is written here); what it does not contain, the chunk brings along.
 */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import * as esbuild from "esbuild";
import { emojiModule } from "./emoji.mjs";

/**
 * Modules that a chunk has a copy of although the widget has them: constants, and thin functions without a state of their own of which the
 * widget needs one or two. Handing them over would pull the others into the widget.
 */
const COPIED = ["src/client/actions.ts", "src/client/changes.ts", "src/protocol/tables.gen.ts", "src/util/"];

/** The files of the chunks by name, relative to `root` (the folder js). */
export function findChunks(root) {
  const files = readdirSync(join(root, "src/view")).filter((file) => /\.chunk\.tsx?$/.test(file));
  return Object.fromEntries(files.sort().map((file) => [file.replace(/\.chunk\.tsx?$/, ""), `src/view/${file}`]));
}

/** The absolute paths of the modules that the widget's bundle contains. `options`: those of its build. */
export async function modulesOf(options) {
  const { metafile } = await esbuild.build({ ...options, write: false, metafile: true });
  const [output] = Object.values(metafile.outputs);
  const there = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return new Set(there.map(([path]) => join(options.absWorkingDir, path)));
}

/**
 * Builds all chunks. Returns the output files by chunk, and `given`: the names that they want of the widget's modules.
 *
 * @param {Set<string>} shared the modules of the widget, as `modulesOf` says
 */
export async function buildChunks(options, shared) {
  const root = options.absWorkingDir;
  const files = new Map();
  const given = new Map();
  for (const [name, path] of Object.entries(findChunks(root))) {
    const result = await esbuild.build({
      ...options,
      entryPoints: { [name]: path },
      format: "cjs",
      banner: { js: "export default(require)=>{const module={exports:{}};" },
      footer: { js: "return module.exports};" },
      metafile: true,
      plugins: [...(options.plugins ?? []), emojiModule, styleText, handOver(root, shared, given)],
    });
    files.set(name, basename(Object.keys(result.metafile.outputs)[0]));
  }
  return { files: Object.fromEntries(files), given };
}

/** Makes src/view/given.ts hand over the names that the chunks want. */
export function giving(given) {
  const modules = [...given.values()].sort((a, b) => a.id.localeCompare(b.id));
  const lines = modules.map(({ path, names }, at) => {
    const list = [...names].sort().map((name) => `${name} as _${at}_${name}`);
    return `import { ${list.join(", ")} } from ${JSON.stringify(path)};`;
  });
  const parts = modules.map(({ id, names }, at) => {
    const list = [...names].sort().map((name) => `${name}: _${at}_${name}`);
    return `${JSON.stringify(id)}: { ${list.join(", ")} }`;
  });
  const contents = `${lines.join("\n")}\nexport const given = () => ({ ${parts.join(", ")} });`;
  return {
    name: "giving",
    setup(build) {
      build.onLoad({ filter: /src\/view\/given\.ts$/ }, ({ path }) => ({ contents, resolveDir: join(path, "..") }));
    },
  };
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

/** Leaves what the widget has outside of a chunk, and notes which names of it are wanted. */
function handOver(root, shared, given) {
  const isGiven = (path) => shared.has(path) && !COPIED.some((one) => path.startsWith(join(root, one)));
  return {
    name: "hand-over",
    setup(build) {
      const resolve = ({ path, resolveDir, kind, importer }) =>
        build.resolve(path, { resolveDir, kind, importer, pluginData: "as usual" });
      build.onResolve({ filter: /./ }, async (args) => {
        if (args.pluginData === "as usual" || args.kind === "entry-point") return undefined;
        const found = await resolve(args);
        return isGiven(found.path) ? { path: idOf(root, found.path), external: true } : undefined;
      });
      build.onLoad({ filter: /\.tsx?$/ }, async ({ path: importer }) => {
        const wanted = await importsOf(await readFile(importer, "utf8"), build.initialOptions);
        for (const { from, names } of wanted) {
          const { path } = await resolve({
            path: from,
            resolveDir: dirname(importer),
            kind: "import-statement",
            importer,
          });
          if (isGiven(path)) note(given, { id: idOf(root, path), path, names, importer });
        }
        return undefined;
      });
    },
  };
}

function note(given, { id, path, names, importer }) {
  if (names === null)
    throw new Error(`${importer} imports ${id} as a whole: a chunk takes what the widget has by name.`);
  const known = given.get(id) ?? { id, path, names: new Set() };
  if (known.path !== path)
    throw new Error(`${path} and ${known.path} are both called ${id}: name one of them otherwise.`);
  for (const name of names) known.names.add(name);
  given.set(id, known);
}

/** What a module imports by name, its types left out. */
async function importsOf(source, { jsx, jsxImportSource }) {
  const { code } = await esbuild.transform(source, { loader: "tsx", format: "esm", jsx, jsxImportSource });
  return [...code.matchAll(/^(?:import|export)\s([^"'();]*?)\sfrom "([^"]+)";$/gm)].map(([, what, from]) => {
    const list = /^\{([^}]*)\}$/.exec(what.trim())?.[1];
    const names = list?.split(",").map((one) => one.trim().split(" as ")[0]);
    return { from, names: names?.filter((name) => name !== "") ?? null };
  });
}

/** By which a chunk asks for a module: short, because it stands in the widget. */
function idOf(root, path) {
  const own = relative(join(root, "src"), path);
  if (!own.startsWith("..")) return basename(own).replace(/\.tsx?$/, "");
  return relative(join(root, "node_modules"), path).split("/dist/")[0];
}
