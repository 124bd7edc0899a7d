/** Sends the scans that wait, in batches, and tries again later when that fails. */
import type { Keep } from "../keep/keep";
import type { Device, Notice, QueuedScan } from "../keep/types";
import { type Attempts, Away, office, Refused, type Synced, type SyncResult } from "./office";

/** Scans in one request. */
export const BATCH = 100;
/** What a browser sends for a page that goes away; it refuses more than 64 KiB altogether. */
const LAST_BYTES = 56 * 1024;

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 2 * 60_000;

/** How long to wait after `failures` in a row: doubling, spread so that phones do not come all at once. */
export function waitAfter(failures: number, random: () => number = Math.random): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20));
  return Math.round(most * (0.5 + random() / 2));
}

/** As many of the first scans as fit into what a page that goes away may send. */
export function lastBatch(scans: readonly QueuedScan[]): QueuedScan[] {
  const fitting: QueuedScan[] = [];
  let bytes = 0;
  for (const scan of scans) {
    bytes += JSON.stringify(scan).length + 1;
    if (bytes > LAST_BYTES) break;
    fitting.push(scan);
  }
  return fitting;
}

/** What the office's answers tell staff: who was let in here although somebody else came first. */
export function noticesOf(
  answer: Pick<Synced, "syncResults" | "pendingUpdates">,
  sent: readonly QueuedScan[],
  numberOf: (ticket: string) => number | null,
  at: number,
): Notice[] {
  const admitted = new Set(sent.filter(({ verdict }) => verdict === "admitted").map(({ nonce }) => nonce));
  const byTicket = new Map(sent.map((scan) => [scan.ticketId, scan.nonce]));
  const nonceOf = (result: SyncResult) => result.nonce ?? byTicket.get(result.ticketId ?? "") ?? "";
  const told = (result: SyncResult): Notice => ({
    nonce: nonceOf(result) || `${result.ticketId} ${at}`,
    at,
    status: result.status,
    message: result.message,
    number: numberOf(result.ticketId ?? ""),
    originalScanTime: result.originalScanTime ?? null,
    originalScanner: result.originalScanner ?? null,
  });
  return [
    ...answer.syncResults.filter((result) => result.status !== "SUCCESS" && admitted.has(nonceOf(result))),
    ...(answer.pendingUpdates ?? []),
  ].map(told);
}

/** The nonces of the scans that an answer speaks of: the office has them, whatever it made of them. */
export function settledBy(results: readonly SyncResult[], sent: readonly QueuedScan[]): string[] {
  const nonces = new Set(results.flatMap(({ nonce }) => nonce ?? []));
  // An office that names no nonces answers once for each scan, in their order.
  const inOrder = nonces.size === 0 && results.length === sent.length;
  return sent.filter(({ nonce }, at) => nonces.has(nonce) || (inOrder && results[at] !== undefined)).map(({ nonce }) => nonce);
}

/** How sending ended. */
export type Sent =
  | { is: "done"; answer: Synced; notices: Notice[] }
  | { is: "away"; notices: Notice[] }
  | { is: "refused"; refusal: Refused; notices: Notice[] };

/** Sends everything that waits. With nothing waiting it still asks once, for settings and reversals. */
export async function sendAll(
  keep: Keep,
  device: Device,
  numberOf: (ticket: string) => number | null,
  onProgress: () => Promise<void>,
): Promise<Sent> {
  const notices: Notice[] = [];
  let syncedAt = device.syncedAt;
  const failures = await keep.failures();
  let attempts: Attempts | undefined = { syncAttempts: failures + 1, syncFailures: failures };
  try {
    for (;;) {
      const scans = await keep.waiting(BATCH);
      const answer = await office.sync(device.credentials, device.scannerId, scans, syncedAt, { attempts });
      if (failures > 0 && attempts !== undefined) await keep.saveFailures(0);
      attempts = undefined;
      syncedAt = answer.serverTime;
      notices.push(...noticesOf(answer, scans, numberOf, Date.now()));
      const settled = settledBy(answer.syncResults, scans);
      await keep.settle(settled);
      await onProgress();
      if (scans.length < BATCH) return { is: "done", answer, notices };
      // Nothing was taken of a full batch: the same would come again.
      if (settled.length === 0) return { is: "away", notices };
    }
  } catch (error) {
    if (error instanceof Away || error instanceof Refused) await keep.saveFailures((await keep.failures()) + 1);
    if (error instanceof Away) return { is: "away", notices };
    if (error instanceof Refused) return { is: "refused", refusal: error, notices };
    throw error;
  }
}
