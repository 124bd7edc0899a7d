import boundaries from "eslint-plugin-boundaries";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** What each room of the interface may import; a room may always import from itself. */
const MAY_IMPORT = {
  platform: [],
  theme: ["platform"],
  locales: ["platform"],
  shared: ["platform", "theme", "locales"],
  api: ["platform", "theme", "locales", "shared"],
  // Of its own feature only: another feature is reached by an address.
  feature: ["platform", "theme", "locales", "shared", "api"],
  // The phone at the door: a page of its own, without the office's client.
  scan: ["platform", "theme", "locales", "shared"],
  // Guests' pages, which the server puts together: a style and a little script.
  guest: [],
  app: ["platform", "theme", "locales", "shared", "api", "feature"],
  test: ["platform", "theme", "locales", "shared", "api", "feature", "app"],
};

/** Components that write a `<style>` element, which the page's policy forbids. */
const STYLE_WRITERS = ["AppShell", "ColorSchemeScript", "Grid", "SimpleGrid", "useMantineColorScheme"];

export default defineConfig(
  { ignores: ["dist", "node_modules", "public", "src/api/contract.ts"] },
  tseslint.configs.strict,
  {
    files: ["**/*.{ts,tsx}"],
    rules: {
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports" },
      ],
      "@typescript-eslint/no-unused-vars": "error",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { boundaries, "react-hooks": hooks },
    settings: {
      "import/resolver": { node: { extensions: [".ts", ".tsx", ".json"] } },
      "boundaries/elements": [
        { type: "feature", pattern: "src/features/*", capture: ["name"] },
        ...Object.keys(MAY_IMPORT)
          .filter((type) => type !== "feature")
          .map((type) => ({ type, pattern: `src/${type}` })),
      ],
    },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@tauri-apps/*"], message: "Only src/platform speaks to the desktop." },
          ],
          paths: [
            {
              name: "@mantine/core",
              importNames: STYLE_WRITERS,
              message: "It writes a <style> element, which style-src 'self' refuses.",
            },
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name=/^(visibleFrom|hiddenFrom)$/]",
          message: "Its classes are not in the style sheet: use a media query in a module.",
        },
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "Style attributes and scripts in HTML are refused by the page's policy.",
        },
      ],
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: [
            { from: { element: { type: "*" } }, allow: { to: { module: { origin: ["external", "core"] } } } },
            ...Object.entries(MAY_IMPORT).map(([type, rooms]) => ({
              from: { element: { type } },
              allow: { to: { element: { types: { anyOf: rooms } } } },
            })),
          ],
        },
      ],
    },
  },
  {
    // The one door to the desktop.
    files: ["src/platform/**"],
    rules: { "no-restricted-imports": "off" },
  },
  {
    // Holds transitions as they are, so that no style element is written.
    files: ["src/theme/scheme.ts"],
    rules: { "no-restricted-imports": "off" },
  },
  {
    files: ["journeys/**", "src/test/**"],
    rules: { "no-console": "off" },
  },
);
