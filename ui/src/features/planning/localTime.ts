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
