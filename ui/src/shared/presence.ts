/** How long a code has to be out of sight before it counts as shown again, ms. */
export const AWAY_MS = 2_000;

/** Tells codes that come into view from those that stay there. */
export class Presence {
  #seen = new Map<string, number>();

  /** Those of `codes`, all that are in view at `at`, that were not there before. */
  see(codes: readonly string[], at: number): string[] {
    const fresh: string[] = [];
    for (const code of new Set(codes)) {
      const last = this.#seen.get(code);
      if (last === undefined || at - last >= AWAY_MS) fresh.push(code);
      this.#seen.set(code, at);
    }
    for (const [code, last] of this.#seen) if (at - last >= AWAY_MS) this.#seen.delete(code);
    return fresh;
  }
}
