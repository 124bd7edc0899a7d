import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Presentation } from "../../api/gate";
import { Problem } from "../../shared/problem";
import type { Shown, Tone } from "../../shared/verdict";
import { LIMIT_MS, type Manner, Presenting, staffed, unstaffed, worstOf } from "./presenting";

const shown = (code: string, given: Partial<Shown> = {}): Shown => ({
  scan: `scan of ${code}`,
  at: 0,
  verdict: "admitted",
  code: "admitted",
  attention: false,
  mode: "home",
  status: "SUCCESS",
  message: "",
  ticket: "t",
  number: 1,
  name: code,
  ticket_type: null,
  colour: null,
  seat: null,
  zone: null,
  note: null,
  language: null,
  first_time: false,
  party: null,
  first_used_at: null,
  first_used_gate: null,
  doors_at: null,
  rule: null,
  rule_message: null,
  questions: [],
  undo_until: null,
  badge: false,
  photo: false,
  ...given,
});

const refused = (code: string, given: Partial<Shown> = {}) => shown(code, { verdict: "refused", code: "used", ...given });

const silent = () => new Problem({ code: "unreachable", detail: "", status: 0 });

/** An answer that comes when it is told to. */
function later() {
  let resolve: (shown: Shown) => void = () => undefined;
  const promise = new Promise<Shown>((tell) => {
    resolve = tell;
  });
  return { promise, resolve };
}

type Given = Omit<Presentation, "gate" | "direction">;

/** A gate whose office answers as `answer` says. */
function gate(answer: (given: Given, signal: AbortSignal) => Promise<Shown>, manner: Manner = staffed) {
  const sent: Given[] = [];
  const heard: Tone[] = [];
  let nonces = 0;
  const presenting = new Presenting({
    send: (given, signal) => {
      sent.push(given);
      return answer(given, signal);
    },
    sound: (tone) => heard.push(tone),
    decided: () => undefined,
    nonce: () => `nonce ${++nonces}`,
    now: () => Date.now(),
  });
  presenting.manner = manner;
  return { presenting, sent, heard, kind: () => presenting.state().now.kind };
}

