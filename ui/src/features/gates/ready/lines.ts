import type { PreflightLine } from "../../../api/gates";
import type { Tone } from "../../../shared/Status";

/** What a readiness check looks at, in the order of an evening. */
export const CODES = [
  "event_published",
  "tickets_issued",
  "keys_active",
  "devices_online",
  "gates_meet",
  "roster_fresh",
  "network_listening",
  "certificate_days",
  "kiosk_pin",
  "clock",
  "gate_clocks",
  "disk",
  "battery",
  "camera",
  "test_ticket",
  "door_list",
] as const;

export type Code = (typeof CODES)[number];

export const isKnown = (code: string): code is Code => CODES.some((known) => known === code);

export const TONES: Record<PreflightLine["state"], Tone> = {
  ok: "came",
  warning: "wait",
  failed: "bad",
  unknown: "quiet",
};

/** Lines in the order of an evening; what this interface does not know comes last. */
export function inOrder(lines: readonly PreflightLine[]): PreflightLine[] {
  const place = ({ code }: PreflightLine) => (isKnown(code) ? CODES.indexOf(code) : CODES.length);
  return lines.toSorted((a, b) => place(a) - place(b));
}

/** A number that a line tells under one of these names. */
export function numberOf({ params }: PreflightLine, ...names: string[]): number | null {
  for (const name of names) {
    const value = params[name];
    if (typeof value === "number" && Number.isFinite(value)) return value;
  }
  return null;
}
