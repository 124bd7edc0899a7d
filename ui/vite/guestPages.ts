import { fileURLToPath } from "node:url";
import { type Plugin, runnerImport } from "vite";

const TOKENS = "virtual:guest-tokens.css";
const TOKENS_RESOLVED = `\0${TOKENS}`;
const TOKENS_SOURCE = fileURLToPath(new URL("../src/theme/tokens.ts", import.meta.url));

/** What guests' pages are built from: the server puts the pages together, and names these by hand. */
export const GUEST_INPUT = fileURLToPath(new URL("../src/guest/guest.ts", import.meta.url));

/** Their files go by fixed names, because the server's templates name them. */
export const GUEST_OUTPUT = {
  entryFileNames: "guest/guest.js",
  assetFileNames: ({ names }: { names: string[] }) =>
    names[0]?.endsWith(".css") === true ? "guest/guest.css" : "guest/[name][extname]",
};

/** The colours of guests' pages: as the reader's device wants them, without a script. */
export function guestPages(): Plugin {
  return {
    name: "gatehouse:guest-pages",
    resolveId: (id) => (id === TOKENS ? TOKENS_RESOLVED : undefined),
    async load(id) {
      if (id !== TOKENS_RESOLVED) return undefined;
      this.addWatchFile(TOKENS_SOURCE);
      const { module } = await runnerImport<{ LIGHT: object; DARK: object }>(TOKENS_SOURCE);
      const rules = (tokens: object) =>
        Object.entries(tokens)
          .map(([name, value]) => `--${name}:${value}`)
          .join(";");
      return `:root{${rules(module.LIGHT)}}\n@media (prefers-color-scheme: dark){:root{${rules(module.DARK)}}}\n`;
    },
  };
}
