import type { Presentation } from "../../api/gate";
import { Problem } from "../../shared/problem";
import { gravest, type Shown, type Tone, toneOf } from "../../shared/verdict";

/** What the gate shows now. */
export type Now =
  | { kind: "idle" }
  | { kind: "asking" }
  /** `answered` goes on once staff asked what is open; null where nothing is, or nobody can go on. */
  | { kind: "shown"; shown: Shown; answered: (() => void) | null }
  | { kind: "several"; items: readonly Shown[]; answered: (() => void) | null }
  /** Nobody may enter on it. `because` is there when the API refused rather than kept silent. */
  | { kind: "undecided"; because: Problem | null; again: (() => void) | null; byHand: boolean };

/** A verdict that came after a newer code was shown. */
export interface Aside {
  shown: Shown;
  until: number;
}

export interface PresentingState {
  now: Now;
  /** Raised with everything that is shown, so that the same verdict twice is seen as two. */
  turn: number;
  asides: readonly Aside[];
  /** What has faded last: one verdict, or those of a party. */
  last: readonly Shown[];
}

/** What sooner comes needs no word. */
const ASK_MS = 250;
/** Without an answer for so long nothing is decided. */
export const LIMIT_MS = 4_000;
/** One try waits so long. */
const TRY_MS = 1_800;
const BETWEEN_MS = 250;
const ASIDE_MS = 5_000;
/** So long the same code that was left undecided keeps its nonce. */
const KEPT_MS = 600_000;

/** How a gate shows what is decided. */
export interface Manner {
  /** How long a verdict stays, and how long where others wait; null until the next code or a touch. */
  stay(tone: Tone, waited: boolean): number | null;
  /** Whether a code waits until the one before it was decided and seen. */
  inTurn: boolean;
}

const PASSES_MS = 2_500;

/** At a staffed gate: refusals stay, and the newest code comes first. */
export const staffed: Manner = {
  stay: (tone) => (tone === "admitted" || tone === "exited" || tone === "undone" ? PASSES_MS : null),
  inTurn: false,
};

/** At a kiosk everything goes by itself, but slowly enough to be read, and nobody's welcome hides another's refusal. */
export const unstaffed: Manner = {
  stay(tone, waited) {
    if (tone === "admitted" || tone === "exited") return waited ? PASSES_MS : 5_000;
    return waited ? 5_000 : 8_000;
  },
  inTurn: true,
};

/** More codes than this do not wait: whoever is still there shows theirs again. */
const LINE = 6;

export interface Ways {
  send(presentation: Omit<Presentation, "gate" | "direction">, signal: AbortSignal): Promise<Shown>;
  sound(tone: Tone): void;
  /** Something was decided. */
  decided(): void;
  nonce(): string;
  now(): number;
}

/** What may follow an asking. */
interface Following {
  again?: (() => void) | null;
  /** Asks again for those whose questions were open, once staff asked them. */
  answered?: ((open: readonly Shown[]) => void) | undefined;
  settled?: () => void;
  byHand?: boolean;
}

/** How to go on where questions are open. */
function goOn(items: readonly Shown[], answered: Following["answered"]): (() => void) | null {
  const open = items.filter(({ code, verdict }) => code === "questions_open" && verdict === "refused");
  return open.length === 0 || answered === undefined ? null : () => answered(open);
}

/** Presents codes, each once whatever the line does, and shows the newest. */
export class Presenting {
  #state: PresentingState = { now: { kind: "idle" }, turn: 0, asides: [], last: [] };
  #listeners = new Set<() => void>();
  #turn = 0;
  #fading: ReturnType<typeof setTimeout> | undefined;
  #kept = new Map<string, { nonce: string; until: number }>();
  /** The code that is being decided or shown, and those that wait for it. */
  #inTurn: string | null = null;
  #line: string[] = [];
  #shownSince: { tone: Tone; at: number } | null = null;
  manner: Manner = staffed;

  constructor(readonly ways: Ways) {}

  readonly subscribe = (hear: () => void): (() => void) => {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  };

  readonly state = (): PresentingState => this.#state;

  #change(next: Partial<PresentingState>): void {
    this.#state = { ...this.#state, ...next };
    for (const hear of this.#listeners) hear();
  }

  /** Presents a code, in its turn where the gate takes one after another; `answered` once its questions were asked. */
  present(code: string, answered = false): Promise<void> {
    if (!this.manner.inTurn) return this.#present(code, answered);
    if (this.#inTurn === null) {
      this.#inTurn = code;
      return this.#present(code, answered);
    }
    if (this.#line.length < LINE && !this.#line.includes(code)) {
      this.#line.push(code);
      // Whoever is shown has had the screen to themselves until now.
      if (this.#shownSince !== null) this.#fade(this.#shownSince.tone, this.#shownSince.at);
    }
    return Promise.resolve();
  }

  #present(code: string, answered: boolean): Promise<void> {
    const name = answered ? `${code}\nanswered` : code;
    const nonce = this.#nonceFor(name);
    const given = { code, nonce, ...(answered && { answered }) };
    return this.ask((signal) => this.ways.send(given, signal), {
      again: () => void this.present(code, answered),
      answered: () => void this.present(code, true),
      // Decided or refused, the next time is another scan.
      settled: () => this.#kept.delete(name),
    });
  }

  /**
   * Asks for what is done without a code. Without an answer the same again is the same request, whether
   * it is tried again or entered anew: it may have been done unheard.
   */
  byHand<Body extends object>(
    body: Body,
    send: (body: Body & { nonce: string }, signal: AbortSignal) => Promise<Shown | readonly Shown[]>,
    answered?: Following["answered"],
    nonce = this.#nonceFor(JSON.stringify(body)),
  ): Promise<void> {
    return this.ask((signal) => send({ ...body, nonce }, signal), {
      again: () => void this.byHand(body, send, answered, nonce),
      answered,
      settled: () => this.#kept.delete(JSON.stringify(body)),
      byHand: true,
    });
  }

