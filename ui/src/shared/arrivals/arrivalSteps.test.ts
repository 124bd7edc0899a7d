import { describe, expect, it } from "vitest";
import { stepsOf } from "./arrivalSteps";

const at = (minute: number) => Date.UTC(2026, 11, 12, 18, minute);

describe("the steps of arrivals", () => {
  it("fill the gaps, and rise from nothing and fall back to it", () => {
    const { steps, minutesEach } = stepsOf([
      { at: at(0), admitted: 4 },
      { at: at(3), admitted: 2 },
    ]);
    expect(minutesEach).toBe(1);
    const told = steps.map(({ admitted }) => admitted);
    expect(told).toEqual([...Array<number>(10).fill(0), 4, 0, 0, 2, ...Array<number>(10).fill(0)]);
    expect(steps[10]?.at).toBe(at(0));
  });

  it("grow longer for a long evening, and lose nobody", () => {
    const minutes = Array.from({ length: 400 }, (_, minute) => ({ at: at(minute), admitted: 3 }));
    const { steps, minutesEach } = stepsOf(minutes);
    expect(minutesEach).toBe(5);
    expect(steps.length).toBeLessThan(130);
    expect(steps.reduce((sum, { admitted }) => sum + admitted, 0)).toBe(1_200);
  });

  it("are none before anybody came", () => {
    expect(stepsOf([]).steps).toEqual([]);
  });
});
