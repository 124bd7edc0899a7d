/** How long a code has to be out of view before it counts as shown again. */
export const AWAY_MS = 2_000;

/** Tells codes that come into view from those that stay there. */
export class Sight {
  readonly #lastSeen = new Map<string, number>();

  /** Of the codes in view at `at`, those that were not there. */
  fresh(codes: readonly string[], at: number): string[] {
    for (const [code, last] of this.#lastSeen) if (at - last >= AWAY_MS) this.#lastSeen.delete(code);
    const fresh = [...new Set(codes)].filter((code) => !this.#lastSeen.has(code));
    for (const code of codes) this.#lastSeen.set(code, at);
    return fresh;
  }
}
