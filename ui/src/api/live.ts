import type { Query, QueryClient } from "@tanstack/react-query";
import { platform } from "../platform";
import { client, content } from "./client";
import type { components } from "./contract";
import { origin, reach, session } from "./session";

export type Tag = components["schemas"]["Tag"];
type LiveChange = components["schemas"]["LiveChange"];

/** Answers that a run of changes makes old are asked for again at most this often. */
const TOGETHER_MS = 300;
/** The desktop's bridge brings whole answers only, so there the number is asked for instead. */
const ASK_EVERY_MS = 700;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The server says at least a comment as often as every 15 s; silence for longer is a dead line. */
const SILENCE_MS = 40_000;

/** The data lines of a text of server-sent events, and the piece that is still to be ended. */
export function readEvents(text: string): { data: string[]; rest: string } {
  const blocks = text.replace(/\r\n?/g, "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  const data = blocks.flatMap((block) => {
    const lines = block.split("\n").filter((line) => line.startsWith("data:"));
    return lines.length === 0 ? [] : [lines.map((line) => line.slice(5).trimStart()).join("\n")];
  });
  return { data, rest };
}

/** Which kinds of change make an answer old, by the third part of its key; else any but long work. */
const CONCERNS: Readonly<Record<string, readonly Tag[]>> = {
  preview: ["event", "tickets"],
  keys: ["event"],
  arrivals: ["scans", "tickets"],
  door: ["event", "tickets", "scans"],
  tasks: ["tasks"],
  task: ["tasks"],
  devices: ["event", "scans"],
  alerts: ["event", "scans"],
  mesh: ["event", "scans"],
  preflight: ["event", "tickets"],
};
const ANY: readonly Tag[] = ["event", "guests", "tickets", "scans"];

/** Longer lists are read anew only when asked for, since that fetches every page again. */
const PAGES_READ_ANEW = 10;

/** Whether a change of these kinds in `event` makes the answer to a question old. */
export function isConcerned(key: readonly unknown[], event: string, tags: readonly Tag[]): boolean {
  if (key[0] === "events") return tags.includes("event") || tags.includes("everything");
  if (key[0] !== "event" || key[1] !== event) return false;
  const part = key[2];
  const concerns = (typeof part === "string" && CONCERNS[part]) || ANY;
  return tags.some((tag) => tag === "everything" || concerns.includes(tag));
}

function isShort({ state }: Query): boolean {
  const pages = (state.data as { pages?: unknown } | undefined)?.pages;
  return !Array.isArray(pages) || pages.length <= PAGES_READ_ANEW;
}

type Hear = (tags: readonly Tag[]) => void;
const hearers = new Map<string, Set<Hear>>();

/** Hears what kinds of things change in an event, beside the answers that are asked for again. */
export function onChange(event: string, hear: Hear): () => void {
  const those = hearers.get(event) ?? new Set();
  hearers.set(event, those.add(hear));
  return () => those.delete(hear);
}

/** Asks again for everything in sight: it may have been missed, or refused for want of an answer. */
export function refreshAll(queries: QueryClient): void {
  void queries.invalidateQueries();
  for (const those of hearers.values()) for (const hear of those) hear(["everything"]);
}

/** Asks again for what `tags` made old. */
export function refresh(queries: QueryClient, event: string, tags: readonly Tag[]): void {
  if (tags.length === 0) return;
  void queries.invalidateQueries({
    predicate: (query) => isConcerned(query.queryKey, event, tags) && isShort(query),
  });
  for (const hear of hearers.get(event) ?? []) hear(tags);
}

/** Listens to an event for as long as the page is in sight; returns how to stop. */
export function listen(queries: QueryClient, event: string): () => void {
  const over = new AbortController();
  let line: AbortController | null = null;
  /** The newest number that was heard; null before the first. */
  let heard: number | null = null;
  let waiting = new Set<Tag>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  const tell = () => {
    const tags = [...waiting];
    waiting = new Set();
    refresh(queries, event, tags);
  };
  const hear = (tags: readonly Tag[]) => {
    if (tags.length === 0) return;
    for (const tag of tags) waiting.add(tag);
    if (timer !== null) return;
    tell();
    timer = setTimeout(() => {
      timer = null;
      hear([...waiting]);
    }, TOGETHER_MS);
  };

  const catchUp = async (signal: AbortSignal) => {
    const { seq, tags } = await content(
      client.GET("/api/events/{id}/changes", {
        params: { path: { id: event }, query: heard === null ? {} : { after: heard } },
        signal,
      }),
    );
    // What was read before anybody listened may be older than the first number.
    hear(heard === null ? ["everything"] : tags);
    heard = seq;
  };

  const follow = async (signal: AbortSignal) => {
    const request = new Request(`${origin()}/api/events/${event}/live`, {
      headers: { accept: "text/event-stream" },
      signal,
    });
    const answer = await session.send(request);
    if (!answer.ok || answer.body === null) throw new Error(`live: ${answer.status}`);
    await catchUp(signal);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const silence = setTimeout(() => void reader.cancel(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      const events = readEvents(rest + value);
      rest = events.rest;
      for (const data of events.data) {
        const change = JSON.parse(data) as LiveChange;
        if (heard !== null && change.seq <= heard) continue;
        heard = change.seq;
        hear(change.tags);
      }
    }
  };

  const keepAsking = async (signal: AbortSignal) => {
    for (;;) {
      await catchUp(signal);
      await pause(ASK_EVERY_MS, signal);
    }
  };

  const run = async () => {
    let wait = FIRST_PAUSE_MS;
    while (!over.signal.aborted) {
      await inSight(over.signal);
      if (over.signal.aborted) return;
      line = new AbortController();
      const signal = AbortSignal.any([line.signal, over.signal]);
      const since = performance.now();
      try {
        await (platform().kind === "desktop" ? keepAsking(signal) : follow(signal));
      } catch {
        // The line broke, or was let go: tried again below.
      }
      if (performance.now() - since > LONGEST_PAUSE_MS) wait = FIRST_PAUSE_MS;
      if (!line.signal.aborted) await pauseUnlessFound(wait, over.signal);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  };

  // A browser opens six lines to a server in all: tabs that nobody sees hold none.
  const look = () => {
    if (document.visibilityState === "hidden") line?.abort();
  };
  document.addEventListener("visibilitychange", look);
  void run();
  return () => {
    over.abort();
    document.removeEventListener("visibilitychange", look);
    if (timer !== null) clearTimeout(timer);
  };
}

/** Ends once somebody can see the page, or at once when `signal` is aborted. */
function inSight(signal: AbortSignal): Promise<void> {
  if (document.visibilityState !== "hidden" || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState === "hidden" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look, { once: true });
  });
}

/** Waits, but no longer than until an office that was away answers again. */
async function pauseUnlessFound(ms: number, signal: AbortSignal): Promise<void> {
  const found = new AbortController();
  const forget = reach.onFound(() => found.abort());
  await pause(ms, AbortSignal.any([signal, found.signal])).catch(() => undefined);
  forget();
}

/** Waits; rejects when `signal` is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    }, ms);
    signal.addEventListener("abort", leave, { once: true });
  });
}
