/**
 * Builds the harness into a folder of its own: `node dev/build.mjs [folder]` (default js/dev/out, not in git). Serve that folder, or let
 * tools/pictures.py do both and take the pictures.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "out"));
const common = {
  absWorkingDir: dirname(here),
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { __NBCHAT_CHUNKS__: JSON.stringify({ highlight: "highlight-dev.js", sheets: "sheets-dev.js" }) },
  logLevel: "warning",
};
await mkdir(join(out, "static/chunks"), { recursive: true });
await esbuild.build({ ...common, entryPoints: ["dev/harness.ts"], outfile: join(out, "harness.js") });
await esbuild.build({ ...common, entryPoints: ["src/view/index.css"], outfile: join(out, "widget.css") });
const chunk = (name) => join(out, `static/chunks/${name}-dev.js`);
const lazy = { ...common, loader: { ".css": "text" } };
await esbuild.build({ ...lazy, entryPoints: ["src/view/highlight.chunk.ts"], outfile: chunk("highlight") });
// As build.mjs does it.
const asFunction = {
  format: "cjs",
  external: ["preact", "preact/*"],
  banner: { js: "export default(require)=>{const module={exports:{}};" },
  footer: { js: "return module.exports};" },
};
await esbuild.build({ ...lazy, ...asFunction, entryPoints: ["src/view/sheets.chunk.tsx"], outfile: chunk("sheets") });
await copyFile(join(here, "harness.html"), join(out, "harness.html"));
