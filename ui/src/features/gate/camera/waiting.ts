import { AWAY_MS } from "../../../shared/presence";

/** Codes that came while nobody could hear of them, for as long as they stay in view. */
export class Waiting {
  readonly #seen = new Map<string, number>();

  /** Keeps codes that came into view. */
  keep(codes: readonly string[], at: number): void {
    for (const code of codes) this.#seen.set(code, at);
  }

  /** Those of `codes` that are kept are in view still. */
  still(codes: readonly string[], at: number): void {
    for (const code of codes) if (this.#seen.has(code)) this.#seen.set(code, at);
  }

  /** Those that are in view still, the first that came in front; none is kept afterwards. */
  take(at: number): string[] {
    const left = [...this.#seen].filter(([, last]) => at - last < AWAY_MS).map(([code]) => code);
    this.#seen.clear();
    return left;
  }
}
