import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { PropsWithChildren } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { platform, type ServerEvent } from "../../../platform";
import { AWAY_MS } from "../../../shared/presence";
import { useCamera } from "./useCamera";

const JSON_TYPE = { "content-type": "application/json" };

/** A gate in the application, before a camera of the machine whose events the test sends. */
async function gate() {
  let hear: (event: ServerEvent) => void = () => undefined;
  const subscribe = vi.spyOn(platform(), "subscribe").mockImplementation((_, __, tell, signal) => {
    hear = tell;
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  });
  const heard: string[] = [];
  const told = (code: string) => void heard.push(code);
  const wanted = { camera: null, cameraSize: null };
  const client = new QueryClient();
  const { rerender } = renderHook(({ held }) => useCamera(wanted, told, held), {
    initialProps: { held: false },
    wrapper: ({ children }: PropsWithChildren) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  await waitFor(() => expect(subscribe).toHaveBeenCalled(), { timeout: 20_000 });
  const say = (event: string, data: unknown) => act(() => hear({ event, data: JSON.stringify(data) }));
  return {
    heard,
    hold: (held: boolean) => rerender({ held }),
    /** A code comes into view: the machine tells of it once. */
    come: (text: string) => say("codes", { codes: [{ text, corners: [] }] }),
    /** A picture comes in which these codes stand. */
    shows: (...texts: string[]) => say("frame", { jpeg: "", width: 1, height: 1, texts }),
  };
}

describe("a gate that is held before a camera of the machine", () => {
  let now = 0;

  beforeEach(() => {
    now = 1_000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    Object.defineProperty(platform(), "kind", { value: "desktop", configurable: true });
    vi.stubGlobal("fetch", async (request: Request) => {
      const list = new URL(request.url).pathname.endsWith("/cameras");
      const body = list ? { items: [{ id: "front", name: "Front" }] } : { controls: [], sizes: [] };
      return new Response(JSON.stringify(body), { headers: JSON_TYPE });
    });
  });
  afterEach(() => {
    cleanup();
    Object.defineProperty(platform(), "kind", { value: "browser", configurable: true });
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("hears of each code at once while it is not", async () => {
    const { come, shows, heard } = await gate();
    come("A");
    shows("A");
    expect(heard).toEqual(["A"]);
  });

  it("hears afterwards of what came meanwhile and is in view still, once", async () => {
    const { hold, come, shows, heard } = await gate();
    hold(true);
    come("A");
    for (let passed = 0; passed < 30_000; passed += 100) {
      now += 100;
      shows("A");
    }
    expect(heard).toEqual([]);
    hold(false);
    expect(heard).toEqual(["A"]);
    shows("A");
    hold(true);
    hold(false);
    expect(heard).toEqual(["A"]);
  });

  it("hears nothing of what went away meanwhile, nor again of what it heard of before", async () => {
    const { hold, come, shows, heard } = await gate();
    come("A");
    hold(true);
    come("B");
    now += 1_000;
    shows("A", "B");
    for (let passed = 0; passed < AWAY_MS; passed += 100) {
      now += 100;
      shows("A");
    }
    hold(false);
    expect(heard).toEqual(["A"]);
  });
});
