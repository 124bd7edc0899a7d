/** A text or a tree of texts, as language files hold them. */
type Texts = { [key: string]: string | Texts };

const RIGHT_TO_LEFT_OVERRIDE = "\u202e";
const END_OF_OVERRIDE = "\u202c";

/** Writes a text backwards without touching its letters or the `{{values}}` in it. */
export function mirrorText(text: string): string {
  return text
    .split(/(\{\{[^}]*\}\})/)
    .map((part) =>
      part === "" || part.startsWith("{{")
        ? part
        : `${RIGHT_TO_LEFT_OVERRIDE}${part}${END_OF_OVERRIDE}`,
    )
    .join("");
}

/** Writes every text of a tree backwards. */
export function mirror<Tree extends Texts>(texts: Tree): Tree {
  const entries = Object.entries(texts).map(([key, value]) => [
    key,
    typeof value === "string" ? mirrorText(value) : mirror(value),
  ]);
  return Object.fromEntries(entries) as Tree;
}
