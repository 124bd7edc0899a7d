import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import en from "../locales/en.json";
import { answer, ARRIVAL, details, EVENT, me, open, summary, ticket } from "./office";

const at = (place: string) => `/events/${EVENT}/${place}`;
const may = [...me.may, "plan_events", "edit_guests", "issue_tickets", "manage_workspace"] as const;
const AWAY = { handed_over_at: ARRIVAL };

describe("an event that another machine has", () => {
  it("says so on its pages, and changes nothing here", async () => {
    answer({ details: { ...details, ...AWAY }, may: [...may] });
    await open(at("guests"));
    const banner = await screen.findByRole("region", { name: en.handOver.status });
    expect(banner.textContent).toContain("12 Dec");
    const add = await screen.findByRole<HTMLButtonElement>("button", { name: /Add guest/ });
    expect(add.disabled).toBe(true);
    expect(add.title).toBe(en.refused.eventHandedOver);
    fireEvent.click(within(banner).getByRole("button", { name: en.handOver.takeBack }));
    expect(await screen.findByRole("dialog", { name: en.handOver.takeBack })).toBeTruthy();
  });

  it("is marked among the others", async () => {
    answer({ events: [{ ...summary, ...AWAY }] });
    await open("/");
    expect(await screen.findByRole("link", { name: /Winter Gala.*Handed over/ })).toBeTruthy();
  });

  it("leaves an event alone that is here", async () => {
    answer({ may: [...may] });
    await open(at("guests"));
    const add = await screen.findByRole<HTMLButtonElement>("button", { name: /Add guest/ });
    expect(add.disabled).toBe(false);
    expect(screen.queryByRole("region", { name: en.handOver.status })).toBeNull();
  });
});

describe("the scans of a ticket", () => {
  it("say why a supervisor let somebody in, what was entered afterwards, and what counts nowhere", async () => {
    const scan = { at: Date.now(), gate: "Gate A", direction: "entry", verdict: "admitted" } as const;
    answer({
      ticket: {
        scans: [
          { ...scan, code: "forced", reason: "left to park the car", afterwards: false, aside: false },
          { ...scan, code: "admitted", reason: null, afterwards: true, aside: false },
          { ...scan, code: "exited", reason: null, afterwards: false, aside: true },
        ],
      },
      may: [...may],
    });
    await open(`${at("tickets")}?open=${ticket(2).id}`);
    const pane = await screen.findByRole("complementary");
    expect(await within(pane).findByText("Reason: left to park the car")).toBeTruthy();
    expect(within(pane).getAllByText(new RegExp(en.tickets.enteredAfterwards))).toHaveLength(1);
    expect(within(pane).getAllByText(new RegExp(en.tickets.putAside))).toHaveLength(1);
  });
});

describe("a ticket that was given on", () => {
  it("leads to the one that took its place, and can no longer be touched", async () => {
    const { id, number } = ticket(9);
    answer({
      ticket: { status: "transferred", transferred_to: { id, number } },
      may: [...may],
    });
    await open(`${at("tickets")}?open=${ticket(2).id}`);
    const pane = await screen.findByRole("complementary");
    const link = await within(pane).findByRole("button", { name: "Ticket #9" });
    expect(within(pane).queryByRole("button", { name: en.tickets.void })).toBeNull();
    expect(within(pane).queryByRole("button", { name: en.transfer.title })).toBeNull();
    fireEvent.click(link);
    await waitFor(() => expect(window.location.search).toBe(`?open=${id}`));
  });
});
