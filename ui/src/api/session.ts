import { platform } from "../platform";
import { Problem } from "../shared/problem";
import { refusalOf, silence } from "./answer";
import { deskKey, onDeskKey } from "./key";
import { Reach } from "./reach";
import type { Entry, Me } from "./types";

/** How things stand between the reader and the office. */
export type Standing =
  | { kind: "unknown" }
  | { kind: "signed_in"; me: Me }
  | { kind: "signed_out" };

/** What is shown of the session. */
export interface SessionState {
  standing: Standing;
  /** Whether work waits for the reader to sign in again. */
  waiting: boolean;
}

/** Across tabs one refresh at a time: a refresh token is good once. */
const LOCK = "gatehouse.session";

const SIGNED_OUT = "signed_out";

/** An office that takes longer to say that it is there is not. */
const ANSWER_MS = 5_000;

export class Session {
  #state: SessionState = { standing: { kind: "unknown" }, waiting: false };
  #listeners = new Set<() => void>();
  #token: string | null = null;
  #renewing: Promise<boolean> | null = null;
  #starting: Promise<Standing> | null = null;
  /** Those who wait until the reader has signed in again, or has left. */
  #waiters: { go(): void; leave(problem: Problem): void }[] = [];
  #channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(LOCK) : null;

  constructor() {
    this.#channel?.addEventListener("message", ({ data }) => {
      if (data === "signed out") this.#token = null;
      else if (data === "signed in" && this.#state.waiting) void this.#tryToGoOn();
    });
    onDeskKey(() => {
      if (this.#state.waiting && this.#token === null) this.#goOn();
    });
  }

  readonly subscribe = (hear: () => void): (() => void) => {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  };

  readonly state = (): SessionState => this.#state;

  #change(next: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...next };
    for (const hear of this.#listeners) hear();
  }

  /** Finds out who asks; asked once, and again after a failure. */
  start(): Promise<Standing> {
    this.#starting ??= this.#findOut().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  async #findOut(): Promise<Standing> {
    const response = await this.#send(new Request(address("/api/auth/me")), false);
    const body = await bodyOf(response);
    if (!response.ok) {
      const refusal = refusalOf(response, body);
      if (refusal.code !== SIGNED_OUT) throw refusal;
      this.#change({ standing: { kind: "signed_out" } });
    } else {
      this.#change({ standing: { kind: "signed_in", me: body as Me } });
    }
    return this.#state.standing;
  }

  /** Finds out anew who asks, after their account was changed. */
  async lookAgain(): Promise<void> {
    this.#starting = this.#findOut();
    await this.#starting;
  }

  async signIn(email: string, password: string): Promise<void> {
    const entry = await this.#enter("/api/auth/login", { email, password, session: "cookie" });
    this.#token = entry.access_token;
    await this.lookAgain();
    this.#channel?.postMessage("signed in");
    this.#goOn();
  }

  /** Makes an account and signs in with it. */
  async register(name: string, email: string, password: string): Promise<void> {
    // The office's first account is made by whoever sits at its desk.
    const desk = deskKey();
    const headers = desk === null ? {} : { authorization: `Desk ${desk}` };
    const answer = await this.#post("/api/auth/register", { name, email, password }, headers);
    const body = await bodyOf(answer);
    if (!answer.ok) throw refusalOf(answer, body);
    await this.signIn(email, password);
  }

  async signOut(): Promise<void> {
    const answer = await this.#post("/api/auth/logout", {});
    const problem = answer.ok ? null : refusalOf(answer, await bodyOf(answer));
    if (problem !== null && problem.code !== SIGNED_OUT) throw problem;
    this.#channel?.postMessage("signed out");
    // What was refused meanwhile is not asked for again.
    this.leave();
  }

  /** Gives up what waits for the reader; it fails as signed out. */
  leave(): void {
    const problem = new Problem({ code: SIGNED_OUT, detail: "signed out", status: 401 });
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#token = null;
    this.#starting = null;
    this.#change({ standing: { kind: "signed_out" }, waiting: false });
    for (const waiter of waiters) waiter.leave(problem);
  }

