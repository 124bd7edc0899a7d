import { useEffect, useRef, useState } from "react";
import { session } from "../../../api";
import { hearPath, type ScannerEvent } from "../../../api/gate";
import { platform, type ServerEvent } from "../../../platform";

/** How a serial scanner fares; null where none is chosen. */
export type Hearing = "opening" | "ok" | "lost" | "busy";

const HEARINGS: readonly Hearing[] = ["opening", "ok", "lost", "busy"];
const AGAIN_MS = 2_000;

/** What one message of a scanner says; null where it can't be read. */
export function readEvent({ event, data }: ServerEvent): { state: Hearing } | { text: string } | null {
  try {
    const said = JSON.parse(data) as ScannerEvent;
    if (event === "state" && "state" in said) {
      const state = HEARINGS.find((known) => known === said.state);
      return state === undefined ? null : { state };
    }
    if (event === "code" && "text" in said && said.text !== null && said.text !== "") return { text: said.text };
  } catch {
    // One message that can't be read is passed over; the next one comes at once.
  }
  return null;
}

/** Listens to a serial scanner of this machine; one that goes is found again by itself. */
export function useSerial(
  port: string | null,
  hear: (code: string) => void,
  /** While something is typed, codes are not taken. */
  held: boolean,
): Hearing | null {
  const [hearing, setHearing] = useState<Hearing | null>(null);
  const latest = useRef({ hear, held });
  useEffect(() => {
    latest.current = { hear, held };
  });
  useEffect(() => {
    if (port === null) {
      setHearing(null);
      return;
    }
    const over = new AbortController();
    const { signal } = over;
    const take = (event: ServerEvent) => {
      const read = signal.aborted ? null : readEvent(event);
      if (read === null) return;
      if ("state" in read) setHearing(read.state);
      else if (!latest.current.held) latest.current.hear(read.text);
    };
    const listen = async () => {
      while (!signal.aborted) {
        setHearing("opening");
        try {
          await platform().subscribe(hearPath(port), session.authorization(), take, signal);
        } catch {
          // The office behind it is away, or has no scanners: asked again below.
        }
        if (signal.aborted) return;
        setHearing("lost");
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    };
    void listen();
    return () => over.abort();
  }, [port]);
  return hearing;
}
