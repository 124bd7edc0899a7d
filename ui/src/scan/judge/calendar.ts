/** Days and local times in an event's IANA zone; everything else is UTC milliseconds. */

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  clocks.set(zone, made);
  return made;
}

/** What clocks in the zone show at an instant. */
export interface Local {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

export function localOf(at: number, zone: string): Local {
  const shown: Local = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of clockOf(zone).formatToParts(at)) {
    if (type in shown) shown[type as keyof Local] = Number(value);
  }
  return shown;
}

/** The day of an instant in the zone, as yyyymmdd. */
export function dayOf(at: number, zone: string): number {
  const { year, month, day } = localOf(at, zone);
  return year * 10_000 + month * 100 + day;
}

/** `2026-11-21T18:30`. */
export function isoOf({ year, month, day, hour, minute }: Local): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

/** 1 Monday to 7 Sunday. */
export function weekdayOf({ year, month, day }: Local): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
}

const asUtc = (l: Local) => Date.UTC(l.year, l.month - 1, l.day, l.hour, l.minute, l.second);

/**
 * The instant that a local time means: one that clocks skip moves on by the gap, of one that they
 * show twice the first (RFC 5545 §3.3.5).
 */
export function utcOf(local: Local, zone: string): number {
  const wanted = asUtc(local);
  const offsetAt = (at: number) => asUtc(localOf(at, zone)) - Math.floor(at / 1_000) * 1_000;
  const before = offsetAt(wanted - 86_400_000);
  const after = offsetAt(wanted + 86_400_000);
  const readings = [wanted - before, wanted - after].filter((at) => asUtc(localOf(at, zone)) === wanted);
  return readings.length > 0 ? Math.min(...readings) : wanted - before;
}

/** The last moment at which the venue was counted as empty: `minute` of each day in the zone. */
export function lastEmptied(minute: number, zone: string, now: number): number {
  const today = localOf(now, zone);
  for (let back = 0; back < 3; back += 1) {
    const date = new Date(Date.UTC(today.year, today.month - 1, today.day - back));
    const at = utcOf(
      {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: Math.floor(minute / 60),
        minute: minute % 60,
        second: 0,
      },
      zone,
    );
    if (at <= now) return at;
  }
  return Number.NEGATIVE_INFINITY;
}