  /** Sends a request as the reader; when the session has ended, waits for them and repeats it. */
  send(request: Request, by: Carrier = transport): Promise<Response> {
    return this.#send(request, true, by);
  }

  async #send(request: Request, mayAsk: boolean, by: Carrier = transport): Promise<Response> {
    // A body can be read once only, and the request may have to be repeated.
    const again = request.clone();
    const used = this.#token;
    const answer = await carry(this.#authorize(request), by);
    if (!(await saysSignedOut(answer))) return answer;
    // Somebody else in this tab may have got a new token while this request was under way.
    const renewed = this.#token !== used || (await this.#renew());
    if (!renewed) {
      // Whoever has left is not asked to come back for what was still under way.
      if (!mayAsk || this.#state.standing.kind === "signed_out") return answer;
      await this.#waitForReader();
    }
    return carry(this.#authorize(again), by);
  }

  /** Who asks, as a header says it; null where the machine vouches for them. */
  authorization(): string | null {
    const key = deskKey();
    if (this.#token !== null) return `Bearer ${this.#token}`;
    return key === null ? null : `Desk ${key}`;
  }

  #authorize(request: Request): Request {
    const authorization = this.authorization();
    if (authorization !== null) request.headers.set("authorization", authorization);
    return request;
  }

  /** Asks for a new access token by the cookie; false when the session has ended. */
  #renew(): Promise<boolean> {
    this.#renewing ??= alone(async () => {
      const answer = await this.#post("/api/auth/refresh", {});
      const body = await bodyOf(answer);
      if (answer.ok) {
        this.#token = (body as Entry).access_token;
        return true;
      }
      if (answer.status >= 500) throw refusalOf(answer, body);
      this.#token = null;
      return false;
    }).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  #waitForReader(): Promise<void> {
    this.#change({ waiting: true });
    return new Promise((go, leave) => this.#waiters.push({ go, leave }));
  }

  #goOn(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#change({ waiting: false });
    for (const waiter of waiters) waiter.go();
  }

  /** The reader signed in elsewhere: the cookie may be good again. */
  async #tryToGoOn(): Promise<void> {
    if (await this.#renew().catch(() => false)) this.#goOn();
  }

  async #enter(path: string, body: unknown): Promise<Entry> {
    const answer = await this.#post(path, body);
    const said = await bodyOf(answer);
    if (!answer.ok) throw refusalOf(answer, said);
    return said as Entry;
  }

  #post(path: string, body: unknown, more: Record<string, string> = {}): Promise<Response> {
    const headers: Record<string, string> = {
      "content-type": "application/json",
      accept: "application/json",
      ...more,
    };
    if (this.#token !== null) headers["authorization"] = `Bearer ${this.#token}`;
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    return carry(new Request(address(path), request));
  }
}

/** The API's own address: that of the page, whatever its scheme is. */
export function origin(): string {
  return `${window.location.protocol}//${window.location.host}`;
}

const address = (path: string) => origin() + path;

/** Whether the office answers at all. */
export const reach = new Reach(async () => {
  try {
    const request = new Request(address("/api/health"), { signal: AbortSignal.timeout(ANSWER_MS) });
    // Something between may answer in its place, such as a proxy.
    return (await transport(request)).ok;
  } catch {
    return false;
  }
});

/** Carries a request to the office; another carrier than the usual one brings the body itself. */
type Carrier = (request: Request) => Promise<Response>;

const transport: Carrier = (request) => platform().transport(request);

async function carry(request: Request, by: Carrier = transport): Promise<Response> {
  try {
    return await by(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    reach.lost();
    throw silence(error);
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function saysSignedOut(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  return refusalOf(response, await bodyOf(response.clone())).code === SIGNED_OUT;
}

/** Does something while no other tab of this office does it. */
function alone<T>(act: () => Promise<T>): Promise<T> {
  // Locks are there in secure pages only.
  const { locks } = navigator as { locks?: LockManager | null };
  return locks ? locks.request(LOCK, act) : act();
}

export const session = new Session();
