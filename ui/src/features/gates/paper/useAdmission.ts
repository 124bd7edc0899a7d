import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useEvent } from "../../../api";
import { admitByHand, type Decided, MOST_AT_ONCE } from "../../../api/gates";
import { useSpeech } from "../../../locales";
import { keepAwake } from "../../../platform";
import { Problem } from "../../../shared/problem";
import { tell, type WorkState } from "../../../shared/tray";

/** How often an office that does not answer is asked again, and how long between. */
const TRIES = 4;
const PAUSE_MS = 1_500;

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** Sends one chunk; a chunk whose answer did not come is sent again under its own name. */
async function send(ask: () => Promise<Decided[]>): Promise<Decided[]> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      const silent = error instanceof Problem && (error.status === 0 || error.status >= 502);
      if (!silent || tried >= TRIES) throw error;
      await pause();
    }
  }
}

export interface Admission {
  busy: boolean;
  error: unknown;
  /** Admits tickets in chunks; `decided` hears of each chunk. */
  admit(gate: string, session: string | null, tickets: readonly string[]): void;
}

/** Admits many tickets by hand, shown in the tray, where it is paused and stopped. */
export function useAdmission(decided: (items: readonly Decided[]) => void): Admission {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const hear = useRef(decided);
  useEffect(() => {
    hear.current = decided;
  });

  const run = async (gate: string, session: string | null, tickets: readonly string[]) => {
    const id = crypto.randomUUID();
    let wanted: "run" | "pause" | "stop" = "run";
    let wake: (() => void) | null = null;
    let done = 0;
    let admitted = 0;
    const steer = (next: typeof wanted) => () => {
      wanted = next;
      wake?.();
    };
    const say = (state: WorkState, result?: string) =>
      tell({
        id,
        title: t("gates.paper.work", { count: tickets.length }),
        state,
        progress: tickets.length === 0 ? null : done / tickets.length,
        ...(result === undefined ? {} : { result }),
        pause: steer("pause"),
        resume: steer("run"),
        stop: steer("stop"),
      });
    const told = () => t("gates.paper.result", { count: admitted, n: done });
    const letSleep = keepAwake();
    setBusy(true);
    setError(null);
    try {
      while (done < tickets.length) {
        say("running");
        const chunk = tickets.slice(done, done + MOST_AT_ONCE);
        // Kept through every try, so that a chunk that did arrive is not admitted twice.
        const nonce = crypto.randomUUID();
        const items = await send(() => admitByHand(event.id, { gate, session, tickets: chunk, nonce }));
        done += chunk.length;
        admitted += items.filter(({ verdict }) => verdict === "admitted").length;
        hear.current(items);
        while ((wanted as string) === "pause") {
          say("paused", told());
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if ((wanted as string) === "stop") break;
      }
      say(done < tickets.length ? "stopped" : "done", told());
    } catch (refusal) {
      setError(refusal);
      say("failed", t("gates.paper.failed", { n: done }));
    } finally {
      letSleep();
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
    }
  };
  return { busy, error, admit: (gate, session, tickets) => void run(gate, session, tickets) };
}
