/** Months as a calendar shows them: whole weeks of days such as `2027-05-14`. */

const DAY_MS = 86_400_000;

const text = (at: number) => new Date(at).toISOString().slice(0, 10);

/** The day on which a moment falls for the reader. */
export function dayOf(at: number): string {
  return text(at - new Date(at).getTimezoneOffset() * 60_000);
}

/** Whether a text is a month such as `2027-05`. */
export const isMonth = (month: string | undefined): month is string =>
  month !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(month);

/** The month so many months after another. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, index = 1] = month.split("-").map(Number);
  return text(Date.UTC(year, index - 1 + months, 1)).slice(0, 7);
}

/** The weeks that a month touches; `first` is the first day of a week, 0 for Sunday. */
export function weeksOf(month: string, first: number): string[][] {
  const start = Date.parse(`${month}-01T00:00:00Z`);
  const before = (new Date(start).getUTCDay() - first + 7) % 7;
  const weeks: string[][] = [];
  for (let at = start - before * DAY_MS; weeks.length < 6; at += 7 * DAY_MS) {
    const week = Array.from({ length: 7 }, (_, day) => text(at + day * DAY_MS));
    if (!week.some((day) => day.startsWith(month))) break;
    weeks.push(week);
  }
  return weeks;
}
