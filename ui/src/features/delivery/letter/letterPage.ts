/**
 * A letter made ready to be looked at within the office's own page.
 *
 * The page's policy lets no style of a document be, wherever it stands; styles that a script sets are
 * let be. So they are taken out of the letter's text here, and put on again by the frame that shows it.
 */
export interface LetterPage {
  html: string;
  /** Style sheets, in order. */
  sheets: string[];
}

/** Where an element keeps its style until the frame puts it on. */
export const LOOK = "data-look";

/** What does nothing in a letter, or should not, with all that is in it. */
const DROPPED = ["script", "noscript", "iframe", "object", "svg", "template", "title"];
/** The same without anything in it. */
const ALONE = ["link", "meta", "base", "embed", "form", "style", ...DROPPED];
/** A tag from where it begins to its end; `>` within a value ends nothing. */
const TAG = /<(\/?)([a-z][a-z0-9:-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/iy;
const ATTRIBUTES = /([^\s"'>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g;

/** Addresses of pictures that are in the letter itself. */
const INSIDE = /^["']?\s*data:image\//i;

/** A style without what it would fetch from elsewhere. */
const athome = (css: string) =>
  css
    .replace(/@import\b[^;]*;?/gi, "")
    .replace(/url\(\s*(?!["']?data:image\/)(?:"[^"]*"|'[^']*'|[^)]*)\)/gi, "none");

function attribute(tag: string, name: string, value: string | undefined): string {
  const known = name.toLowerCase();
  if (known.startsWith("on") || known === "srcset" || known === "http-equiv") return "";
  if (value === undefined) return ` ${name}`;
  if (known === "style") return ` ${LOOK}=${athome(value)}`;
  const fetched = known === "background" || known === "poster" || (known === "src" && tag !== "a");
  return fetched && !INSIDE.test(value) ? "" : ` ${name}=${value}`;
}

function sheet(given: string, css: string): string | null {
  const kept = athome(css).trim();
  if (kept === "") return null;
  const media = /\bmedia\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(given);
  const wanted = media?.[1] ?? media?.[2];
  return wanted === undefined ? kept : `@media ${wanted} {${kept}}`;
}

function openTag(tag: string, given: string): string {
  const kept = given.replace(ATTRIBUTES, (_, name: string, value?: string) =>
    attribute(tag.toLowerCase(), name, value).trimStart(),
  );
  return kept.trim() === "" ? `<${tag}>` : `<${tag} ${kept.trim()}>`;
}

/** Takes the styles, and whatever would be fetched or run, out of a letter. */
export function letterPage(letter: string): LetterPage {
  const sheets: string[] = [];
  const lower = letter.toLowerCase();
  let html = "";
  let at = 0;
  while (at < letter.length) {
    const next = letter.indexOf("<", at);
    if (next < 0) break;
    html += letter.slice(at, next);
    at = next;
    if (letter.startsWith("<!--", at)) {
      const end = letter.indexOf("-->", at + 2);
      if (end < 0) return { html, sheets };
      at = end + 3;
      continue;
    }
    TAG.lastIndex = at;
    const found = TAG.exec(letter);
    if (found === null) {
      // A sign, or the document's own kind, which the frame writes itself.
      const kind = /^<!doctype[^>]*>/i.exec(letter.slice(at, at + 200));
      // A tag whose value never ends takes the rest with it, as it does in a browser.
      if (kind === null && /^<\/?[a-z]/i.test(letter.slice(at, at + 3))) return { html, sheets };
      if (kind === null) html += "<";
      at += kind?.[0].length ?? 1;
      continue;
    }
    const [whole, closing = "", tag = "", given = ""] = found;
    const name = tag.toLowerCase();
    at += whole.length;
    if (closing === "" && (name === "style" || DROPPED.includes(name))) {
      const end = lower.indexOf(`</${name}`, at);
      const stop = end < 0 ? letter.length : end;
      const kept = name === "style" ? sheet(given, letter.slice(at, stop)) : null;
      if (kept !== null) sheets.push(kept);
      at = stop;
    } else if (!ALONE.includes(name)) {
      html += closing === "" ? openTag(tag, given) : whole;
    }
  }
  return { html: html + letter.slice(at), sheets };
}
