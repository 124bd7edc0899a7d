import { afterEach, describe, expect, it, vi } from "vitest";
import { Reach } from "./reach";

afterEach(() => {
  vi.useRealTimers();
});

describe("an office that does not answer", () => {
  it("is looked for until it answers, and is said to be away until then", async () => {
    vi.useFakeTimers();
    let there = false;
    const asked = vi.fn(async () => there);
    const reach = new Reach(asked);
    const said: boolean[] = [];
    reach.subscribe(() => said.push(reach.away()));
    const found = vi.fn();
    reach.onFound(found);

    reach.lost();
    reach.lost();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(reach.away()).toBe(true);
    expect(found).not.toHaveBeenCalled();
    there = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(said).toEqual([true, false]);
    expect(found).toHaveBeenCalledOnce();
    const asks = asked.mock.calls.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked.mock.calls.length).toBe(asks);
  });

  it("is not away because of one request alone", async () => {
    const reach = new Reach(async () => true);
    const said = vi.fn();
    reach.subscribe(said);
    reach.onFound(said);
    reach.lost();
    await Promise.resolve();
    await Promise.resolve();
    expect(reach.away()).toBe(false);
    expect(said).not.toHaveBeenCalled();
  });
});
