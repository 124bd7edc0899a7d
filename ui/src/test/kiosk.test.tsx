import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { Door } from "../api/gate";
import { speak } from "../locales";
import en from "../locales/en.json";
import { platform } from "../platform";
import { atGate, CODE, doorAnswers, press, refused, scan, shown, TICKET } from "./door";
import { open } from "./office";

beforeEach(() => {
  localStorage.setItem("gatehouse.gate", JSON.stringify({ gate: "Main door" }));
});

describe("the kiosk", () => {
  const atKiosk = async (given: Parameters<typeof doorAnswers>[0] = {}) => {
    const sent = doorAnswers({ door: { welcome: "Come in out of the cold." }, ...given });
    const opened = await open("/gate?kiosk=1");
    await screen.findByText("Come in out of the cold.");
    return { sent, ...opened };
  };

  it("greets by name in the guest's own language, and shames nobody", async () => {
    let verdict = shown({ language: "sv-FI" });
    await atKiosk({ verdicts: () => verdict });
    scan();
    expect(await screen.findByText("Välkommen")).toBeTruthy();
    expect(screen.getByText("Jiří Novák")).toBeTruthy();
    verdict = refused("invalid_signature", { language: "fr" });
    scan();
    expect(await screen.findByText("Adressez-vous à notre personnel.")).toBeTruthy();
    expect(document.querySelector('[data-tone="refused"]')).toBeNull();
    expect(screen.queryByText("Jiří Novák")).toBeNull();
  });

  it.each([
    ["w", { ctrlKey: true }],
    ["F5", {}],
    ["F11", {}],
    ["ArrowLeft", { altKey: true }],
    ["Escape", {}],
    ["Tab", {}],
    ["?", {}],
  ])("holds the key %s", async (key, more) => {
    await atKiosk();
    // False: what the key usually does was held back.
    expect(fireEvent.keyDown(document.body, { key, ...more })).toBe(false);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("has no menu of its own to offer", async () => {
    await atKiosk();
    expect(fireEvent.contextMenu(document.body)).toBe(false);
  });

  it("can't be walked out of", async () => {
    const { router } = await atKiosk();
    await act(async () => {
      await Promise.race([router.navigate({ to: "/" }), new Promise((resolve) => setTimeout(resolve, 50))]);
    });
    expect(router.state.location.pathname).toBe("/gate");
    expect(screen.getByText("Come in out of the cold.")).toBeTruthy();
  });

  it("is left with the PIN, and only with it", async () => {
    await atKiosk();
    press("F8");
    const dialog = await screen.findByRole("dialog", { name: en.gate.kioskLeave });
    const pin = within(dialog).getByLabelText(en.gate.pin);
    fireEvent.change(pin, { target: { value: "1234" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.leaveKiosk }));
    expect(await within(dialog).findByText(en.refused.pinWrong)).toBeTruthy();
    fireEvent.change(pin, { target: { value: "2468" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.leaveKiosk }));
    expect(await screen.findByRole("toolbar")).toBeTruthy();
    expect(window.location.search).not.toContain("kiosk");
  });

  it("speaks the gate's language to guests whose language it does not speak", async () => {
    await atKiosk({ verdicts: () => shown({ language: "sv-FI" }) });
    await act(() => speak("es"));
    scan();
    expect((await screen.findByText("Välkommen")).lang).toBe("sv");
    const text = await screen.findByText("Pase, por favor.");
    expect(text.lang).toBe("es");
    await act(() => speak("en"));
  });

  it("shows those whose codes come at once one after another", async () => {
    const { sent } = await atKiosk({
      verdicts: ({ code }) => (code === CODE ? refused("used", { name: null }) : shown({ name: "Eva Nováková" })),
    });
    scan();
    await screen.findByText("Please talk to our staff.");
    scan(`${CODE}x`);
    expect(screen.queryByText("Eva Nováková")).toBeNull();
    expect(sent).toHaveLength(1);
    await screen.findByText("Eva Nováková");
    expect(screen.queryByText("Please talk to our staff.")).toBeNull();
  });

  it("is not left with one touch where no PIN is set, and says so once it is left", async () => {
    await atKiosk({ door: { pin_set: false, welcome: "Come in out of the cold." } });
    fireEvent.click(screen.getByRole("button", { name: en.gate.kioskStaff }));
    const dialog = await screen.findByRole("dialog", { name: en.gate.kioskLeave });
    expect(screen.queryByRole("toolbar")).toBeNull();
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.leaveKiosk }));
    expect(await screen.findByRole("toolbar")).toBeTruthy();
    expect(await screen.findByText(en.gate.kioskNoPin)).toBeTruthy();
  });

  it("prints badges by itself, and says where that failed", async () => {
    const shell = platform();
    const { kind, printBadge } = shell;
    const printed: string[] = [];
    const desktop = {
      kind: "desktop",
      printBadge: async ({ ticket }: { ticket: string }) => {
        printed.push(ticket);
        throw { type: "about:blank", status: 500, code: "printing_failed", detail: "no" };
      },
    };
    Object.assign(shell, desktop);
    try {
      const badge: Door["badge"] = { kind: "badge", paper: "card", ticket_types: [], at_once: true, code: false };
      await atKiosk({ door: { badge, welcome: "Come in out of the cold." }, verdicts: () => shown({ badge: true, first_time: true }) });
      scan();
      expect(await screen.findByText("It could not be printed. Please talk to our staff.")).toBeTruthy();
      expect(printed).toEqual([TICKET]);
    } finally {
      Object.assign(shell, { kind, printBadge });
    }
  });

  it("shows nothing that staff alone may do while an enrolled device can't read its gate", async () => {
    const given = { own: true, unread: true, door: { kiosk: true, welcome: "Come in out of the cold." } };
    doorAnswers(given);
    await open("/gate");
    const again = await screen.findByRole("button", { name: en.tryAgain });
    expect(screen.queryByRole("toolbar")).toBeNull();
    given.unread = false;
    fireEvent.click(again);
    await screen.findByText("Come in out of the cold.");
    expect(screen.queryByRole("toolbar")).toBeNull();
  });

  const leave = async () => {
    press("F8");
    const dialog = await screen.findByRole("dialog", { name: en.gate.kioskLeave });
    fireEvent.change(within(dialog).getByLabelText(en.gate.pin), { target: { value: "2468" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.leaveKiosk }));
    expect(await screen.findByRole("toolbar")).toBeTruthy();
  };

  it("is what a device that was enrolled as one starts as, also after it was left", async () => {
    doorAnswers({ own: true, door: { kiosk: true, welcome: "Come in out of the cold." } });
    await open("/gate");
    await screen.findByText("Come in out of the cold.");
    expect(screen.queryByRole("toolbar")).toBeNull();
    await leave();
    cleanup();
    await open("/gate");
    await screen.findByText("Come in out of the cold.");
    expect(screen.queryByRole("toolbar")).toBeNull();
  });

  it("is one again after a restart where staff began it, until they leave it", async () => {
    doorAnswers({ own: true, door: { welcome: "Come in out of the cold." } });
    await atGate();
    press("F10");
    fireEvent.click(await screen.findByRole("button", { name: en.gate.startKiosk }));
    await screen.findByText("Come in out of the cold.");
    cleanup();
    await open("/gate");
    await screen.findByText("Come in out of the cold.");
    await leave();
    cleanup();
    await atGate();
    expect(screen.getByRole("toolbar")).toBeTruthy();
  });

  it("lets digits be typed and nothing else of the keyboard while it asks", async () => {
    await atKiosk();
    press("F8");
    const pin = within(await screen.findByRole("dialog")).getByLabelText(en.gate.pin);
    expect(fireEvent.keyDown(pin, { key: "2" })).toBe(true);
    expect(fireEvent.keyDown(pin, { key: "w", ctrlKey: true })).toBe(false);
    expect(fireEvent.keyDown(pin, { key: "F5" })).toBe(false);
  });
});
