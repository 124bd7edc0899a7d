import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { platform } from "../platform";
import { dismiss, tell } from "../shared/tray";
import { offerUndo } from "../shared/undo";
import en from "../locales/en.json";
import { answer, EVENT, guest, open } from "./office";

const at = (place: string) => `/events/${EVENT}/${place}`;

async function openGuests(count = 1_200) {
  const desk = answer({ guests: Array.from({ length: count }, (_, index) => guest(index)) });
  await open(at("guests"));
  const grid = await screen.findByRole("grid", { name: "Guests" });
  await within(grid).findByText("Zoë Ŝlâpfer 0");
  return { desk, grid };
}

describe("the events", () => {
  it("are where the office starts, and each leads to its overview", async () => {
    answer();
    await open("/");
    fireEvent.click(await screen.findByText("Winter Gala"));
    await waitFor(() => expect(window.location.pathname).toBe(at("overview")));
  });

  it("are the way out of an address where nothing is", async () => {
    answer();
    await open("/nowhere/at/all");
    expect(await screen.findByText(en.events.nowhereTitle)).toBeTruthy();
  });
});

describe("selecting", () => {
  it("goes by Space and Shift and arrows, and Esc clears it before it closes anything", async () => {
    const { grid } = await openGuests();
    grid.focus();
    fireEvent.keyDown(grid, { key: "ArrowDown" });
    fireEvent.keyDown(grid, { key: " " });
    expect(screen.getByText("1 selected")).toBeTruthy();
    fireEvent.keyDown(grid, { key: "ArrowDown", shiftKey: true });
    fireEvent.keyDown(grid, { key: "ArrowDown", shiftKey: true });
    expect(screen.getByText("3 selected")).toBeTruthy();
    fireEvent.keyDown(grid, { key: "Enter" });
    expect(await screen.findByRole("complementary")).toBeTruthy();
    fireEvent.keyDown(document.body, { key: "Escape" });
    await waitFor(() => expect(screen.queryByText("3 selected")).toBeNull());
    expect(screen.getByRole("complementary")).toBeTruthy();
  });

  it("takes a range by Shift and click, and says the guests' addresses once each", async () => {
    const { grid } = await openGuests(20);
    const copied = vi.spyOn(platform(), "copyText").mockResolvedValue();
    const box = (name: string) => within(grid).getByRole("checkbox", { name });
    fireEvent.click(box("Select Zoë Ŝlâpfer 0"));
    fireEvent.click(box("Select Zoë Ŝlâpfer 4"), { shiftKey: true });
    expect(screen.getByText("5 selected")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: en.guests.copyEmails }));
    expect(await screen.findByText("5 addresses copied")).toBeTruthy();
    expect(copied.mock.calls[0]?.[0].split("\n")).toHaveLength(5);
    fireEvent.keyDown(grid, { key: "a", ctrlKey: true });
    expect(screen.getByText("20 selected")).toBeTruthy();
  });
});

describe("columns and order", () => {
  it("hides a column and remembers it", async () => {
    const { grid } = await openGuests(20);
    fireEvent.click(screen.getByRole("button", { name: en.table.chooseColumns }));
    const seat = await screen.findByRole("menuitemcheckbox", { name: "Seat" });
    expect(seat.getAttribute("aria-checked")).toBe("true");
    fireEvent.click(seat);
    await waitFor(() =>
      expect(within(grid).queryByRole("columnheader", { name: "Seat" })).toBeNull(),
    );
    expect(localStorage.getItem("gatehouse.columns.guests")).toBe("seat");
  });

  it("has the office put rows in order, also over those that are not here yet", async () => {
    const { grid } = await openGuests(1_200);
    const head = () => within(grid).getByRole("columnheader", { name: "Name" });
    const first = () => within(screen.getByRole("grid")).getAllByRole("row")[1]?.textContent;
    const sort = () =>
      fireEvent.click(
        within(screen.getByRole("columnheader", { name: "Name" })).getByRole("button"),
      );
    expect(head().getAttribute("aria-sort")).toBeNull();
    sort();
    await waitFor(() => expect(first()).toContain("Amélie Dubois 10"));
    expect(window.location.search).toBe("?sort=name");
    expect(screen.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort")).toBe("ascending");
    sort();
    await waitFor(() => expect(first()).toContain("Zoë Ŝlâpfer 996"));
    sort();
    await waitFor(() => expect(first()).toContain("Zoë Ŝlâpfer 0"));
    expect(window.location.search).toBe("");
  });
});

describe("the shortcuts page", () => {
  it("opens by ? but not while typing", async () => {
    await openGuests(20);
    fireEvent.keyDown(screen.getByRole("searchbox"), { key: "?" });
    expect(screen.queryByRole("dialog")).toBeNull();
    fireEvent.keyDown(document.body, { key: "?" });
    expect(await screen.findByRole("dialog", { name: en.shortcuts.title })).toBeTruthy();
  });
});

describe("undo", () => {
  it("is offered, and takes the last change back by Ctrl-Z", async () => {
    await openGuests(20);
    const undone: string[] = [];
    const offer = (name: string) =>
      offerUndo({ done: `Renamed ${name}.`, undo: async () => void undone.push(name) });
    act(() => {
      offer("Ada");
      offer("Bruno");
    });
    expect(await screen.findByText("Renamed Bruno.")).toBeTruthy();
    fireEvent.keyDown(document.body, { key: "z", ctrlKey: true });
    await waitFor(() => expect(undone).toEqual(["Bruno"]));
    const toast = (await screen.findByText("Renamed Ada.")).parentElement;
    if (toast === null) throw new Error("the toast has nothing around it");
    fireEvent.click(within(toast).getByRole("button", { name: en.undo.undo }));
    await waitFor(() => expect(undone).toEqual(["Bruno", "Ada"]));
    fireEvent.keyDown(document.body, { key: "z", ctrlKey: true });
    expect(undone).toHaveLength(2);
  });

  it("says so when a change can't be taken back", async () => {
    await openGuests(20);
    act(() =>
      offerUndo({
        done: "Renamed Ada.",
        undo: () => Promise.reject(new Error("A later change stands in the way.")),
      }),
    );
    fireEvent.click(await screen.findByRole("button", { name: en.undo.undo }));
    expect(await screen.findByText("A later change stands in the way.")).toBeTruthy();
  });
});

describe("the tray", () => {
  afterEach(() => act(() => ["print", "send"].forEach(dismiss)));

  it("shows how far long work is, pauses it, and keeps its result until dismissed", async () => {
    await openGuests(20);
    const pause = vi.fn();
    act(() => tell({ id: "print", title: "Printing", state: "running", progress: 0.4, pause }));
    const tray = screen.getByRole("region", { name: en.tray.title });
    expect(within(tray).getByText("40%")).toBeTruthy();
    expect(within(tray).getByRole("progressbar").getAttribute("aria-valuenow")).toBe("40");
    fireEvent.click(within(tray).getByRole("button", { name: en.tray.pause }));
    expect(pause).toHaveBeenCalledOnce();
    act(() => tell({ id: "print", title: "Printing", state: "done", progress: 1, result: "500 pages" }));
    expect(within(tray).getByText("500 pages")).toBeTruthy();
    act(() => tell({ id: "send", title: "Sending", state: "running", progress: null }));
    fireEvent.click(within(tray).getByRole("button", { name: /2 pieces of work/ }));
    fireEvent.click(within(tray).getByRole("button", { name: "Dismiss: Printing" }));
    await waitFor(() => expect(within(tray).queryByText("Printing")).toBeNull());
  });
});
