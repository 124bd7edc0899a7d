import type { APIRequestContext } from "playwright-core";
import { office } from "./browser";

/** Which office is asked: that of these journeys unless another is named. */
export interface Desk {
  root: string;
  key: string;
}

const usual = (): Desk => ({ root: office ?? "", key: process.env["GATEHOUSE_KEY"] ?? "" });

/** Asks the API as the machine's owner, to prepare what a journey finds. */
export async function asOwner(
  request: APIRequestContext,
  method: "GET" | "POST" | "PUT" | "PATCH",
  path: string,
  body?: unknown,
  desk: Desk = usual(),
): Promise<Record<string, unknown>> {
  const answer = await request.fetch(desk.root + path, {
    method,
    headers: {
      authorization: `Desk ${desk.key}`,
      ...(typeof body === "string" ? { "content-type": "application/octet-stream" } : {}),
    },
    ...(body === undefined ? {} : { data: body }),
  });
  const text = await answer.text();
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

/** Id of the event with this title. */
export async function eventCalled(request: APIRequestContext, title: string): Promise<string> {
  const { items } = await asOwner(request, "GET", "/api/events");
  const found = (items as { id: string; title: string }[]).find((event) => event.title === title);
  if (found === undefined) throw new Error(`no event is called ${title}`);
  return found.id;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const FIRST = ["Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Femi", "Greta", "Hiro", "Inès", "Jónas"];
const LAST = ["Almgren", "Brückner", "Castaño", "Dvořák", "Eriksen", "Fontaine"];

/** Plans an event some days from now with a list of invented guests; nobody has a ticket yet. */
export async function planHall(
  request: APIRequestContext,
  title: string,
  guests: number,
  days = 21,
  desk: Desk = usual(),
): Promise<string> {
  const text = (hours: number) =>
    new Date(Date.now() + days * DAY_MS + hours * HOUR_MS).toISOString().slice(0, 16);
  const { id } = await asOwner(request, "POST", "/api/events", {
    title,
    organizer: "Harbour Society",
    // Local hours are then those of the clock here.
    time_zone: "Etc/UTC",
    language: "en",
    schedule: {
      kind: "one_time",
      session: { doors: text(-1), starts: text(1), ends: text(4) },
    },
    place: {
      mode: "in_person",
      venue: { name: "Old Customs House", address: "1 Quay", city: "Vienna", country: "AT" },
    },
    ticket_types: [
      { name: "Standard", description: "Entry and a seat" },
      { name: "VIP", price_minor: 4_500, description: "Entry, front rows, lounge" },
    ],
  }, desk);
  if (guests > 0) {
    const rows = Array.from({ length: guests }, (_, n) => {
      const name = `${FIRST[n % FIRST.length]} ${LAST[Math.floor(n / FIRST.length) % LAST.length]} ${n + 1}`;
      return `${name},guest${n + 1}@example.org,${n % 5 === 0 ? "VIP" : "Standard"}`;
    });
    const list = await asOwner(
      request,
      "POST",
      `/api/events/${id}/imports?name=guests.csv`,
      ["Name,E-mail,Ticket type", ...rows].join("\n"),
      desk,
    );
    await asOwner(request, "POST", `/api/imports/${list["id"]}/accept`, {}, desk);
  }
  return String(id);
}

