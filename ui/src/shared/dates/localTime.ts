/** Moments as local texts of a time zone, as the API takes them back. */

export interface LocalTime {
  /** `2027-05-14`. */
  day: string;
  /** `19:00`. */
  time: string;
}

/** What clocks in `zone` show at a moment, UTC ms. */
export function localTime(zone: string, at: number): LocalTime {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((known) => known.type === type)?.value ?? "";
  return {
    day: `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}`,
  };
}

const utcOf = ({ day, time }: LocalTime) => Date.parse(`${day}T${time}:00Z`);

/**
 * The moment, UTC ms, at which clocks in `zone` show this; the first where they show it twice, the
 * jump itself where they never do.
 */
export function momentOf(zone: string, local: LocalTime): number {
  const shown = utcOf(local);
  const ahead = (at: number) => utcOf(localTime(zone, at)) - at;
  // The zone's offsets on both sides of any change that is near.
  const offsets = [ahead(shown - 86_400_000), ahead(shown + 86_400_000)];
  const moments = offsets.map((offset) => shown - offset);
  const fitting = moments.filter((at) => utcOf(localTime(zone, at)) === shown);
  return fitting.length > 0 ? Math.min(...fitting) : Math.max(...moments);
}
