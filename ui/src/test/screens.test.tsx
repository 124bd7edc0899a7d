import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import i18next from "i18next";
import { nameCommand } from "../features/history/History";
import { plain } from "../app/Palette";
import en from "../locales/en.json";
import { answer, details, EVENT, open } from "./office";

const at = (place: string) => `/events/${EVENT}/${place}`;

describe("the overview", () => {
  it("is where an event starts, and shows its numbers first", async () => {
    answer();
    await open(`/events/${EVENT}`);
    expect(await screen.findByRole("heading", { level: 1, name: "Winter Gala" })).toBeTruthy();
    expect(window.location.pathname).toBe(at("overview"));
    expect(screen.getByRole("button", { name: /1,200.*on the list/ })).toBeTruthy();
    expect(screen.getByRole("button", { name: /1,180.*good tickets.*3 taken back/ })).toBeTruthy();
    expect(screen.getByText("1,179 still to come")).toBeTruthy();
  });

  it("says each verdict in words, welcomes first, then the commonest refusal", async () => {
    answer();
    await open(at("overview"));
    const gates = await screen.findByRole("region", { name: /What the gates showed.*14 scans/ });
    const lines = within(gates).getAllByRole("listitem");
    expect(lines.map((line) => line.textContent)).toEqual([
      "✓Welcomed in1",
      "✕Used before9",
      "✕Not genuine4",
    ]);
  });

  it("says what the gates are for before the first scan", async () => {
    answer({ details: { ...details, scans_by_code: [] } });
    await open(at("overview"));
    expect(await screen.findByText(en.overview.noScans)).toBeTruthy();
  });
});

describe("the guest list", () => {
  it("shows the rows in sight and tells how many there are", async () => {
    answer();
    await open(at("guests"));
    const grid = await screen.findByRole("grid", { name: "Guests" });
    expect(await within(grid).findByText("Zoë Ŝlâpfer 0")).toBeTruthy();
    expect(grid.getAttribute("aria-rowcount")).toBe("1201");
    const rows = within(grid).getAllByRole("row");
    expect(rows.length).toBeLessThan(60);
    expect(within(grid).getByText(/came in 12 Dec/).textContent).toContain("19:02");
  });

  it("fetches the last page for the last row, and none between", async () => {
    const { asked } = answer();
    await open(at("guests"));
    const grid = await screen.findByRole("grid");
    await within(grid).findByText("Zoë Ŝlâpfer 0");
    grid.focus();
    fireEvent.keyDown(grid, { key: "End" });
    await waitFor(() => expect(asked.some((path) => path.includes("descending=true"))).toBe(true));
    expect(asked.filter((path) => path.includes("/guests?"))).toHaveLength(2);
  });

  it("asks the API when the typing pauses", async () => {
    const { asked } = answer();
    await open(at("guests"));
    await screen.findByText("Zoë Ŝlâpfer 0");
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "INV-0007" } });
    expect(await screen.findByText("1 found")).toBeTruthy();
    expect(asked.some((path) => path.includes("q=INV-0007"))).toBe(true);
    expect(window.location.search).toBe("?q=INV-0007");
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "nobody" } });
    expect(await screen.findByText("Nobody matches “nobody”")).toBeTruthy();
  });

  it("moves by arrow keys, opens by Enter, follows, and closes by Esc", async () => {
    answer();
    await open(at("guests"));
    const grid = await screen.findByRole("grid");
    await within(grid).findByText("Zoë Ŝlâpfer 0");
    fireEvent.keyDown(grid, { key: "ArrowDown" });
    fireEvent.keyDown(grid, { key: "ArrowDown" });
    expect(screen.queryByRole("complementary")).toBeNull();
    fireEvent.keyDown(grid, { key: "Enter" });
    expect(await screen.findByRole("complementary", { name: "Jiří Novák 1" })).toBeTruthy();
    fireEvent.keyDown(grid, { key: "ArrowUp" });
    const pane = await screen.findByRole("complementary", { name: "Zoë Ŝlâpfer 0" });
    expect((await within(pane).findByText(/at Main door/)).textContent).toContain("19:02");
    const active = document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
    expect(active?.getAttribute("aria-current")).toBe("true");
    fireEvent.keyDown(document.body, { key: "Escape" });
    await waitFor(() => expect(screen.queryByRole("complementary")).toBeNull());
  });

  it("says what the place is for while it is empty", async () => {
    answer({ guests: [], details: { ...details, progress: { ...details.progress, guests: 0 } } });
    await open(at("guests"));
    expect(await screen.findByText(en.guests.emptyTitle)).toBeTruthy();
  });
});

