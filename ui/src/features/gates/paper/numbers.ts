/** Numbers of tickets as they are typed from a paper list: `2001–2040, 2050`. */

export interface Span {
  first: number;
  last: number;
}

export interface TypedNumbers {
  /** In order, without overlaps. */
  spans: Span[];
  /** Pieces that are no number and no range. */
  unread: string[];
}

/** Tickets that one list names at most. */
export const MOST_NUMBERS = 5_000;

const HIGHEST = 2 ** 31 - 1;

function merged(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.first - b.first)) {
    const before = out.at(-1);
    if (before !== undefined && span.first <= before.last + 1) {
      before.last = Math.max(before.last, span.last);
    } else out.push({ ...span });
  }
  return out;
}

/** Reads numbers and ranges, in whatever order and however they are kept apart. */
export function readNumbers(text: string): TypedNumbers {
  const unread: string[] = [];
  const spans: Span[] = [];
  // Blanks around a dash belong to the range.
  const pieces = text.replace(/\s*[-–—−]\s*/g, "-").split(/[\s,;]+/);
  for (const piece of pieces) {
    if (piece === "") continue;
    const [, from, to = from] = /^#?(\d{1,10})(?:-#?(\d{1,10}))?$/.exec(piece) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (from === undefined || first < 1 || last < first || last > HIGHEST) unread.push(piece);
    else spans.push({ first, last });
  }
  return { spans: merged(spans), unread };
}

/** How many numbers are named. */
export const countNumbers = (spans: readonly Span[]): number =>
  spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** `2001–2040, 2050`. */
export const sayNumbers = (spans: readonly Span[]): string =>
  spans.map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`)).join(", ");

/** The numbers as spans. */
export const spansOf = (numbers: readonly number[]): Span[] =>
  merged(numbers.map((number) => ({ first: number, last: number })));
