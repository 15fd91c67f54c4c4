/**
 * Builds the front end into ../src/nbchat/widget/static/.
 *
 *   widget.js                  the widget, one ES module, minified; its whole text travels with every widget instance
 *   widget.css                 everything that src/view/index.css imports
 *   page.js                    the page's entry; it imports ./widget.js and adds little
 *   chunks/NAME-MARK.js        the lazy parts, src/view/NAME.chunk.ts(x) and src/transport/NAME.chunk.ts; tools/chunks.mjs says how they
 *                              share the widget's modules
 *   licenses.txt               the licences of the packages of which these contain parts (tools/licenses.mjs)
 *   manifest.json              every file with its raw and gzip size, and the names of the chunks
 *
 * `--watch` builds again after each change. The budget is checked by tools/bundle.py, not here: a large bundle is
 * wrong, but it still works, and while one works on it one wants to see it.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "terser";
import { buildChunks, giving, modulesOf } from "./tools/chunks.mjs";
import { jsx } from "./tools/jsx.mjs";
import { licensesOf, packagesIn } from "./tools/licenses.mjs";
import { trimLibraries } from "./tools/trim.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/nbchat/widget/static");
const entries = {
  widget: "src/widget.ts",
  css: "src/view/index.css",
  page: "src/page.ts",
};

/** @type {esbuild.BuildOptions} */
const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: "esm",
  // The oldest browsers that run JupyterLab 4 well.
  target: ["chrome100", "firefox100", "safari15.4"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

/** Keeps `./widget.js` (or `./widget`) an import of the built file, so that the page and the notebook share it. */
const widgetStaysOutside = {
  name: "widget-stays-outside",
  setup(build) {
    build.onResolve({ filter: /^\.\/widget(\.js)?$/ }, () => ({ path: "./widget.js", external: true }));
  },
};

/**
 * Terser after esbuild: 2.5 kB gzip less of the 60 that the widget may have. No getter of ours does anything but give, no function without a
 * name is called by `new`, and nothing that becomes text is a symbol (`unsafe` adds an empty text to it, and to what stands in templates).
 */
async function squeeze(file) {
  const compress = {
    passes: 6,
    pure_getters: true,
    unsafe: true,
    lhs_constants: false,
    unsafe_arrows: true,
    join_vars: false,
  };
  const { code } = await minify(await readFile(file, "utf8"), { module: true, ecma: 2020, compress });
  await writeFile(file, code);
}

/**
 * Builds chunks, widget.js, widget.css and page.js, in this order because each must know what the one before it is called or wants; and
 * collects the licences of what is in them.
 */
async function buildAll() {
  const define = { __NBCHAT_CHUNKS__: '""' };
  const widget = { ...common, ...jsx, define, plugins: [trimLibraries], entryPoints: [entries.widget] };
  const chunks = join(out, "chunks");
  await rm(chunks, { recursive: true, force: true });
  const lazy = { ...common, ...jsx, plugins: [trimLibraries], outdir: chunks };
  const { files, mark, given, metafiles } = await buildChunks(lazy, await modulesOf(widget));
  const { metafile } = await esbuild.build({
    ...widget,
    metafile: true,
    define: { __NBCHAT_CHUNKS__: JSON.stringify(mark) },
    plugins: [trimLibraries, giving(given)],
    outfile: join(out, "widget.js"),
  });
  await squeeze(join(out, "widget.js"));
  await esbuild.build({ ...common, entryPoints: [entries.css], outfile: join(out, "widget.css") });
  const plugins = [widgetStaysOutside];
  const page = { ...common, plugins, entryPoints: [entries.page], outfile: join(out, "page.js"), metafile: true };
  const all = [...metafiles, metafile, (await esbuild.build(page)).metafile];
  await writeFile(join(out, "licenses.txt"), licensesOf(packagesIn(all), join(here, "node_modules")));
  return files;
}

/** Every built file with its sizes, the path relative to the static folder. */
async function measure() {
  const found = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(js|css)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const sized = found.map(async (path) => {
    const bytes = await readFile(path);
    return [relative(out, path), { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length }];
  });
  return Object.fromEntries(await Promise.all(sized));
}

/** One whole build: chunks, entries, manifest. */
async function build() {
  const missing = Object.values(entries).filter((path) => !existsSync(join(here, path)));
  if (missing.length > 0) {
    throw new Error(`js/build.mjs needs ${missing.map((path) => `js/${path}`).join(", ")}, which does not exist.`);
  }
  await mkdir(out, { recursive: true });
  const chunks = await buildAll();
  const files = await measure();
  await writeFile(join(out, "manifest.json"), `${JSON.stringify({ files, chunks }, null, 2)}\n`);
  for (const [name, { raw, gzip }] of Object.entries(files)) {
    console.log(`${name.padEnd(36)} ${kilo(raw)} kB, gzip ${kilo(gzip)} kB`);
  }
}

const kilo = (bytes) => (bytes / 1000).toFixed(1).padStart(6);

/** Builds again, at most every 100 ms, when something below js/src changed; runs until it is stopped. */
async function watchSources() {
  const { watch } = await import("node:fs/promises");
  for await (const change of watch(join(here, "src"), { recursive: true })) {
    console.log(`${change.filename} changed`);
    await build().catch((error) => console.error(error.message));
  }
}

try {
  await build();
  if (process.argv.includes("--watch")) await watchSources();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
