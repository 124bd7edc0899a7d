import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { GUEST_INPUT, GUEST_OUTPUT, guestPages } from "./vite/guestPages.ts";
import { scanPage } from "./vite/scanPage.ts";
import { themeStyles } from "./vite/themeStyles.ts";

// Two pages and the guests' style, and a build for each: what they share would else be cut into
// dozens of small files, each asked for before the office shows anything.
const SCAN = "scan";
const GUEST = "guest";

export default defineConfig(({ mode }) => ({
  plugins: [react(), themeStyles(), scanPage(mode === SCAN), guestPages()],
  worker: {
    format: "es",
    rolldownOptions: {
      output: {
        // A worker is kept for use without a network only where its own address is within the
        // page's; that of the scanner lies beside it.
        entryFileNames: ({ name }) => `${name.startsWith("scan") ? "scan" : "assets"}/[name]-[hash].js`,
      },
    },
  },
  build: {
    target: "es2022",
    sourcemap: false,
    // The page's policy allows no data: addresses, so nothing is written into the styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: mode !== SCAN && mode !== GUEST,
    copyPublicDir: mode !== SCAN && mode !== GUEST,
    rolldownOptions: {
      input:
        mode === GUEST
          ? GUEST_INPUT
          : fileURLToPath(new URL(mode === SCAN ? "scan.html" : "index.html", import.meta.url)),
      // What every screen stands on is one file; what several screens share stays apart from it.
      output:
        mode === GUEST
          ? GUEST_OUTPUT
          : { codeSplitting: { groups: mode === SCAN ? [] : [{ name: "first", tags: ["$initial"] }] } },
    },
  },
  server: {
    proxy: {
      // The office's server names no other host than its own, so the header is rewritten.
      "/api": { target: "http://127.0.0.1:8030", changeOrigin: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    // A cold start transforms the whole interface; no test depends on how fast a machine is.
    testTimeout: 30_000,
  },
}));
