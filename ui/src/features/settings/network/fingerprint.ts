/** Pairs of digits that are compared in one look. */
const PAIRS = 4;

/** A fingerprint such as `0A:1B:…` in groups of four pairs, as a person compares them. */
export function groupsOf(fingerprint: string): string[] {
  const pairs = fingerprint.split(":");
  return Array.from({ length: Math.ceil(pairs.length / PAIRS) }, (_, group) =>
    pairs.slice(group * PAIRS, (group + 1) * PAIRS).join(" "),
  );
}
