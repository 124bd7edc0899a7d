/** Dates, times and numbers: in the event's zone, in the reader's locale. */

const DAY_MS = 86_400_000;

/** `2,431`. */
export function formatCount(locale: string, count: number): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** `46 %`, rounded down unless whole, so that 100 % means everyone. */
export function formatShare(locale: string, part: number, whole: number): string {
  const share = whole === 0 ? 0 : Math.floor((part / whole) * 100) / 100;
  return new Intl.NumberFormat(locale, { style: "percent" }).format(share);
}

/** How many decimals a currency's minor units make: 2 for EUR, 0 for JPY. */
export function decimalsOf(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** Minor units as money: `EUR 25.00` as the locale writes it. */
export function formatMoney(locale: string, minor: number, currency: string): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  return format.format(minor / 10 ** decimalsOf(currency));
}

/** `Sat 12 Dec 2026, 19:02`. */
export function formatMoment(locale: string, zone: string, at: number): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}

/** `12 Dec, 19:02`: short, for rows. */
export function formatShortMoment(locale: string, zone: string, at: number): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}

/** `19:02`. */
export function formatTime(locale: string, zone: string, at: number): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}

/** `19:02:07`: what came first among things of one day. */
export function formatSecond(locale: string, zone: string, at: number): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(at);
}

/** `19:02:07`, for lists where seconds matter. */
export function formatExactMoment(locale: string, zone: string, at: number): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(at);
}

/** `Saturday, 12 December 2026`. */
export function formatDay(locale: string, zone: string, at: number): string {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: "full" }).format(at);
}

/** `12 Dec`. */
export function formatYearlessDay(locale: string, zone: string, at: number): string {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, day: "numeric", month: "short" }).format(at);
}

/** `12 Dec 2026`; without a zone, the reader's own. */
export function formatDate(locale: string, at: number, zone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    ...(zone === undefined ? {} : { timeZone: zone }),
    dateStyle: "medium",
  }).format(at);
}

/** From when to when; the day is said once when the span stays under a day. */
export function formatSpan(locale: string, zone: string, from: number, to: number): string {
  const options: Intl.DateTimeFormatOptions = {
    timeZone: zone,
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  };
  if (to - from >= DAY_MS) {
    return new Intl.DateTimeFormat(locale, options).formatRange(from, to);
  }
  return `${formatDay(locale, zone, from)}, ${formatTime(locale, zone, from)} – ${formatTime(locale, zone, to)}`;
}

/** A language's own word for another: `German`. */
export function nameLanguage(locale: string, tag: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A currency's own word for itself in the reader's language: `Euro`. */
export function nameCurrency(locale: string, code: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "currency" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** `Fri 14 May 2027, 19:00 – 23:00`: one line of a list of dates. */
export function formatSlot(locale: string, zone: string, from: number, to: number): string {
  const day = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  }).format(from);
  return `${day}, ${formatTime(locale, zone, from)} – ${formatTime(locale, zone, to)}`;
}

/** First day of the week in a locale, 0 for Sunday. */
export function firstDayOf(locale: string): 0 | 1 | 2 | 3 | 4 | 5 | 6 {
  const known = new Intl.Locale(locale) as Intl.Locale & {
    getWeekInfo?(): { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  const first = known.getWeekInfo?.().firstDay ?? known.weekInfo?.firstDay ?? 1;
  return (first % 7) as 0 | 1 | 2 | 3 | 4 | 5 | 6;
}
