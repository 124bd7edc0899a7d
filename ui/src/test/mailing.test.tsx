import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Previewed, Reach } from "../api/deliveryTypes";
import en from "../locales/en.json";
import { answer, details, EVENT, guest, open } from "./office";

const REACH: Reach = { email: 2, text: 0, later: 0, already: 0, unreachable: 0, unsubscribed: 0, without_ticket: 0 };
const SEEN: Previewed = { subject: "Come!", html: "<p>Come!</p>", text: "Come!", blanks: [], findings: [] };
const MAY = ["own_account", "read_events", "issue_tickets", "plan_events", "edit_guests"] as const;

const [first] = details.sessions;
if (first === undefined) throw new Error("the event has a session");
const second = { ...first, id: "5eed0001-0000-8000-a000-000000000002", title: "Second night" };
const invited = [0, 1, 2].map((index) => ({
  ...guest(index),
  invitation_id: `5eed0001-0000-8000-d000-00000000000${index === 2 ? 2 : 1}`,
}));

interface Asked {
  path: string;
  body: { audience?: unknown; wording?: unknown; language?: unknown };
}

/** An office where a mailing can be made, with what it was asked for beside reading. */
function office(): { asked: Asked[]; read: string[] } {
  answer({ may: [...MAY], guests: invited, details: { ...details, sessions: [first as typeof second, second] } });
  const office = globalThis.fetch as unknown as (request: Request) => Promise<Response>;
  const asked: Asked[] = [];
  const read: string[] = [];
  const worded = (language: string) => ({
    items: [{ kind: "invitation", language, changed_at: null, subject: `In ${language}`, mjml: "<mjml></mjml>", text: "" }],
  });
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace(EVENT, "ID");
    if (request.method === "POST") asked.push({ path, body: JSON.parse((await request.text()) || "{}") });
    if (path === "/api/mail/state") return Response.json({ ready: true, sends_here: true, blocked: [] });
    if (path.endsWith("/reach")) return Response.json(REACH);
    if (path.endsWith("/preview")) return Response.json(SEEN);
    if (path === "/api/events/ID/wordings") {
      read.push(url.search);
      return Response.json(worded(url.searchParams.get("language") ?? ""));
    }
    return office(request);
  });
  return { asked, read };
}

const reached = (asked: Asked[]) => asked.filter(({ path }) => path.endsWith("/reach")).at(-1)?.body.audience;

describe("a new mailing", () => {
  it("goes to those of one date where the event has several", async () => {
    const { asked } = office();
    await open(`/events/${EVENT}/delivery?section=mailings&open=new`);
    const dates = await screen.findByLabelText(en.delivery.session);
    fireEvent.change(dates, { target: { value: second.id } });
    await waitFor(() => expect(reached(asked)).toMatchObject({ session: second.id, invitations: [] }));
  });

  it("shows what each guest would be sent, in their own wording", async () => {
    const { asked } = office();
    await open(`/events/${EVENT}/delivery?section=mailings&open=new`);
    await waitFor(() => expect(asked.some(({ path }) => path.endsWith("/preview"))).toBe(true));
    const seen = asked.find(({ path }) => path.endsWith("/preview"));
    expect(seen?.body).toMatchObject({ wording: null, language: null });
  });

  it("goes to the guests that were selected, each invitation once, until somebody wants others too", async () => {
    const { asked } = office();
    await open(`/events/${EVENT}/guests`);
    const grid = await screen.findByRole("grid", { name: "Guests" });
    await within(grid).findByText("Zoë Ŝlâpfer 0");
    for (const { name } of invited) fireEvent.click(within(grid).getByRole("checkbox", { name: `Select ${name}` }));
    fireEvent.click(await screen.findByRole("button", { name: en.bulk.message }));
    expect(await screen.findByText("2 chosen invitations")).toBeTruthy();
    const both = [1, 2].map((n) => `5eed0001-0000-8000-d000-00000000000${n}`);
    await waitFor(() => expect(reached(asked)).toMatchObject({ group: "all", invitations: both }));
    fireEvent.click(screen.getByRole("button", { name: en.newMailing.notOnly }));
    await waitFor(() => expect(reached(asked)).toMatchObject({ invitations: [] }));
  });
});

describe("the wordings", () => {
  it("are shown and tried in the language that is chosen", async () => {
    const { asked, read } = office();
    await open(`/events/${EVENT}/delivery?section=wordings&kind=invitation`);
    expect(await screen.findByDisplayValue("In en")).toBeTruthy();
    fireEvent.change(screen.getByLabelText(en.wording.language), { target: { value: "fr" } });
    expect(await screen.findByDisplayValue("In fr")).toBeTruthy();
    expect(read).toEqual(["?language=en", "?language=fr"]);
    const previews = () => asked.filter(({ path }) => path.endsWith("/preview"));
    await waitFor(() => expect(previews().at(-1)?.body.language).toBe("fr"));
  });
});
