/**
 * Builds the harness into a folder of its own: `node dev/build.mjs [folder]` (default js/dev/out, not in git). Serve that folder, or let
 * tools/gallery.py do both and take the pictures.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { buildChunks, giving, modulesOf } from "../tools/chunks.mjs";
import { jsx } from "../tools/jsx.mjs";
import { trimLibraries } from "../tools/trim.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = resolve(process.argv[2] ?? join(here, "out"));
const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  // As what ships is, so that what is looked at and tested here is the same.
  plugins: [trimLibraries],
  define: { __NBCHAT_CHUNKS__: '""' },
  logLevel: "warning",
};
await mkdir(join(out, "static/chunks"), { recursive: true });
const harness = { ...common, ...jsx, entryPoints: ["dev/harness.ts"] };
const lazy = { ...common, ...jsx, outdir: join(out, "static/chunks") };
const { given, mark } = await buildChunks(lazy, await modulesOf(harness));
await esbuild.build({
  ...harness,
  define: { __NBCHAT_CHUNKS__: JSON.stringify(mark) },
  plugins: [trimLibraries, giving(given)],
  outfile: join(out, "harness.js"),
});
await esbuild.build({ ...common, entryPoints: ["src/view/index.css"], outfile: join(out, "widget.css") });
await copyFile(join(here, "harness.html"), join(out, "harness.html"));
