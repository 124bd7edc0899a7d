import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { DeliveryOverview, MailState, MessageRow } from "../api/deliveryTypes";
import en from "../locales/en.json";
import { answer, EVENT, open } from "./office";

const MESSAGE: MessageRow = {
  id: "5eed0001-0000-8000-8100-000000000001",
  invitation: "5eed0001-0000-8000-d000-000000000001",
  batch: null,
  mailing: null,
  kind: "invitation",
  channel: "email",
  status: "failed",
  session: null,
  step: null,
  notice: null,
  recipient: "zoe@exampel.org",
  queued_at: 1_800_000_000_000,
  due_at: 1_800_000_000_000,
  attempts: 1,
  handed_at: null,
  sent_at: null,
  settled_at: 1_800_000_060_000,
  code: "address_refused",
  detail: "550 5.1.1 User unknown",
  number: "INV-0001",
  label: "Family Novák",
};

const OVERVIEW: DeliveryOverview = {
  funnel: { invitations: 3, sent: 2, bounced: 1, answered: 1, coming: 1, downloaded: 0, came_in: 0 },
  kinds: [
    { kind: "invitation", status: "sent", count: 2 },
    { kind: "invitation", status: "failed", count: 1 },
  ],
  domains: [{ domain: "example.org", sent: 2, delivered: 0, bounced: 0, failed: 1 }],
  paused: false,
  next_due: null,
};

const WELL: MailState = { ready: true, sends_here: true, blocked: [] };

/** What was asked of the delivery by other ways than reading. */
interface Asked {
  path: string;
  body: unknown;
}

/** An office with messages, in which everything may be done. */
function deliver(given: { message?: Partial<MessageRow>; overview?: Partial<DeliveryOverview>; state?: MailState } = {}) {
  answer({ may: ["own_account", "read_events", "issue_tickets", "plan_events", "manage_workspace"] });
  const office = globalThis.fetch as unknown as (request: Request) => Promise<Response>;
  const asked: Asked[] = [];
  const message = { ...MESSAGE, ...given.message };
  const read: Record<string, unknown> = {
    "/api/mail/state": given.state ?? WELL,
    "/api/events/ID/delivery": { ...OVERVIEW, ...given.overview },
    "/api/events/ID/deliveries": { items: [message], next: null },
    "/api/events/ID/mailings": { items: [] },
    "/api/events/ID/notices": { items: [] },
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace(EVENT, "ID");
    if (request.method === "GET" && path in read) return Response.json(read[path]);
    if (request.method === "POST" && /mail|deliveries|outbox/.test(path)) {
      const text = await request.text();
      asked.push({ path, body: text === "" ? null : JSON.parse(text) });
      return path.endsWith("resend") || path.endsWith("settle")
        ? Response.json(message, { status: 201 })
        : new Response(null, { status: 204 });
    }
    return office(request);
  });
  return asked;
}

const at = (section: string, more = "") => `/events/${EVENT}/delivery?section=${section}${more}`;
const openMessage = () => open(at("messages", `&open=${MESSAGE.id}`));

