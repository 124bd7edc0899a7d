import { afterEach, describe, expect, it, vi } from "vitest";
import { keepAwake, platform } from "./index";

describe("staying awake", () => {
  afterEach(() => vi.restoreAllMocks());

  it("lasts until the last reason has gone, each counted once", () => {
    const said: boolean[] = [];
    vi.spyOn(platform(), "stayAwake").mockImplementation(async (on) => void said.push(on));
    const first = keepAwake();
    const second = keepAwake();
    first();
    first();
    expect(said).toEqual([true]);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(said).toEqual([true, true]);
    second();
    expect(said).toEqual([true, true, false]);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(said).toHaveLength(3);
  });

  it("asks nothing of a browser that knows no way", async () => {
    await platform().stayAwake(true);
    await platform().stayAwake(false);
  });

  it("lets go of a browser's own lock", async () => {
    const release = vi.fn(async () => undefined);
    const request = vi.fn(async () => ({ release }));
    Object.defineProperty(navigator, "wakeLock", { value: { request }, configurable: true });
    await platform().stayAwake(true);
    expect(request).toHaveBeenCalledWith("screen");
    await platform().stayAwake(false);
    expect(release).toHaveBeenCalledOnce();
    Reflect.deleteProperty(navigator, "wakeLock");
  });
});
