import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";

/** Rows ahead of those in sight that are fetched before they are needed. */
const ROWS_AHEAD = 150;
/** Rows around those in sight that are kept; of pages farther away only their place is known. */
const ROWS_AROUND = 1_000;

/** One page, counted from the list's beginning or, turned round, from its end. */
export interface Slice {
  turned: boolean;
  after: string | null;
  signal: AbortSignal;
}

export interface LongPage<T> {
  items: T[];
  next: string | null;
  total?: number | null;
}

interface KeptPage<T> {
  after: string | null;
  /** Null when the page is far from the view: it is read again when it comes near. */
  rows: readonly T[] | null;
  /** How many rows it had when it was read. */
  length: number;
  next: string | null;
  /** Whether something may have changed since it was read. */
  old: boolean;
  /** Whether it was read again: what it held before no longer tells who is on the list. */
  replaced: boolean;
}

/** Rows that follow each other without a gap. */
export interface Span {
  /** Where the first of them stands in the whole list. */
  first: number;
  /** Where it stands among the rows that are here. */
  at: number;
  length: number;
}

export interface LongRows<T extends object> {
  /** Those that are here, in the list's order: at its beginning, around the view, at its end. */
  rows: readonly T[];
  /** Where `rows` stand in the list. */
  spans: readonly Span[];
  /** How many rows there are in all; null before that is known. */
  total: number | null;
  /** Why the first page is missing. */
  error: Error | null;
  /** Rows that were here and still belong to the list, at a distance. */
  away: { has(row: T): boolean };
}

/** Some rows of one page, and where they stand in the whole list. */
interface Part<T> {
  first: number;
  rows: readonly T[];
  /** The page's own rows, by which it is known again. */
  of: readonly T[];
}

const countOf = <T,>(pages: readonly KeptPage<T>[]) =>
  pages.reduce((sum, page) => sum + page.length, 0);

/**
 * A list that is too long to be fetched or kept whole. Pages grow from both ends towards each other,
 * so that the last row is as near as the first; of each the place is kept, and the rows only of those
 * near the view and at both ends. Pages in sight are read anew when they may be old.
 */
export class LongList<T extends object> {
  #head: KeptPage<T>[] = [];
  #tail: KeptPage<T>[] = [];
  #total: number | null = null;
  #view: [first: number, last: number] = [0, 30];
  #reading: AbortController | null = null;
  #again = false;
  /** The page to read before all others: another one hangs on where it ends. */
  #first: { turned: boolean; at: number } | null = null;
  #listeners = new Set<() => void>();
  /** The page of each row that was let go. */
  #away = new WeakMap<T, KeptPage<T>>();
  #isAway = { has: (row: T) => this.#away.get(row)?.replaced === false };
  #parts: readonly Part<T>[] = [];
  #state: LongRows<T> = { rows: [], spans: [], total: null, error: null, away: this.#isAway };
  #read: (slice: Slice) => Promise<LongPage<T>>;

  constructor(read: (slice: Slice) => Promise<LongPage<T>>) {
    this.#read = read;
  }

  readonly state = (): LongRows<T> => this.#state;