  /** Asks for a verdict and shows it, unless a newer one was asked for meanwhile. */
  async ask(
    send: (signal: AbortSignal) => Promise<Shown | readonly Shown[]>,
    { again = null, answered, settled, byHand = false }: Following = {},
  ): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    clearTimeout(this.#fading);
    // What is shown stays until there is something newer to say, but never into the next asking.
    const asking = setTimeout(() => {
      if (turn === this.#turn) this.#change({ now: { kind: "asking" }, turn });
    }, ASK_MS);
    try {
      const answer = await this.#answer(send);
      settled?.();
      this.ways.decided();
      if (Array.isArray(answer)) this.#showSeveral(turn, answer as readonly Shown[], answered);
      else this.#show(turn, answer as Shown, answered);
    } catch (error) {
      const because = isRefusal(error) ? error : null;
      if (because !== null) settled?.();
      this.ways.sound("undecided");
      // What was refused by hand was not done: it is entered anew, as another request.
      const once = byHand && because !== null ? null : again;
      if (turn === this.#turn) this.#put({ kind: "undecided", because, again: once, byHand }, turn, "undecided");
    } finally {
      clearTimeout(asking);
    }
  }

  /** Shows a verdict that is already known. */
  show(shown: Shown): void {
    this.#turn += 1;
    this.ways.decided();
    this.#show(this.#turn, shown);
  }

  /** Shows several verdicts that are already known. */
  showAll(items: readonly Shown[]): void {
    this.#turn += 1;
    this.ways.decided();
    this.#showSeveral(this.#turn, items);
  }

  /** Shows the gate at rest. */
  clear(): void {
    this.#turn += 1;
    this.#rest();
  }

  #rest(): void {
    clearTimeout(this.#fading);
    const { now, last } = this.#state;
    const faded = now.kind === "shown" ? [now.shown] : now.kind === "several" ? now.items : last;
    this.#change({ now: { kind: "idle" }, turn: this.#turn, last: faded });
    this.#shownSince = null;
    this.#inTurn = this.#line.shift() ?? null;
    if (this.#inTurn !== null) void this.#present(this.#inTurn, false);
  }

  #nonceFor(name: string): string {
    const now = this.ways.now();
    for (const [kept, { until }] of this.#kept) if (until < now) this.#kept.delete(kept);
    const nonce = this.#kept.get(name)?.nonce ?? this.ways.nonce();
    // Until it is answered, the same code is the same scan: it may have been admitted unheard.
    this.#kept.set(name, { nonce, until: now + KEPT_MS });
    return nonce;
  }

  /** Tries until there is an answer or the time is up; silence is worth another try, a refusal none. */
  async #answer<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = this.ways.now() + LIMIT_MS;
    for (;;) {
      const left = over - this.ways.now();
      try {
        return await within(Math.min(TRY_MS, left), send);
      } catch (error) {
        if (isRefusal(error) || over - this.ways.now() <= BETWEEN_MS) throw error;
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
      }
    }
  }

  #show(turn: number, shown: Shown, answered?: Following["answered"]): void {
    const tone = toneOf(shown);
    this.ways.sound(tone);
    if (turn === this.#turn) {
      this.#put({ kind: "shown", shown, answered: goOn([shown], answered) }, turn, tone);
      return;
    }
    const now = this.ways.now();
    const asides = [...this.#state.asides.filter(({ until }) => until > now), { shown, until: now + ASIDE_MS }];
    this.#change({ asides });
    setTimeout(() => {
      const left = this.#state.asides.filter(({ until }) => until > this.ways.now());
      if (left.length !== this.#state.asides.length) this.#change({ asides: left });
    }, ASIDE_MS + 20);
  }

  #showSeveral(turn: number, items: readonly Shown[], answered?: Following["answered"]): void {
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      this.#show(turn, only, answered);
      return;
    }
    const tone = worstOf(items);
    this.ways.sound(tone);
    if (turn === this.#turn) this.#put({ kind: "several", items, answered: goOn(items, answered) }, turn, tone);
  }

  #put(now: Now, turn: number, tone: Tone): void {
    this.#change({ now, turn });
    this.#shownSince = { tone, at: this.ways.now() };
    this.#fade(tone, this.#shownSince.at);
  }

  /** Rests once what is shown `since` then has had its time. */
  #fade(tone: Tone, since: number): void {
    clearTimeout(this.#fading);
    const long = this.manner.stay(tone, this.#line.length > 0);
    if (long !== null) this.#fading = setTimeout(() => this.#rest(), Math.max(0, since + long - this.ways.now()));
  }

  stop(): void {
    this.#turn += 1;
    this.#line = [];
    this.#inTurn = null;
    clearTimeout(this.#fading);
  }
}

/** Whether the office said that it won't, rather than nothing or that it still does. */
const isRefusal = (error: unknown): error is Problem =>
  error instanceof Problem && error.status >= 400 && error.status < 500 && error.code !== "request_in_flight";

/** The tone of several verdicts: that of the gravest, so that green means everybody. */
export const worstOf = (items: readonly Shown[]): Tone => gravest(items.map(toneOf));

/** Gives up after `ms`, also where what is waited for heeds no signal. */
async function within<T>(ms: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error("nobody answered in time"));
      over.abort();
    }, ms);
  });
  try {
    return await Promise.race([act(over.signal), silence]);
  } finally {
    clearTimeout(timer);
  }
}
