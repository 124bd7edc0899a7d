import type { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { client, content, done, type EventDraft } from "../../api";
import { follow } from "../../api/longWork";
import { tell } from "../../shared/tray";
import { sampleList } from "./sampleList";

const WEEKS_AHEAD = 3;
const DAY_MS = 86_400_000;

/** The sample event: an evening three weeks from now, in the reader's own zone. */
function sampleDraft(language: string): EventDraft {
  const day = new Date(Date.now() + WEEKS_AHEAD * 7 * DAY_MS).toISOString().slice(0, 10);
  return {
    title: i18next.t("firstRun.sampleTitle"),
    tagline: i18next.t("firstRun.sampleTagline"),
    organizer: i18next.t("firstRun.sampleOrganizer"),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    language,
    schedule: {
      kind: "one_time",
      session: { doors: `${day}T18:30`, starts: `${day}T19:00`, ends: `${day}T23:00` },
    },
    place: {
      mode: "in_person",
      venue: { name: "Old Customs House", address: "Quay 4", city: "Port Ellery", country: "Ellery" },
    },
    ticket_types: [
      { name: i18next.t("planning.firstType"), capacity: 80 },
      { name: "VIP", capacity: 20 },
    ],
  };
}

/** Plans the sample event and fills it, each step told in the tray; gives the event's id. */
export async function makeSample(queries: QueryClient, open: (event: string) => void): Promise<string> {
  const line = crypto.randomUUID();
  const title = i18next.t("firstRun.working");
  const say = (step: string, progress: number) =>
    tell({ id: line, title, state: "running", progress, result: step });
  try {
    say(i18next.t("firstRun.planning"), 0.05);
    const draft = sampleDraft(i18next.language.slice(0, 2));
    const headers = { "idempotency-key": crypto.randomUUID() };
    const { id } = await content(client.POST("/api/events", { body: draft, headers }));
    const params = { path: { id } };

    say(i18next.t("firstRun.importing"), 0.2);
    const types = draft.ticket_types?.map(({ name }) => name) ?? [];
    const list = new TextEncoder().encode(sampleList([types[0] ?? "", types[1] ?? ""]));
    const waiting = await content(
      client.POST("/api/events/{id}/imports", {
        params: { ...params, query: { name: "sample.csv" } },
        headers: { "content-type": "application/octet-stream" },
        // The contract knows bytes as a list of numbers; they are sent as they are.
        body: list as unknown as number[],
        bodySerializer: (bytes) => bytes as unknown as BodyInit,
      }),
    );
    await done(client.POST("/api/imports/{id}/accept", { params: { path: { id: waiting.id } } }));

    await follow(
      {
        title,
        begin: () => content(client.POST("/api/events/{id}/issue", { params, body: {} })),
        told: (task) => i18next.t("firstRun.done", { count: task.total }),
        open: () => open(id),
      },
      line,
    );
    await queries.invalidateQueries();
    return id;
  } catch (error) {
    const result = error instanceof Error ? error.message : String(error);
    tell({ id: line, title, state: "failed", progress: null, result });
    throw error;
  }
}
