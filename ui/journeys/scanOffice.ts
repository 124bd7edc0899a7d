/** An office for scanners alone, played by the journey: the built pages, and the routes that a phone asks. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const KINDS: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** The policy that the page needs: the office's own, with WebAssembly and workers of its own. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; " +
  "img-src 'self' blob: data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HOUR_MS = 3_600_000;

interface Scan {
  nonce: string;
  ticketId: string;
  verdict: string;
  code: string;
}

interface Row {
  id: string;
  number: number;
  name: string;
  status: string;
  usedAt: number | null;
  note: string | null;
}

const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** One event with its tickets, and the one scanner that its link makes. */
export class ScanOffice {
  readonly event = randomUUID();
  readonly token = "journey-link-0001";
  readonly #pages: string;
  readonly #key: KeyObject;
  readonly #spki: Buffer;
  readonly #kid: string;
  readonly rows: Row[] = [];
  /** Scans that were sent afterwards, in their order. */
  readonly synced: Scan[] = [];
  /** Why the link opens nothing; null while it does. */
  linkOver: string | null = null;
  /** Why the scanner is not served; null while it is. */
  refusal: string | null = null;
  /** Whether the browser may keep the page. */
  keeps = true;
  /** How long a guest waits for a verdict. */
  delayMs = 0;
  /** The nonces of what was presented. */
  readonly presented: string[] = [];
  /** What became of each scan that is sent. */
  syncStatus = "SUCCESS";
  settings = {
    offlineModeEnabled: true,
    syncIntervalMinutes: 15,
    maxOfflineHours: 24 as number | null,
    zone: null,
    session: null,
    direction: "entry",
    mayTurn: true,
    deviceName: "Front door phone",
    status: "ACTIVE",
  };
  questions: string[] = [];
  #server: Server | null = null;

  constructor(pages: string) {
    this.#pages = pages;
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    this.#key = privateKey;
    this.#spki = publicKey.export({ type: "spki", format: "der" });
    this.#kid = createHash("sha256").update(this.#spki).digest().subarray(0, 8).toString("base64url");
  }

  /** Adds a guest; the code of their ticket. */
  admit(name: string, note: string | null = null): string {
    const id = randomUUID();
    this.rows.push({ id, number: this.rows.length + 1, name, status: "active", usedAt: null, note });
    const issued = Math.floor(Date.now() / 1_000) - 3_600;
    const short = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex").toString("base64url");
    const claims = { tid: short(id), cv: 1, eid: short(this.event), iat: issued, nbf: issued, exp: issued + 86_400 };
    const signed = `${text({ alg: "RS256", kid: this.#kid, typ: "ticket+jwt" })}.${text(claims)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), this.#key).toString("base64url")}`;
  }

