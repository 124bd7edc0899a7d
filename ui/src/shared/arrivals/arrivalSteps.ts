/** Admissions of one minute, or of the minutes of one step; `at` is its start, UTC ms. */
export interface Minute {
  at: number;
  admitted: number;
}

const MINUTE_MS = 60_000;

/** Steps that the area has room for. */
const MOST_STEPS = 120;
/** Fewer than these would make a mountain of a single minute. */
const FEWEST_STEPS = 24;
const LENGTHS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1_440];

/**
 * Minutes as steps of equal length without gaps, with empty ones before and after, so that the
 * area rises from the ground and falls back to it; those who came are in the middle.
 */
export function stepsOf(minutes: readonly Minute[]): { steps: Minute[]; minutesEach: number } {
  const [first] = minutes;
  const last = minutes.at(-1);
  if (first === undefined || last === undefined) return { steps: [], minutesEach: 1 };
  const span = (last.at - first.at) / MINUTE_MS + 1;
  const minutesEach =
    LENGTHS.find((length) => span / length <= MOST_STEPS) ?? Math.ceil(span / MOST_STEPS);
  const length = minutesEach * MINUTE_MS;
  const [from, to] = [Math.floor(first.at / length) - 1, Math.floor(last.at / length) + 1];
  const lacking = Math.max(0, FEWEST_STEPS - (to - from + 1));
  const start = from - Math.floor(lacking / 2);
  const end = to + Math.ceil(lacking / 2);
  const steps = Array.from({ length: end - start + 1 }, (_, index) => ({
    at: (start + index) * length,
    admitted: 0,
  }));
  for (const { at, admitted } of minutes) {
    const step = steps[Math.floor(at / length) - start];
    if (step !== undefined) step.admitted += admitted;
  }
  return { steps, minutesEach };
}
