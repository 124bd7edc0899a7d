import { useState } from "react";
import { isProblem } from "../problem";
import { useRefusal } from "../useRefusal";
import type { Versioned } from "../versioned";
import { problemOf, withoutFields } from "./fieldWords";

/** How something that has a version is read and written. */
export interface Source<F> {
  read(): Promise<Versioned<F>>;
  /** Writes the fields that were changed. */
  write(change: Partial<F>, version: string | null): Promise<Versioned<F>>;
  saved(): void;
}

export interface Editing<F> {
  typed: F;
  /** Names of the fields that differ from what was read. */
  changed: (keyof F & string)[];
  busy: boolean;
  error: unknown;
  /** What a field of the API was refused for. */
  of(field: string): string | null;
  change(patch: Partial<F>): void;
  save(): Promise<void>;
  /** Gives up what was typed. */
  reset(): void;
  /** Somebody else's values, where they saved the same fields meanwhile. */
  conflict: { theirs: F; fields: (keyof F & string)[] } | null;
  /** Ends the conflict: these fields as typed, the others as theirs. */
  settle(mine: readonly (keyof F & string)[]): Promise<void>;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The fields in which two states of the same thing differ. */
export function differing<F extends object>(a: F, b: F): (keyof F & string)[] {
  return (Object.keys(b) as (keyof F & string)[]).filter((key) => !same(a[key], b[key]));
}

const pick = <F extends object>(from: F, keys: readonly (keyof F)[]) =>
  Object.fromEntries(keys.map((key) => [key, from[key]])) as Partial<F>;

/** Changes something by its version: what others saved meanwhile is never overwritten unseen. */
export function useEditing<F extends object>(begun: Versioned<F>, source: Source<F>): Editing<F> {
  const say = useRefusal();
  const [seen, setSeen] = useState(begun);
  const [base, setBase] = useState(begun);
  const [typed, setTyped] = useState(begun.body);
  if (seen !== begun) {
    // Read anew, such as after an undo: what is being typed stays as it is. Where it was changed
    // elsewhere too, the older version is kept, so that saving asks.
    setSeen(begun);
    const mine = differing(base.body, typed);
    if (!differing(base.body, begun.body).some((key) => mine.includes(key))) {
      setBase(begun);
      setTyped({ ...begun.body, ...pick(typed, mine) });
    }
  }
  const [theirs, setTheirs] = useState<Versioned<F> | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const changed = differing(base.body, typed);

  const write = async (wanted: F, from: Versioned<F>): Promise<void> => {
    const fields = differing(from.body, wanted);
    try {
      const saved = fields.length === 0 ? from : await source.write(pick(wanted, fields), from.version);
      setBase(saved);
      setTyped(saved.body);
      setTheirs(null);
      if (fields.length > 0) source.saved();
    } catch (refusal) {
      if (!isProblem(refusal, "edited_meanwhile")) throw refusal;
      const now = await source.read();
      const moved = differing(from.body, now.body);
      const both = fields.filter((key) => moved.includes(key) && !same(now.body[key], wanted[key]));
      const merged = { ...now.body, ...pick(wanted, fields) };
      // What only they changed stays theirs, and needs no question.
      if (both.length === 0) return write(merged, now);
      setTyped(merged);
      setTheirs(now);
    }
  };

  const attempt = async (wanted: F, from: Versioned<F>) => {
    setBusy(true);
    setError(null);
    try {
      await write(wanted, from);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  /** Fields that only they changed are taken as they are, and need no question. */
  const byThem = theirs === null ? [] : differing(base.body, theirs.body);

  return {
    typed,
    changed,
    busy,
    error,
    of(field) {
      const found = problemOf(error, field);
      return found === undefined ? null : say(found);
    },
    change(patch) {
      const next = { ...typed, ...patch };
      setError((old: unknown) => withoutFields(old, differing(typed, next)));
      setTyped(next);
    },
    save: () => attempt(typed, base),
    reset() {
      setTyped(base.body);
      setError(null);
    },
    conflict:
      theirs === null
        ? null
        : { theirs: theirs.body, fields: differing(theirs.body, typed).filter((key) => byThem.includes(key)) },
    async settle(mine) {
      if (theirs === null) return;
      const kept = differing(theirs.body, typed).filter(
        (key) => mine.includes(key) || !byThem.includes(key),
      );
      await attempt({ ...theirs.body, ...pick(typed, kept) }, theirs);
    },
  };
}
