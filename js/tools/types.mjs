/**
 * Turns a JSON Schema (stdin) into TypeScript types (stdout). Called by tools/generate.py, which makes the schema.
 * The root type that json-schema-to-typescript always writes is of no use to us, so the caller cuts it away.
 */
import { text } from "node:stream/consumers";
import { compile } from "json-schema-to-typescript";

const schema = JSON.parse(await text(process.stdin));
process.stdout.write(
  await compile(schema, "NbchatProtocol", {
    additionalProperties: false,
    bannerComment: "",
    format: true,
    style: { printWidth: 120 },
    strictIndexSignatures: false,
    unreachableDefinitions: true,
  }),
);