  readonly subscribe = (hear: () => void): (() => void) => {
    this.#listeners.add(hear);
    return () => {
      this.#listeners.delete(hear);
      if (this.#listeners.size > 0) return;
      this.#reading?.abort();
      this.#reading = null;
      this.#rest();
    };
  };

  /** The rows with these indexes are in sight, or will be at once. */
  readonly look = (first: number, last: number): void => {
    this.#view = [first, last];
    this.#fetch();
  };

  /** Something changed: what is in sight is read anew now, the rest when it comes into sight. */
  readonly refresh = (): void => {
    for (const page of [...this.#head, ...this.#tail]) page.old = true;
    // What is being read now may have been read before the change.
    this.#again = this.#reading !== null;
    this.#fetch();
  };

  /** Shows rows otherwise until they are read anew; returns how to show them as they were. */
  patch(change: (row: T) => T): () => void {
    const before = new Map<T, T>();
    const through = (turn: (row: T) => T) => {
      for (const page of [...this.#head, ...this.#tail]) page.rows = page.rows?.map(turn) ?? null;
      this.#show();
    };
    through((row) => {
      const after = change(row);
      if (after !== row) before.set(after, row);
      return after;
    });
    return () => through((row) => before.get(row) ?? row);
  }

  #show(error: Error | null = null): void {
    const headEnd = countOf(this.#head);
    const total = this.#total ?? (this.#isWhole() ? headEnd : null);
    const parts = this.#partsOf(headEnd, total ?? headEnd);
    const before = this.#parts;
    const same =
      parts.length === before.length &&
      parts.every(({ first, of, rows }, at) => {
        const known = before[at];
        return known?.first === first && known.of === of && known.rows.length === rows.length;
      });
    // A page that was only passed on the way to another changes nothing that is seen.
    if (same && total === this.#state.total && error === this.#state.error) return;
    this.#parts = parts;
    this.#state = same
      ? { ...this.#state, total, error }
      : { rows: parts.flatMap(({ rows }) => rows), spans: spansOf(parts), total, error, away: this.#isAway };
    for (const hear of this.#listeners) hear();
  }

  /** The rows that are here, page by page; where both ends meet, each row once. */
  #partsOf(headEnd: number, total: number): Part<T>[] {
    const parts: Part<T>[] = [];
    let start = 0;
    for (const { rows, length } of this.#head) {
      if (rows !== null && length > 0) parts.push({ first: start, rows, of: rows });
      start += length;
    }
    const atHead = parts.length;
    let end = total;
    for (const { rows, length } of this.#tail) {
      const room = Math.min(length, Math.max(0, end - headEnd));
      if (rows !== null && room > 0) {
        parts.splice(atHead, 0, { first: end - room, rows: rows.slice(0, room).reverse(), of: rows });
      }
      end -= length;
    }
    return parts;
  }

  /** Lets the rows of pages go that are far from the view; their places stay. */
  #letGo(around: number): void {
    if (this.#isWhole()) {
      this.#tail = [];
      if (this.#first?.turned === true) this.#first = null;
    }
    const [from, to] = [this.#view[0] - around, this.#view[1] + around];
    for (const turned of [false, true]) {
      for (const { at, page, first, last } of this.#places(turned)) {
        if (at === 0 || page.rows === null || (first <= to && last >= from)) continue;
        this.#part(page);
      }
    }
  }

  /** Nobody looks: the first page is enough to begin with when somebody comes back. */
  #rest(): void {
    this.#view = [0, 0];
    this.#letGo(0);
    for (const page of this.#tail) this.#part(page);
    this.#show();
  }

  #part(page: KeptPage<T>): void {
    for (const row of page.rows ?? []) this.#away.set(row, page);
    page.rows = null;
  }

  #isWhole(): boolean {
    return this.#head.length > 0 && this.#head.at(-1)?.next === null;
  }

  /** Where the pages of one end stand in the list: their first and last row. */
  *#places(turned: boolean) {
    const total = this.#total ?? Number.POSITIVE_INFINITY;
    let start = 0;
    for (const [at, page] of (turned ? this.#tail : this.#head).entries()) {
      const end = start + page.length;
      const [first, last] = turned ? [total - end, total - start - 1] : [start, end - 1];
      yield { at, page, first, last };
      start = end;
    }
  }

  /** The page between these rows that is missing or old. */
  #lacking(from: number, to: number): { turned: boolean; at: number } | null {
    const headEnd = countOf(this.#head);
    for (const turned of [false, true]) {
      if (turned && this.#isWhole()) break;
      for (const { at, page, first, last } of this.#places(turned)) {
        if (page.rows !== null && !page.old) continue;
        if (turned && last < headEnd) break;
        if (page.length === 0 || (first <= to && last >= from)) return { turned, at };
      }
    }
    return null;
  }

  /** The page to read next: one in sight, then one near it, or one towards the rows that are missing. */
  #wanted(): { turned: boolean; at: number } | null {
    if (this.#head.length === 0) return { turned: false, at: 0 };
    if (this.#first !== null) return this.#first;
    const headEnd = countOf(this.#head);
    // Where the office doesn't say how many there are, there is no end to begin from.
    const total = this.#total ?? Number.POSITIVE_INFINITY;
    const from = Math.max(0, this.#view[0] - ROWS_AHEAD);
    const to = Math.min(total - 1, this.#view[1] + ROWS_AHEAD);
    const lacking = this.#lacking(...this.#view) ?? this.#lacking(from, to);
    if (lacking !== null) return lacking;
    const tailStart = this.#isWhole() ? headEnd : total - countOf(this.#tail);
    if (headEnd >= tailStart || to < headEnd || from >= tailStart) return null;
    const fromHead = Math.min(to, tailStart - 1) - headEnd;
    const fromTail = tailStart - Math.max(from, headEnd);
    const turned = fromTail < fromHead;
    return { turned, at: (turned ? this.#tail : this.#head).length };
  }

  #fetch(): void {
    if (this.#reading !== null || this.#listeners.size === 0) return;
    const wanted = this.#wanted();
    if (wanted === null) return;
    const reading = new AbortController();
    this.#reading = reading;
    void this.#readPage(wanted, reading.signal).then(
      () => this.#ended(reading, true),
      (error: unknown) => {
        if (reading.signal.aborted) return;
        this.#show(error instanceof Error ? error : new Error(String(error)));
        this.#ended(reading, false);
      },
    );
  }

  #ended(reading: AbortController, well: boolean): void {
    if (this.#reading !== reading) return;
    this.#reading = null;
    if (this.#again) {
      this.#again = false;
      for (const page of [...this.#head, ...this.#tail]) page.old = true;
      this.#fetch();
    } else if (well) {
      this.#fetch();
    }
  }

  async #readPage({ turned, at }: { turned: boolean; at: number }, signal: AbortSignal) {
    const pages = turned ? this.#tail : this.#head;
    const after = at === 0 ? null : (pages[at]?.after ?? pages[at - 1]?.next ?? null);
    const { items, next, total } = await this.#read({ turned, after, signal });
    if (signal.aborted) return;
    this.#first = null;
    if (at > 0 && items.length === 0) {
      // The row that the page comes after is gone: where it begins is told by the page before.
      pages.length = at;
      this.#first = { turned, at: at - 1 };
    } else {
      const before = pages[at];
      if (before !== undefined) before.replaced = true;
      pages[at] = { after, rows: items, length: items.length, next, old: false, replaced: false };
      const following = pages[at + 1];
      if (next === null) pages.length = at + 1;
      else if (following !== undefined && following.after !== next) {
        following.after = next;
        following.old = true;
      }
    }
    if (total !== undefined && total !== null) this.#total = total;
    else if (this.#isWhole()) this.#total = countOf(this.#head);
    this.#letGo(ROWS_AROUND);
    this.#show();
  }
}

function spansOf<T>(parts: readonly Part<T>[]): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const { first, rows } of parts) {
    const last = spans.at(-1);
    if (last !== undefined && last.first + last.length === first) last.length += rows.length;
    else spans.push({ first, at, length: rows.length });
    at += rows.length;
  }
  return spans;
}

/** Lists that were looked at last, so that coming back shows them at once. */
const KEPT = 6;
const kept = new Map<string, LongList<object>>();

function recall<T extends object>(key: string, make: () => LongList<T>): LongList<T> {
  const known = kept.get(key) as unknown as LongList<T> | undefined;
  known?.refresh();
  const list = known ?? make();
  kept.delete(key);
  kept.set(key, list as unknown as LongList<object>);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return list;
}

/** Forgets every list, such as when another person sits down. */
export function forgetLists(): void {
  kept.clear();
}

/** The list under `key`; while its first page is on the way, the one before stays in sight. */
export function useLongList<T extends object>(
  key: string,
  read: (slice: Slice) => Promise<LongPage<T>>,
): LongRows<T> & { list: LongList<T>; shown: string } {
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says all that the reading depends on
  const list = useMemo(() => recall(key, () => new LongList(read)), [key]);
  const state = useSyncExternalStore(list.subscribe, list.state);
  useEffect(() => list.look(0, 30), [list]);
  const before = useRef({ key, state });
  const ready = state.total !== null || state.error !== null;
  useEffect(() => {
    if (ready) before.current = { key, state };
  }, [ready, key, state]);
  const shown = ready ? { key, state } : before.current;
  return { ...shown.state, list, shown: shown.key };
}