  async open(): Promise<string> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("content-security-policy", POLICY);
    if (!pathname.startsWith("/api/")) return this.#page(pathname, response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
    if (pathname === "/api/tickets/validate") {
      this.presented.push(String(body["nonce"]));
      await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    }
    const [status, answer] = this.#api(pathname, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  #page(pathname: string, response: ServerResponse): void {
    const isPlace = !(pathname.split("/").at(-1) ?? "").includes(".");
    const path = isPlace && /^\/scan(\/|$)/.test(pathname) ? "/scan.html" : pathname;
    try {
      if (path === "/scan-worker.js" && !this.keeps) throw new Error("not kept");
      const file = readFileSync(join(this.#pages, normalize(path)));
      response.writeHead(200, { "content-type": KINDS[extname(path)] ?? "application/octet-stream" }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  }

  #api(path: string, body: Record<string, unknown>): [number, unknown] {
    if (path.startsWith("/api/registration-tokens/")) {
      if (this.linkOver !== null) return [404, { code: this.linkOver, detail: "The link is over." }];
      return [200, { used: false, scannerName: this.settings.deviceName, eventTitle: "Winter Gala", expiresAt: null }];
    }
    if (path === "/api/scanners/register") {
      if (this.linkOver !== null) return [400, { code: this.linkOver, detail: "The link is over." }];
      this.refusal = null;
      this.settings.deviceName = String(body["deviceName"]) || this.settings.deviceName;
      const event = { id: this.event, title: "Winter Gala", timeZone: "Europe/Vienna" };
      return [201, { scannerId: randomUUID(), credentials: "c", publicKey: "", settings: this.settings, event }];
    }
    if (this.refusal !== null) return [403, { code: this.refusal, detail: "This scanner is not served." }];
    if (path.endsWith("/roster")) return [200, this.#roster()];
    if (path.endsWith("/passages")) return [200, { tickets: [], to: "1.0", more: false }];
    if (path === "/api/tickets/validate") return this.#validate(String(body["jwt"]), String(body["nonce"]), body["answered"] === true);
    if (path === "/api/scanners/sync") return [200, this.#sync(body["scans"] as Scan[])];
    return [404, { code: "unknown" }];
  }

  #roster(): unknown {
    const now = Date.now();
    const session = { id: randomUUID(), title: null, doors_at: now - HOUR_MS, starts_at: now, ends_at: now + 4 * HOUR_MS, status: "scheduled" };
    return {
      as_of: 1,
      complete: true,
      event: { id: this.event, title: "Winter Gala", time_zone: "Europe/Vienna", kind: "one_time", status: "published", re_entry: "single", questions: this.questions },
      keys: [{ kid: this.#kid, profile: "rsa-2048", spki: this.#spki.toString("base64"), status: "active" }],
      sessions: [session],
      ticket_types: [{ id: randomUUID(), name: "VIP", colour: 1, sessions: null, zones: [] }],
      rules: [],
      tickets: this.rows.map(({ id, number, status, name, note, usedAt }) => [id, number, 1, status, 0, name, `Table ${number}`, note, usedAt]),
    };
  }

  #validate(jwt: string, nonce: string, answered: boolean): [number, unknown] {
    const [, payload = ""] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(jwt) ?? [];
    const { tid } = JSON.parse(Buffer.from(payload, "base64url").toString() || "{}") as { tid?: string };
    const hex = Buffer.from(tid ?? "", "base64url").toString("hex");
    const row = this.rows.find(({ id }) => id.replaceAll("-", "") === hex);
    const used = row?.usedAt ?? null;
    const asks = this.questions.length > 0 && !answered && used === null;
    const code = row === undefined ? "malformed" : used !== null ? "used" : asks ? "questions_open" : "admitted";
    if (row !== undefined && code === "admitted") row.usedAt = Date.now();
    const shown = {
      scan: nonce,
      at: Date.now(),
      verdict: code === "admitted" ? "admitted" : "refused",
      code,
      attention: asks && code === "questions_open",
      mode: "home",
      status: code,
      message: "",
      ticket: row?.id ?? null,
      number: row?.number ?? null,
      name: row?.name ?? null,
      ticket_type: row === undefined ? null : "VIP",
      colour: 1,
      seat: row === undefined ? null : `Table ${row.number}`,
      zone: null,
      note: row?.note ?? null,
      language: null,
      first_time: code === "admitted",
      party: null,
      first_used_at: used,
      first_used_gate: used === null ? null : "Front door phone",
      doors_at: null,
      rule: null,
      questions: code === "questions_open" ? this.questions : [],
      undo_until: null,
      badge: false,
      photo: false,
    };
    return [code === "admitted" ? 200 : 400, { valid: code === "admitted", shown }];
  }

  #sync(scans: readonly Scan[]): unknown {
    this.synced.push(...scans);
    const twice = this.syncStatus === "DUPLICATE" ? { originalScanTime: new Date(Date.now() - 120_000).toISOString(), originalScanner: "Gate B" } : {};
    return {
      syncResults: scans.map(({ ticketId, nonce }) => ({ ticketId, nonce, status: this.syncStatus, message: "", ...twice })),
      settings: this.settings,
      serverTime: new Date().toISOString(),
      pendingUpdates: [],
    };
  }
}
