import { fileURLToPath } from "node:url";
import { type Plugin, runnerImport } from "vite";

const ASKED = "virtual:theme.css";
const RESOLVED = `\0${ASKED}`;
const SOURCE = fileURLToPath(new URL("../src/theme/theme.ts", import.meta.url));

/**
 * Writes the theme's variables as a style sheet of its own.
 *
 * The page's policy (`style-src 'self'`) forbids the `<style>` element that Mantine would put into
 * the page, so the same text is made while building and served as a file.
 */
export function themeStyles(): Plugin {
  return {
    name: "gatehouse:theme-styles",
    resolveId: (id) => (id === ASKED ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) return undefined;
      this.addWatchFile(SOURCE);
      const { module } = await runnerImport<{ themeCss: () => string }>(SOURCE);
      return module.themeCss();
    },
  };
}