describe("presenting a code", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("shows an admission for two and a half seconds, and remembers it", async () => {
    const { presenting, heard, kind } = gate(async ({ code }) => shown(code));
    await presenting.present("a");
    expect(kind()).toBe("shown");
    expect(heard).toEqual(["admitted"]);
    await vi.advanceTimersByTimeAsync(2_400);
    expect(kind()).toBe("shown");
    await vi.advanceTimersByTimeAsync(200);
    expect(kind()).toBe("idle");
    expect(presenting.state().last.map(({ name }) => name)).toEqual(["a"]);
  });

  it.each([false, true])("shows a refusal until it is touched; attention: %s", async (attention) => {
    const { presenting, kind } = gate(async ({ code }) => refused(code, { attention }));
    await presenting.present("a");
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(kind()).toBe("shown");
    presenting.clear();
    expect(kind()).toBe("idle");
  });

  it("at a kiosk goes back by itself, whatever was said", async () => {
    const { presenting, kind } = gate(async ({ code }) => refused(code), unstaffed);
    await presenting.present("a");
    await vi.advanceTimersByTimeAsync(8_100);
    expect(kind()).toBe("idle");
  });

  it("sends each, shows the newest, and tells of the other beside it", async () => {
    const late = later();
    const { presenting, sent, heard } = gate(({ code }) => (code === "a" ? late.promise : Promise.resolve(shown(code))));
    const first = presenting.present("a");
    await presenting.present("b");
    expect(presenting.state().now).toMatchObject({ kind: "shown", shown: { name: "b" } });
    late.resolve(refused("a"));
    await first;
    expect(sent.map(({ code }) => code)).toEqual(["a", "b"]);
    expect(heard).toEqual(["admitted", "refused"]);
    expect(presenting.state().now).toMatchObject({ kind: "shown", shown: { name: "b" } });
    expect(presenting.state().asides.map((aside) => aside.shown.name)).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(5_100);
    expect(presenting.state().asides).toEqual([]);
  });

  it("says that it asks when the answer takes its time, and shows no older green meanwhile", async () => {
    const late = later();
    const { presenting, kind } = gate(({ code }) => (code === "b" ? late.promise : Promise.resolve(shown(code))));
    await presenting.present("a");
    const second = presenting.present("b");
    await vi.advanceTimersByTimeAsync(300);
    expect(kind()).toBe("asking");
    late.resolve(shown("b"));
    await second;
    expect(kind()).toBe("shown");
  });

  it("repeats what had no answer as the same scan", async () => {
    let tries = 0;
    const { presenting, sent, kind } = gate(async ({ code }) => {
      tries += 1;
      if (tries < 3) throw silent();
      return shown(code);
    });
    const over = presenting.present("a");
    await vi.advanceTimersByTimeAsync(1_000);
    await over;
    expect(kind()).toBe("shown");
    expect(sent.map(({ nonce }) => nonce)).toEqual(["nonce 1", "nonce 1", "nonce 1"]);
  });

  it("is never green without an answer, and goes on being the same scan until there is one", async () => {
    let answers = false;
    const { presenting, sent, heard, kind } = gate(({ code }) => (answers ? Promise.resolve(shown(code)) : new Promise(() => undefined)));
    const over = presenting.present("a");
    await vi.advanceTimersByTimeAsync(LIMIT_MS + 2_000);
    await over;
    expect(kind()).toBe("undecided");
    expect(heard).toEqual(["undecided"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kind()).toBe("undecided");
    answers = true;
    await presenting.present("a");
    expect(kind()).toBe("shown");
    await presenting.present("a");
    const nonces = sent.map(({ nonce }) => nonce);
    // Once it was decided, the same code is another scan.
    expect(new Set(nonces.slice(0, -1))).toEqual(new Set(["nonce 1"]));
    expect(nonces.at(-1)).toBe("nonce 2");
  });

  it("shows nothing that comes too late", async () => {
    const late = later();
    const { presenting, kind } = gate(() => late.promise);
    const over = presenting.present("a");
    await vi.advanceTimersByTimeAsync(LIMIT_MS + 2_000);
    await over;
    late.resolve(shown("a"));
    await vi.advanceTimersByTimeAsync(10);
    expect(kind()).toBe("undecided");
  });

  it("asks again where the same request is being answered", async () => {
    let tries = 0;
    const { presenting, kind } = gate(async ({ code }) => {
      tries += 1;
      if (tries < 2) throw new Problem({ code: "request_in_flight", detail: "", status: 409 });
      return shown(code);
    });
    const over = presenting.present("a");
    await vi.advanceTimersByTimeAsync(1_000);
    await over;
    expect(kind()).toBe("shown");
  });

  it("asks once only where the office refuses to decide, and says why", async () => {
    const { presenting, sent } = gate(() => Promise.reject(new Problem({ code: "event_handed_over", detail: "", status: 409 })));
    await presenting.present("a");
    expect(sent).toHaveLength(1);
    expect(presenting.state().now).toMatchObject({ kind: "undecided", because: { code: "event_handed_over" } });
  });

  it("presents again with its questions answered as another scan", async () => {
    const { presenting, sent } = gate(async ({ code }) => refused(code, { code: "questions_open" }));
    await presenting.present("a");
    await presenting.present("a", true);
    expect(sent).toEqual([
      { code: "a", nonce: "nonce 1" },
      { code: "a", nonce: "nonce 2", answered: true },
    ]);
  });
});

