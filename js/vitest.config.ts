import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { emojiForTests } from "./tools/emoji.mjs";
import { trimForTests } from "./tools/trim.mjs";

const asShipped = (file: string) => fileURLToPath(new URL(`node_modules/@preact/${file}`, import.meta.url));

export default defineConfig({
  plugins: [emojiForTests, trimForTests],
  // So that the tests run on the libraries as they ship: esbuild takes these files of them.
  resolve: {
    alias: [
      { find: /^@preact\/signals$/, replacement: asShipped("signals/dist/signals.module.js") },
      { find: /^@preact\/signals-core$/, replacement: asShipped("signals-core/dist/signals-core.module.js") },
    ],
  },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  define: { __NBCHAT_CHUNKS__: '""' },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    passWithNoTests: true,
    restoreMocks: true,
    unstubGlobals: true,
    server: { deps: { inline: ["@preact/signals", "@preact/signals-core", "preact"] } },
    // A test that waits for real time is wrong; one that hangs says so, but not on a machine that is only busy.
    testTimeout: 60_000,
  },
});
