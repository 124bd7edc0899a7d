import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";

/** Rows ahead of those in sight that are fetched before they are needed. */
const ROWS_AHEAD = 150;

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
  rows: T[];
  next: string | null;
  /** Whether something may have changed since it was read. */
  old: boolean;
}

export interface LongRows<T> {
  /** Those at the beginning, then those at the end. */
  rows: readonly T[];
  /** How many of `rows` stand at the beginning. */
  head: number;
  /** How many rows there are in all; null before that is known. */
  total: number | null;
  /** Why the first page is missing. */
  error: Error | null;
}

const countOf = <T,>(pages: readonly KeptPage<T>[]) =>
  pages.reduce((sum, page) => sum + page.rows.length, 0);

/**
 * A list that is too long to be fetched whole. Pages grow from both ends towards each other, so
 * that the last row is as near as the first; those in sight are read anew when they may be old.
 */
export class LongList<T> {
  #head: KeptPage<T>[] = [];
  #tail: KeptPage<T>[] = [];
  #total: number | null = null;
  #view: [first: number, last: number] = [0, 30];
  #reading: AbortController | null = null;
  #again = false;
  /** The page to read before all others: another one hangs on where it ends. */
  #first: { turned: boolean; at: number } | null = null;
  #listeners = new Set<() => void>();
  #state: LongRows<T> = { rows: [], head: 0, total: null, error: null };
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
      for (const page of [...this.#head, ...this.#tail]) page.rows = page.rows.map(turn);
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
    const head = this.#head.flatMap((page) => page.rows);
    const total = this.#total ?? (this.#isWhole() ? head.length : null);
    const room = total === null ? 0 : Math.max(0, total - head.length);
    const tail = this.#tail.flatMap((page) => page.rows).slice(0, room).reverse();
    this.#state = { rows: [...head, ...tail], head: head.length, total, error };
    for (const hear of this.#listeners) hear();
  }

  #isWhole(): boolean {
    return this.#head.length > 0 && this.#head.at(-1)?.next === null;
  }

  /** The page to read next: an old one in sight, or one towards the rows that are missing. */
  #wanted(): { turned: boolean; at: number } | null {
    if (this.#head.length === 0) return { turned: false, at: 0 };
    if (this.#first !== null) return this.#first;
    const headEnd = countOf(this.#head);
    // Where the office doesn't say how many there are, there is no end to begin from.
    const total = this.#total ?? Number.POSITIVE_INFINITY;
    const from = Math.max(0, this.#view[0] - ROWS_AHEAD);
    const to = Math.min(total - 1, this.#view[1] + ROWS_AHEAD);
    const tailStart = this.#isWhole() ? headEnd : total - countOf(this.#tail);
    for (const turned of [false, true]) {
      if (turned && (this.#isWhole() || this.#tail.length === 0)) break;
      const pages = turned ? this.#tail : this.#head;
      let start = 0;
      for (const [at, page] of pages.entries()) {
        const end = start + page.rows.length;
        const [first, last] = turned ? [total - end, total - start - 1] : [start, end - 1];
        if (page.old && (page.rows.length === 0 || (first <= to && last >= from))) {
          return { turned, at };
        }
        start = end;
      }
    }
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
      pages[at] = { after, rows: items, next, old: false };
      const following = pages[at + 1];
      if (next === null) pages.length = at + 1;
      else if (following !== undefined && following.after !== next) {
        following.after = next;
        following.old = true;
      }
    }
    if (total !== undefined && total !== null) this.#total = total;
    else if (this.#isWhole()) this.#total = countOf(this.#head);
    this.#show();
  }
}

/** Lists that were looked at last, so that coming back shows them at once. */
const KEPT = 6;
const kept = new Map<string, LongList<unknown>>();

function recall<T>(key: string, make: () => LongList<T>): LongList<T> {
  const known = kept.get(key) as LongList<T> | undefined;
  known?.refresh();
  const list = known ?? make();
  kept.delete(key);
  kept.set(key, list as LongList<unknown>);
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
export function useLongList<T>(
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
