/**
 * The licences of what the built front end contains of others, as one text: they ask that their words go where the code goes.
 *
 * Which packages those are is read from what esbuild says it put into its outputs, so that no list of them can be forgotten. The texts are
 * the packages' own files.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Modules that the build makes up of a package's data. */
const MADE_OF = { "emoji-data:emoji-data": "emojibase-data" };

/** The names of the packages that outputs contain. `metafiles`: what esbuild returned for each build. */
export function packagesIn(metafiles) {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const names = inputs.map(([path]) => MADE_OF[path] ?? path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}

/** Name, version and the whole licence file of each package. `modules`: the folder node_modules. */
export function licensesOf(names, modules) {
  const head = "nbchat's front end contains parts of these packages, each under the licence that follows its name.";
  const parts = names.map((name) => {
    const folder = join(modules, name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(one));
    if (!file) throw new Error(`${name} has no licence file, so its code cannot be handed on.`);
    const line = "=".repeat(80);
    return `${line}\n${name} ${version} (${license})\n${line}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return `${head}\n\n${parts.join("\n\n")}`;
}
