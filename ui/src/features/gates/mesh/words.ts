import type { TFunction } from "i18next";
import type { MeshDouble, MeshGate, MeshView } from "../../../api/gates";
import { sayLength } from "../../../locales";
import type { Tone } from "../../../shared/Status";

export { sayLength };

const SECOND = 1_000;

/** Clocks that differ by less are as good as one, ms. */
const SAME_CLOCK_MS = 500;
/** From here on somebody should set a clock, ms. */
const WRONG_CLOCK_MS = 30_000;

/** Kinds of devices that meet each other; the others talk to their office alone. */
const MEETING: readonly MeshGate["kind"][] = ["gate", "kiosk"];

/** The way to a gate and back: `3 ms`, `240 ms`, `1.2 sec`. */
export function sayRoundTrip(locale: string, t: TFunction, ms: number): string {
  if (ms >= SECOND) return sayLength(locale, ms);
  const say = (n: number) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: "millisecond", unitDisplay: "short" }).format(n);
  return ms < 1 ? t("gates.mesh.under", { time: say(1) }) : say(Math.round(ms));
}

/** How a gate's clock goes beside the office's. */
export function sayClock(locale: string, t: TFunction, skew: number): { tone: Tone; words: string } {
  if (Math.abs(skew) < SAME_CLOCK_MS) return { tone: "good", words: t("gates.mesh.clock.right") };
  const time = sayLength(locale, skew);
  const words = skew > 0 ? t("gates.mesh.clock.fast", { time }) : t("gates.mesh.clock.slow", { time });
  return { tone: Math.abs(skew) < WRONG_CLOCK_MS ? "good" : "wait", words };
}

/** Whether a gate has the office's guest list as it is now. */
export function sayRoster(t: TFunction, roster: number, office: number): { tone: Tone; words: string } {
  const behind = office - roster;
  if (behind <= 0) return { tone: "good", words: t("gates.mesh.list.now") };
  return { tone: "wait", words: t("gates.mesh.list.behind", { count: behind }) };
}

/** How a gate stands to the office, with the tone and the words for it. */
export function sayPresence(t: TFunction, gate: MeshGate, met: boolean): { tone: Tone; words: string } {
  if (gate.status === "revoked") return { tone: "bad", words: t("gates.revoked") };
  if (gate.here && gate.silent) return { tone: "wait", words: t("gates.mesh.silent") };
  if (gate.here) return { tone: "good", words: t("gates.mesh.here") };
  if (!met) return { tone: "quiet", words: t("gates.mesh.notMet") };
  if (gate.last_seen_at === null) return { tone: "quiet", words: t("gates.neverSeen") };
  return { tone: "wait", words: t("gates.mesh.away") };
}

/** What is wrong by its code; each has a sentence, and a step to take. */
const FLAGS = [
  "chain_forked",
  "chain_broken",
  "chain_missing",
  "clock_ahead",
  "rolled_back",
  "unsigned",
  "two_homes",
  "stale_home",
  "home_superseded",
] as const;

/** The code if it is known here, else what is said of any. */
export const flagOf = (code: string): (typeof FLAGS)[number] | "other" =>
  FLAGS.find((known) => known === code) ?? "other";

export const isOpen = ({ notes }: MeshDouble): boolean => notes.length === 0;

/** How many doubles nobody has decided on. */
export const countOpen = (doubles: readonly MeshDouble[]): number => doubles.filter(isOpen).length;

/** The gates that meet the office: those that are there first, those that were taken back last. */
export function gatesThatMeet({ gates }: Pick<MeshView, "gates">): MeshGate[] {
  const rank = (gate: MeshGate) => (gate.status === "revoked" ? 2 : gate.here ? 0 : 1);
  return gates
    .filter(({ kind }) => MEETING.includes(kind))
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** Whether there are devices that meet nobody but their office. */
export const someTalkToOfficeAlone = ({ gates }: Pick<MeshView, "gates">): boolean =>
  gates.some(({ kind, status }) => kind !== "office" && status === "active" && !MEETING.includes(kind));
