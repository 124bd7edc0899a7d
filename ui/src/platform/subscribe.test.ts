import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerEvent } from "./types";

const invoke = vi.hoisted(() => vi.fn());
const channels = vi.hoisted(() => [] as { id: number; onmessage(message: unknown): void }[]);
vi.mock("@tauri-apps/api/core", () => ({
  invoke,
  Channel: class {
    id = channels.push(this as never);
    onmessage: (message: unknown) => void = () => undefined;
  },
}));

const event = (name: string, data: string) => ({ kind: "event", event: name, data, id: null });

describe("the desktop's subscription", () => {
  beforeEach(() => {
    invoke.mockReset();
    channels.length = 0;
  });

  it("hears events until their end", async () => {
    const { desktop } = await import("./desktop");
    const heard: ServerEvent[] = [];
    const over = desktop.subscribe("/api/machine/cameras/a/watch", "Bearer t", (one) => heard.push(one), new AbortController().signal);
    const [channel] = channels;
    channel?.onmessage(event("state", '{"state":"ok"}'));
    channel?.onmessage(event("codes", "{}"));
    channel?.onmessage({ kind: "end" });
    await over;
    expect(heard).toEqual([
      { event: "state", data: '{"state":"ok"}' },
      { event: "codes", data: "{}" },
    ]);
    expect(invoke).toHaveBeenCalledWith("subscribe", {
      channel,
      path: "/api/machine/cameras/a/watch",
      authorization: "Bearer t",
    });
  });

  it("is called off by its signal, and hears nothing more", async () => {
    const { desktop } = await import("./desktop");
    const heard: ServerEvent[] = [];
    const leave = new AbortController();
    const over = desktop.subscribe("/api/x", null, (one) => heard.push(one), leave.signal);
    leave.abort();
    channels[0]?.onmessage(event("frame", "{}"));
    await expect(over).rejects.toThrow();
    expect(heard).toEqual([]);
    expect(invoke).toHaveBeenCalledWith("api_cancel", { id: 1 });
  });

  it("fails as the router refused", async () => {
    const { desktop } = await import("./desktop");
    invoke.mockRejectedValueOnce({ code: "cameras_none" });
    const over = desktop.subscribe("/api/x", null, () => undefined, new AbortController().signal);
    await expect(over).rejects.toEqual({ code: "cameras_none" });
  });
});

describe("a kiosk on the desktop", () => {
  it("is the shell's to close; without that, the screen is filled all the same", async () => {
    const { desktop } = await import("./desktop");
    const { browser } = await import("./browser");
    invoke.mockReset();
    invoke.mockResolvedValueOnce(null);
    expect(await desktop.kiosk(true)).toBe(true);
    expect(invoke).toHaveBeenCalledWith("kiosk", { on: true });
    invoke.mockRejectedValueOnce("Command kiosk not found");
    const filled = vi.spyOn(browser, "fillScreen").mockResolvedValue(true);
    expect(await desktop.kiosk(true)).toBe(false);
    expect(filled).toHaveBeenCalledWith(true);
  });
});