describe("why nothing leaves", () => {
  it("is not said while all is well", async () => {
    deliver();
    await open(at("overview"));
    await screen.findByRole("table", { name: en.delivery.byDomain });
    expect(screen.queryByRole("note")).toBeNull();
  });

  it("leads to the settings where mail is not set up", async () => {
    deliver({ state: { ...WELL, ready: false } });
    await open(at("overview"));
    const link = await screen.findByRole("link", { name: en.standing.setUp });
    expect(link.getAttribute("href")).toBe("/settings/mail");
  });

  it("is said in words, with the server's own, and tried again at once", async () => {
    const blocked = { transport: "mail" as const, code: "server_certificate", detail: "self-signed", since: 1, again_at: 2, tries: 3 };
    const asked = deliver({ state: { ...WELL, blocked: [blocked] } });
    await open(at("overview"));
    expect(await screen.findByText(en.messageCode.serverCertificate)).toBeTruthy();
    expect(screen.getByText("self-signed")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: en.standing.tryNow }));
    await waitFor(() => expect(asked.map(({ path }) => path)).toEqual(["/api/mail/retry"]));
  });

  it("is the limit, which needs no help", async () => {
    const blocked = { transport: "mail" as const, code: "pace_reached", detail: "", since: 1, again_at: 2, tries: 1 };
    deliver({ state: { ...WELL, blocked: [blocked] } });
    await open(at("overview"));
    expect(await screen.findByText(en.standing.pace)).toBeTruthy();
    expect(screen.queryByRole("button", { name: en.standing.tryNow })).toBeNull();
  });

  it("is the gateway for text messages, whatever holds of letters", async () => {
    const blocked = { code: "sender_refused", detail: "bad key", since: 1, again_at: 2, tries: 1 };
    const both = [
      { ...blocked, transport: "mail" as const },
      { ...blocked, transport: "text" as const },
    ];
    deliver({ state: { ...WELL, ready: false, blocked: both } });
    await open(at("overview"));
    expect(await screen.findByText(en.standing.notSetUp)).toBeTruthy();
    expect(screen.getByText(en.standing.blockedTexts)).toBeTruthy();
    expect(screen.queryByText(en.standing.blocked)).toBeNull();
  });

  it("is that somebody held all back, and lets them go", async () => {
    const asked = deliver({ overview: { paused: true } });
    await open(at("overview"));
    expect(screen.queryByRole("button", { name: en.delivery.holdAll })).toBeNull();
    fireEvent.click(await screen.findByRole("button", { name: en.standing.letGo }));
    await waitFor(() => expect(asked.map(({ path }) => path)).toEqual(["/api/events/ID/outbox/resume"]));
  });
});

describe("one message", () => {
  it("is corrected and sent again in one step", async () => {
    const asked = deliver();
    await openMessage();
    const pane = await screen.findByRole("complementary");
    expect(within(pane).getByText(en.messageCode.addressRefused)).toBeTruthy();
    expect(within(pane).getByText(MESSAGE.detail)).toBeTruthy();
    fireEvent.change(within(pane).getByLabelText(en.delivery.rightAddress), { target: { value: " zoe@example.org " } });
    fireEvent.click(within(pane).getByRole("button", { name: en.delivery.correctAndSend }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]).toEqual({ path: `/api/deliveries/${MESSAGE.id}/resend`, body: { email: "zoe@example.org" } });
  });

  it("is sent again as it was where nothing was corrected", async () => {
    const asked = deliver();
    await openMessage();
    fireEvent.click(await screen.findByRole("button", { name: en.delivery.sendAgain }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.body).toEqual({});
  });

  it("by text is sent again to the right number", async () => {
    const asked = deliver({ message: { channel: "sms", recipient: "+447700900123" } });
    await openMessage();
    const number = await screen.findByLabelText(en.delivery.rightNumber);
    fireEvent.change(number, { target: { value: "+447700900321" } });
    fireEvent.click(screen.getByRole("button", { name: en.delivery.correctAndSend }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.body).toEqual({ phone: "+447700900321" });
  });

  it("that was perhaps sent is never sent again before somebody says that it did not arrive", async () => {
    const asked = deliver({ message: { code: "perhaps_sent", detail: "connection reset" } });
    await openMessage();
    expect(await screen.findByText(en.delivery.perhapsSentText)).toBeTruthy();
    expect(screen.queryByRole("button", { name: en.delivery.sendAgain })).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: en.delivery.itDidNot }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]).toEqual({ path: `/api/deliveries/${MESSAGE.id}/settle`, body: { arrived: false } });
  });

  it("that waits says when it is tried again, and offers nothing", async () => {
    deliver({ message: { status: "pending_retry", code: "server_busy" } });
    await openMessage();
    expect(await screen.findByText(en.delivery.tryAgainAt)).toBeTruthy();
    expect(screen.queryByRole("button", { name: en.delivery.sendAgain })).toBeNull();
  });
});
