/** The moment at which a day such as `2027-05-14` begins for the reader, UTC ms; null for no day. */
export function startOfDay(day: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (parts === null) return null;
  const [year = 0, month = 0, date = 0] = parts.slice(1).map(Number);
  const at = new Date(year, month - 1, date);
  return at.getMonth() === month - 1 ? at.getTime() : null;
}

/** The moment at which the day after begins. */
export function endOfDay(day: string): number | null {
  const start = startOfDay(day);
  if (start === null) return null;
  const at = new Date(start);
  at.setDate(at.getDate() + 1);
  return at.getTime();
}