describe("the other places", () => {
  it("shows invitations with what their members answered", async () => {
    answer();
    await open(at("invitations"));
    expect(await screen.findByText("Family Novák")).toBeTruthy();
    expect(screen.getByText("Some answered")).toBeTruthy();
  });

  it("shows a ticket's life line beside the list", async () => {
    answer();
    await open(at("tickets"));
    fireEvent.click(await screen.findByText("#2"));
    const pane = await screen.findByRole("complementary");
    const line = await within(pane).findByRole("region", { name: en.lifeLine.title });
    const steps = within(line).getAllByRole("listitem").map((step) => step.textContent ?? "");
    expect(steps.map((step) => step.endsWith(en.lifeLine.notYet))).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  it("tells the history in the reader's words, and keeps a command that has none yet", async () => {
    answer();
    await open(at("history"));
    expect(await screen.findByText("Imported guests")).toBeTruthy();
    expect(nameCommand(i18next.t, "undo: import guests")).toBe("Undid: Imported guests");
    expect(nameCommand(i18next.t, "paint the door")).toBe("paint the door");
    expect(nameCommand(i18next.t, "constructor")).toBe("constructor");
  });

  it("says when an event is not here, and when the server is silent", async () => {
    answer();
    await open("/events/00000000-0000-8000-8000-000000000000/guests");
    expect(await screen.findByText(en.events.unknownTitle)).toBeTruthy();
  });
});

describe("the keyboard", () => {
  it("focuses the search field by /, and empties and leaves it by Esc", async () => {
    answer();
    await open(at("guests"));
    const field = await screen.findByRole<HTMLInputElement>("searchbox");
    fireEvent.keyDown(document.body, { key: "/" });
    expect(document.activeElement).toBe(field);
    fireEvent.change(field, { target: { value: "x" } });
    fireEvent.keyDown(field, { key: "Escape" });
    expect(field.value).toBe("");
    fireEvent.keyDown(field, { key: "Escape" });
    expect(document.activeElement).not.toBe(field);
  });

  it("goes anywhere by Ctrl-K: a place, then a guest", async () => {
    answer();
    await open(at("overview"));
    await screen.findByRole("heading", { level: 1, name: "Winter Gala" });
    fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
    const field = await screen.findByRole("combobox", { name: en.palette.hint });
    fireEvent.change(field, { target: { value: "tick" } });
    fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() => expect(window.location.pathname).toBe(at("tickets")));

    fireEvent.keyDown(document.body, { key: "k", metaKey: true });
    const again = await screen.findByRole("combobox", { name: en.palette.hint });
    fireEvent.change(again, { target: { value: "Novák 5" } });
    const option = await screen.findByRole("option", { name: /Jiří Novák 5.*INV-0006/ });
    expect(option.getAttribute("aria-selected")).toBe("true");
    fireEvent.keyDown(again, { key: "Enter" });
    expect(await screen.findByRole("complementary", { name: "Jiří Novák 5" })).toBeTruthy();
  });

  it("speaks another language by its own name", async () => {
    answer();
    await open(at("overview"));
    await screen.findByRole("heading", { level: 1, name: "Winter Gala" });
    fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
    const field = await screen.findByRole("combobox", { name: en.palette.hint });
    fireEvent.change(field, { target: { value: "francais" } });
    fireEvent.keyDown(field, { key: "Enter" });
    expect(await screen.findByRole("link", { name: "Invités" })).toBeTruthy();
  });

  it("compares without case and accents", () => {
    expect(plain("Überblick")).toBe("uberblick");
    expect(plain("Zoë Ŝlâpfer")).toBe("zoe slapfer");
  });
});

describe("language and theme", () => {
  it("changes every word at once, and remembers", async () => {
    answer();
    await open(at("guests"));
    await screen.findByRole("heading", { name: "Guests" });
    fireEvent.change(screen.getByRole("combobox", { name: "Language" }), {
      target: { value: "es" },
    });
    expect(await screen.findByRole("heading", { name: "Invitados" })).toBeTruthy();
    expect(document.documentElement.lang).toBe("es");
    expect(localStorage.getItem("gatehouse.language")).toBe("es");
  });

  it("keeps a chosen theme and gives it back to the system", async () => {
    answer();
    await open(at("guests"));
    const theme = await screen.findByRole("combobox", { name: "Theme" });
    fireEvent.change(theme, { target: { value: "dark" } });
    expect(document.documentElement.dataset["mantineColorScheme"]).toBe("dark");
    expect(localStorage.getItem("gatehouse.theme")).toBe("dark");
    fireEvent.change(theme, { target: { value: "auto" } });
    expect(localStorage.getItem("gatehouse.theme")).toBeNull();
  });
});
