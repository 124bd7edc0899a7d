/** Days as people type them: in the order of their locale, or `2027-05-14`. */

/** The order in which a locale writes a day, such as `["day", "month", "year"]`. */
export function orderOf(locale: string): string[] {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "numeric", year: "numeric" })
    .formatToParts(0)
    .map(({ type }) => type)
    .filter((type) => ["day", "month", "year"].includes(type));
}

/** `2027-05-14`, if there is such a day. */
function dayOf(year: number, month: number, day: number): string | null {
  const at = new Date(Date.UTC(year, month - 1, day));
  const real = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return real ? at.toISOString().slice(0, 10) : null;
}

/** Reads a day; without a year it is the next such day from `today` on. */
export function readDay(text: string, locale: string, today: string): string | null {
  const iso = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*$/.exec(text);
  if (iso !== null) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const numbers = text.match(/\d+/g)?.map(Number) ?? [];
  if (numbers.length < 2 || numbers.length > 3 || /\p{L}/u.test(text)) return null;
  const parts = orderOf(locale).filter((part) => numbers.length === 3 || part !== "year");
  const value = (part: string) => numbers[parts.indexOf(part)] ?? Number.NaN;
  const year = numbers.length === 3 ? value("year") : Number(today.slice(0, 4));
  const whole = year < 100 ? 2_000 + year : year;
  const found = dayOf(whole, value("month"), value("day"));
  if (numbers.length === 3 || found === null || found >= today) return found;
  return dayOf(whole + 1, value("month"), value("day"));
}

/** `Fri 14 May 2027`, as the locale writes it. */
export function sayDay(locale: string, day: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  }).format(Date.parse(`${day.slice(0, 10)}T00:00:00Z`));
}

/** The reader's own day now. */
export function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
