import { useCallback, useState } from "react";
import { recall, remember } from "../../platform";

/** What one gate was set to, kept on its machine. */
export interface GateChoices {
  event: string | null;
  /** Name of the gate, as scans and other gates tell it. */
  gate: string;
  /** The camera's id; null for the first there is. */
  camera: string | null;
  /** The frames that are wanted of it, such as `1280x720x30`; null for the usual ones. */
  cameraSize: string | null;
  /** On which side the buttons lie. */
  hand: "left" | "right";
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  /** What the scanner was set to type before and after each code. */
  prefix: string;
  suffix: string;
  /** The printer of badges and receipts; null for the system's usual one. */
  printer: string | null;
  /** The serial scanner that is listened to; null for none. */
  serial: string | null;
  /** The event and gate that staff made a kiosk here, as `standingOf` names them; null for none. */
  kiosk: string | null;
}

/** Names a gate of an event. */
export const standingOf = (event: string, gate: string): string => `${event} ${gate}`;

const USUAL: GateChoices = {
  event: null,
  gate: "",
  camera: null,
  cameraSize: null,
  hand: "right",
  volume: 0.8,
  muted: false,
  prefix: "",
  suffix: "",
  printer: null,
  serial: null,
  kiosk: null,
};

/** The longest name of a gate. */
export const LONGEST_NAME = 60;

export function readChoices(): GateChoices {
  try {
    const kept = JSON.parse(recall("gate") ?? "{}") as Record<string, unknown>;
    const like = Object.entries(USUAL).map(([name, usual]) => {
      const value = kept[name];
      const fits = typeof value === typeof usual || (usual === null && typeof value === "string");
      return [name, fits ? value : usual];
    });
    const choices = Object.fromEntries(like) as GateChoices;
    return {
      ...choices,
      hand: choices.hand === "left" ? "left" : "right",
      volume: Math.min(1, Math.max(0, choices.volume)),
    };
  } catch {
    return USUAL;
  }
}

/** The gate's choices, and a way to change some of them. */
export function useGateChoices(): [GateChoices, (change: Partial<GateChoices>) => void] {
  const [choices, set] = useState(readChoices);
  const change = useCallback((some: Partial<GateChoices>) => {
    set((now) => {
      const next = { ...now, ...some };
      remember("gate", JSON.stringify(next));
      return next;
    });
  }, []);
  return [choices, change];
}
