/** Makes this phone a scanner: a key pair of its own, what it says of itself, the office's answer. */
import { toBase64 } from "../token/base64url";
import { type DeviceInfo, office } from "./office";
import { Scanner } from "./scanner";

const APP_VERSION = import.meta.env["VITE_VERSION"] ?? "0.1.0";

/** A key pair that signs and that this browser gives to nobody; Ed25519 where it can, P-256 elsewhere. */
export async function makeKeys(): Promise<CryptoKeyPair> {
  try {
    return (await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"])) as CryptoKeyPair;
  } catch {
    return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  }
}

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

/** Registers by a link. Throws what the office refuses, and `Away` when it can't be reached. */
export async function register(token: string, deviceName: string): Promise<Scanner> {
  const keys = await makeKeys();
  const publicKey = toBase64(new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey)));
  const answer = await office.register(token, deviceName, await describePhone(), publicKey);
  return Scanner.begin(token, deviceName, answer, keys);
}
