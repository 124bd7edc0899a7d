import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["journeys/**/*.journey.ts"],
    globalSetup: ["journeys/demoOnce.ts"],
    setupFiles: ["journeys/server.ts"],
    // One browser at a time: the machine has more to do than to show pages.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // No journey depends on how fast a machine is: what never comes is waited for, what comes is not.
    expect: { poll: { timeout: 20_000 } },
    passWithNoTests: true,
  },
});
