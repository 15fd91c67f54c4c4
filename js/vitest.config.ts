import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { emojiForTests } from "./tools/emoji.mjs";
import { trimForTests } from "./tools/trim.mjs";

const signalsAsShipped = fileURLToPath(new URL("node_modules/@preact/signals/dist/signals.module.js", import.meta.url));

export default defineConfig({
  plugins: [emojiForTests, trimForTests],
  // So that the tests run on the library as it ships: esbuild takes this file of it.
  resolve: { alias: [{ find: /^@preact\/signals$/, replacement: signalsAsShipped }] },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  define: { __NBCHAT_CHUNKS__: "{}" },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    passWithNoTests: true,
    restoreMocks: true,
    unstubGlobals: true,
    server: { deps: { inline: ["@preact/signals", "preact"] } },
    // A test that waits for real time is wrong; one that hangs should say so soon.
    testTimeout: 10_000,
  },
});
