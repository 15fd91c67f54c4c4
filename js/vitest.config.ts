import { defineConfig } from "vitest/config";
import { emojiForTests } from "./tools/emoji.mjs";

export default defineConfig({
  plugins: [emojiForTests],
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  define: { __NBCHAT_CHUNKS__: "{}" },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    passWithNoTests: true,
    restoreMocks: true,
    unstubGlobals: true,
    // A test that waits for real time is wrong; one that hangs should say so soon.
    testTimeout: 10_000,
  },
});
