import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Plugin, runnerImport, transformWithOxc } from "vite";

const TOKENS = "virtual:tokens.css";
const TOKENS_RESOLVED = `\0${TOKENS}`;
const source = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const TOKENS_SOURCE = source("src/theme/tokens.ts");
const WORKER_SOURCE = source("src/scan/offline/scan-worker.ts");

/** Files beside the built ones that the scanner's page needs. */
const PUBLIC = ["/theme.js", "/gatehouse.svg", "/gatehouse-256.png", "/gatehouse-512.png", "/scan.webmanifest"];
/** The alphabets that are kept for use without a network. */
const KEPT_FONTS = /inter-latin(-ext)?-wght/;

/** What of a build is looked at here. */
interface Built {
  type: "asset" | "chunk";
  fileName: string;
  source?: string | Uint8Array;
  code?: string;
  imports?: string[];
  dynamicImports?: string[];
  viteMetadata?: { importedAssets: Set<string>; importedCss: Set<string> };
}

/** The files that a chunk needs, those of what it imports included. */
function filesOf(bundle: Record<string, Built>, chunk: Built, found: Set<string>): void {
  if (found.has(chunk.fileName)) return;
  found.add(chunk.fileName);
  const { viteMetadata } = chunk;
  for (const name of [...(viteMetadata?.importedAssets ?? []), ...(viteMetadata?.importedCss ?? [])]) found.add(name);
  for (const name of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) {
    const next = bundle[name];
    if (next !== undefined) filesOf(bundle, next, found);
  }
}

/**
 * The scanner's page beside the office's: its colours as a style sheet, its address while it is
 * worked on, and, when it `isBuilt`, the worker that keeps it, which has to know every file of the
 * page by name.
 */
export function scanPage(isBuilt: boolean): Plugin {
  return {
    name: "gatehouse:scan-page",
    resolveId: (id) => (id === TOKENS ? TOKENS_RESOLVED : undefined),
    async load(id) {
      if (id !== TOKENS_RESOLVED) return undefined;
      this.addWatchFile(TOKENS_SOURCE);
      const { module } = await runnerImport<{ LIGHT: object; DARK: object }>(TOKENS_SOURCE);
      const rules = (tokens: object) => Object.entries(tokens).map(([name, value]) => `--${name}:${value}`).join(";");
      return (
        `[data-mantine-color-scheme="light"]{color-scheme:light;${rules(module.LIGHT)}}\n` +
        `[data-mantine-color-scheme="dark"]{color-scheme:dark;${rules(module.DARK)}}\n`
      );
    },
    configureServer(server) {
      server.middlewares.use((request, _, next) => {
        if (/^\/scan(\/[\w-]*)?\/?([?#]|$)/.test(request.url ?? "")) request.url = "/scan.html";
        next();
      });
    },
    generateBundle: {
      order: "post",
      async handler(_, given) {
        if (!isBuilt) return;
        const bundle = given as unknown as Record<string, Built>;
        const page = Object.values(bundle).find(({ fileName }) => fileName === "scan.html");
        if (page === undefined) throw new Error("the build has no scan.html");
        const text = String(page.source);
        const found = new Set<string>();
        for (const built of Object.values(bundle)) {
          if (built.type === "chunk" && text.includes(`/${built.fileName}"`)) filesOf(bundle, built, found);
          else if (text.includes(`/${built.fileName}"`)) found.add(built.fileName);
        }
        // The reader of codes is a program of its own, named by nothing but the code that starts it.
        for (const { fileName } of Object.values(bundle)) {
          if (/(^|\/)(scanReader\.worker|zxing_reader)-/.test(fileName)) found.add(fileName);
        }
        for (const { fileName } of Object.values(bundle)) {
          if (fileName.endsWith(".woff2") && KEPT_FONTS.test(fileName)) found.add(fileName);
        }
        const built = [...found].filter((name) => !name.endsWith(".woff2") || KEPT_FONTS.test(name)).sort();
        const hash = createHash("sha256").update(text);
        for (const name of built) hash.update(name);
        for (const path of PUBLIC) hash.update(readFileSync(source(`public${path}`)));
        const files = ["/scan.html", ...PUBLIC, ...built.map((name) => `/${name}`)];
        const shell = JSON.stringify({ name: hash.digest("hex").slice(0, 16), files });
        const { code } = await transformWithOxc(readFileSync(WORKER_SOURCE, "utf8"), WORKER_SOURCE);
        this.emitFile({
          type: "asset",
          fileName: "scan-worker.js",
          source: `const SCAN_SHELL = ${shell};\n${code}`,
        });
      },
    },
  };
}
