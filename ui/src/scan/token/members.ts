/** JSON objects read strictly: each name once, nothing after the object. */

/** More members than any token has; a bound on the work. */
const MEMBER_LIMIT = 64;

/** The members of one JSON object, each taken once. */
export class Members {
  readonly #raw: Map<string, string>;

  private constructor(raw: Map<string, string>) {
    this.#raw = raw;
  }

  /** Reads one object; null for anything else, and for an object that names a member twice. */
  static read(json: string): Members | null {
    let whole: unknown;
    try {
      whole = JSON.parse(json);
    } catch {
      return null;
    }
    if (typeof whole !== "object" || whole === null || Array.isArray(whole)) return null;
    const raw = split(json);
    return raw === null ? null : new Members(raw);
  }

  has(name: string): boolean {
    return this.#raw.has(name);
  }

  get empty(): boolean {
    return this.#raw.size === 0;
  }

  /** Takes a member out that must be text; null where it isn't. */
  text(name: string): string | null {
    const value = this.#take(name);
    return value?.startsWith('"') === true ? (JSON.parse(value) as string) : null;
  }

  /** Takes a member out that must be a whole number of at most 64 bits; null where it isn't. */
  integer(name: string): number | null {
    const value = this.#take(name);
    if (value === null || !/^-?\d+$/.test(value)) return null;
    return BigInt.asIntN(64, BigInt(value)) === BigInt(value) ? Number(value) : null;
  }

  /** Whether a member that may be absent is text where it is there; takes it out. */
  optionalText(name: string): boolean {
    return !this.has(name) || this.text(name) !== null;
  }

  #take(name: string): string | null {
    const value = this.#raw.get(name) ?? null;
    this.#raw.delete(name);
    return value;
  }
}

/** The names of an object that is known to be JSON, with their values as they are written. */
function split(json: string): Map<string, string> | null {
  const raw = new Map<string, string>();
  let depth = 0;
  let name: string | null = null;
  let from = 0;
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at];
    if (letter === '"') {
      const start = at;
      for (at += 1; json[at] !== '"'; at += 1) if (json[at] === "\\") at += 1;
      if (depth === 1 && name === null) {
        name = JSON.parse(json.slice(start, at + 1)) as string;
        from = json.indexOf(":", at) + 1;
        at = from - 1;
      }
    } else if (letter === "{" || letter === "[") {
      depth += 1;
    } else if ((letter === "}" || letter === "]") && depth > 1) {
      depth -= 1;
    } else if ((letter === "," || letter === "}") && depth === 1 && name !== null) {
      if (raw.has(name) || raw.size === MEMBER_LIMIT) return null;
      raw.set(name, json.slice(from, at).trim());
      name = null;
    }
  }
  return raw;
}