describe("at a kiosk", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("codes that are seen at once are decided and shown one after another, and no welcome covers a refusal", async () => {
    const { presenting, sent, heard } = gate(async ({ code }) => (code === "a" ? refused(code) : shown(code)), unstaffed);
    void presenting.present("a");
    void presenting.present("b");
    void presenting.present("c");
    void presenting.present("b");
    await vi.advanceTimersByTimeAsync(0);
    const name = () => {
      const { now } = presenting.state();
      return now.kind === "shown" ? now.shown.name : now.kind;
    };
    expect(name()).toBe("a");
    await vi.advanceTimersByTimeAsync(4_900);
    expect(name()).toBe("a");
    expect(sent.map(({ code }) => code)).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(name()).toBe("b");
    await vi.advanceTimersByTimeAsync(2_500);
    expect(name()).toBe("c");
    await vi.advanceTimersByTimeAsync(4_800);
    expect(name()).toBe("c");
    await vi.advanceTimersByTimeAsync(200);
    expect(name()).toBe("idle");
    expect(heard).toEqual(["refused", "admitted", "admitted"]);
    expect(presenting.state().asides).toEqual([]);
  });

  it("whoever was seen long enough makes room at once", async () => {
    const { presenting } = gate(async ({ code }) => shown(code), unstaffed);
    await presenting.present("a");
    await vi.advanceTimersByTimeAsync(4_000);
    await presenting.present("b");
    await vi.advanceTimersByTimeAsync(10);
    expect(presenting.state().now).toMatchObject({ kind: "shown", shown: { name: "b" } });
  });

  it("a code that waits is not lost while the office keeps silent", async () => {
    const { presenting, kind } = gate(({ code }) => (code === "a" ? new Promise(() => undefined) : Promise.resolve(shown(code))), unstaffed);
    void presenting.present("a");
    void presenting.present("b");
    await vi.advanceTimersByTimeAsync(LIMIT_MS + 1_000);
    expect(kind()).toBe("undecided");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(presenting.state().now).toMatchObject({ kind: "shown", shown: { name: "b" } });
  });
});

describe("what is done by hand", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is the same request when it is tried again or entered again, until it was answered", async () => {
    const { presenting, kind } = gate(async ({ code }) => shown(code));
    let answers = false;
    const nonces: string[] = [];
    const send = (body: { name: string; nonce: string }) => {
      nonces.push(body.nonce);
      return answers ? Promise.resolve(shown(body.name)) : Promise.reject(silent());
    };
    void presenting.byHand({ name: "Greta" }, send);
    await vi.advanceTimersByTimeAsync(LIMIT_MS + 2_000);
    expect(presenting.state().now).toMatchObject({ kind: "undecided", byHand: true });
    void presenting.byHand({ name: "Greta" }, send);
    await vi.advanceTimersByTimeAsync(LIMIT_MS + 2_000);
    const { now } = presenting.state();
    answers = true;
    if (now.kind === "undecided") now.again?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(kind()).toBe("shown");
    expect(new Set(nonces)).toEqual(new Set(["nonce 1"]));
    await presenting.byHand({ name: "Greta" }, send);
    expect(nonces.at(-1)).toBe("nonce 2");
  });

  it("is not offered again where it was refused", async () => {
    const { presenting } = gate(async ({ code }) => shown(code));
    await presenting.byHand({}, () => Promise.reject(new Problem({ code: "walk_ins_full", detail: "", status: 409 })));
    expect(presenting.state().now).toMatchObject({ kind: "undecided", again: null });
  });
});

describe("several verdicts at once", () => {
  it("are the last, once they have faded, and not who came before them", async () => {
    vi.useFakeTimers();
    const { presenting } = gate(async ({ code }) => shown(code));
    presenting.show(shown("a"));
    presenting.showAll([shown("b"), shown("c")]);
    presenting.clear();
    expect(presenting.state().last.map(({ name }) => name)).toEqual(["b", "c"]);
    vi.useRealTimers();
  });

  it("are green when everybody was admitted, and only then", () => {
    expect(worstOf([shown("a"), shown("b")])).toBe("admitted");
    expect(worstOf([shown("a"), refused("b", { attention: true })])).toBe("attention");
    expect(worstOf([refused("a"), shown("b"), refused("c", { attention: true })])).toBe("refused");
    expect(worstOf([])).toBe("undecided");
  });
});
