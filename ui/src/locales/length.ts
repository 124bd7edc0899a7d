const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a length of time is counted in, from two of it on; seconds below. */
const UNITS = [
  [2 * DAY, DAY, "day"],
  [2 * HOUR, HOUR, "hour"],
  [2 * MINUTE, MINUTE, "minute"],
] as const;

/** A length of time in one figure: `0.4 sec`, `38 sec`, `12 min`, `3 hr`. */
export function sayLength(locale: string, ms: number): string {
  const length = Math.abs(ms);
  const [, one, unit] = UNITS.find(([from]) => length >= from) ?? [0, SECOND, "second" as const];
  // Tenths tell something of short times only.
  const tenths = unit === "second" && length < 9_950;
  const format = new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: tenths ? 1 : 0,
  });
  return format.format(unit === "second" ? length / one : Math.floor(length / one));
}
