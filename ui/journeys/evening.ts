import type { APIRequestContext } from "playwright-core";
import { asOwner, type Desk } from "./desk";

export const PIN = "24680";

/** A ticket, as a guest holds it. */
export interface Entry {
  id: string;
  name: string;
  number: number;
  code: string;
}

/** An evening that is on: guests with tickets, a supervisor's PIN, walk-ins allowed. */
export async function evening(
  request: APIRequestContext,
  desk?: Desk,
): Promise<{ id: string; tickets: Entry[] }> {
  const asked = (method: "GET" | "POST" | "PUT", path: string, body?: unknown) =>
    asOwner(request, method, path, body, desk);
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);
  const { id } = await asked("POST", "/api/events", {
    title: "Lantern Night",
    organizer: "Harbour Society",
    time_zone: "Etc/UTC",
    language: "en",
    schedule: { kind: "one_time", session: { doors: at(-2), starts: at(1), ends: at(5) } },
    place: { mode: "in_person", venue: { name: "Old Customs House", address: "1 Quay", city: "Vienna", country: "AT" } },
    ticket_types: [{ name: "Standard" }, { name: "VIP" }],
  });
  const event = String(id);
  const list = ["Name,E-mail,Ticket type,Group", ...["Ada Almgren", "Bruno Brückner", "Chiara Castaño", "Dmitri Dvořák", "Elif Eriksen", "Femi Fontaine"].map(
    (name, n) => `${name},guest${n}@example.org,${n === 0 ? "VIP" : "Standard"},${n >= 3 ? "Family Eriksen" : ""}`,
  )];
  const plan = await asked("POST", `/api/events/${event}/imports?name=guests.csv`, list.join("\n"));
  await asked("POST", `/api/imports/${plan["id"]}/accept`, {});
  await asked("POST", `/api/events/${event}/publish`, {}).catch(() => undefined);
  const task = await asked("POST", `/api/events/${event}/issue`, {});
  while ((await asked("GET", `/api/tasks/${task["id"]}`))["state"] === "running") {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await asked("PUT", `/api/events/${event}/door-pin`, { pin: PIN });
  const settings = await asked("GET", `/api/events/${event}/door-settings`);
  // Whether there is a PIN is told, not set.
  delete settings["pin_set"];
  await asked("PUT", `/api/events/${event}/door-settings`, { ...settings, walk_ins: true });
  const { items } = await asked("GET", `/api/events/${event}/tickets?limit=100`);
  const tickets: Entry[] = [];
  for (const { id: ticket, name, number } of items as Omit<Entry, "code">[]) {
    const detail = await asked("GET", `/api/tickets/${ticket}`);
    tickets.push({ id: ticket, name, number, code: String(detail["code_text"]) });
  }
  return { id: event, tickets };
}
