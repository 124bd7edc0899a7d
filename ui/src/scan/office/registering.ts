/** Makes this phone a scanner: what it says of itself, and the office's answer. */
import { type DeviceInfo, office } from "./office";
import { Scanner } from "./scanner";

const APP_VERSION = import.meta.env["VITE_VERSION"] ?? "0.1.0";

interface Described {
  platform?: string;
  getHighEntropyValues?(names: string[]): Promise<{ model?: string; platform?: string; platformVersion?: string }>;
}

/** What the phone says of itself; browsers tell as little as they like. */
export async function describePhone(): Promise<DeviceInfo> {
  const described = (navigator as { userAgentData?: Described }).userAgentData;
  const told = await described?.getHighEntropyValues?.(["model", "platformVersion"]).catch(() => undefined);
  const [, inside = ""] = /\(([^)]*)\)/.exec(navigator.userAgent) ?? [];
  const parts = inside.split(/;\s*/);
  const system = told === undefined ? (parts[1] ?? parts[0] ?? "") : `${told.platform ?? ""} ${told.platformVersion ?? ""}`;
  return {
    model: (told?.model || parts[0] || "").slice(0, 80),
    osVersion: system.trim().slice(0, 80),
    appVersion: APP_VERSION,
  };
}

/**
 * Registers by a link; without a name the scanner has the one that the office gave the link. The
 * office signs what it is told, so the phone needs no key of its own. Throws what the office
 * refuses, and `Away` when it can't be reached.
 */
export async function register(token: string, deviceName: string): Promise<Scanner> {
  return Scanner.begin(token, await office.register(token, deviceName, await describePhone()));
}
