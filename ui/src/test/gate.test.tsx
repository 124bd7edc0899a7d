import { act, cleanup, createEvent, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Door, Found } from "../api/gate";
import en from "../locales/en.json";
import type { Shown } from "../shared/verdict";
import { answer, EVENT, me, open, summary } from "./office";

const TICKET = "5eed0001-0000-8000-9000-000000000007";
const GATE = "5eed0001-0000-8000-8100-000000000001";
const CODE = "eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiI1ZWVkIn0.c2lnbmF0dXJl";

const shown = (given: Partial<Shown> = {}): Shown => ({
  scan: "5eed0001-0000-8000-9000-0000000000aa",
  at: Date.now(),
  verdict: "admitted",
  code: "admitted",
  attention: false,
  mode: "home",
  status: "SUCCESS",
  message: "",
  ticket: TICKET,
  number: 7,
  name: "Jiří Novák",
  ticket_type: "VIP",
  colour: 1,
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
  questions: [],
  undo_until: null,
  badge: false,
  photo: false,
  ...given,
});

const refused = (code: string, given: Partial<Shown> = {}) => shown({ verdict: "refused", code, ...given });

const door: Door = {
  event: { id: EVENT, title: "Winter Gala", time_zone: "Europe/Vienna" },
  gate: { id: GATE, name: "Main door", zone: null, session: null, direction: "entry", may_turn: true },
  counts: { inside: 28, capacity: 60, expected: 60, admitted: 30, refused: 2, last_minute: 3 },
  recent: [],
  waiting: 0,
  mode: "home",
  clock_ms: Date.now(),
  clock_set_ms: 0,
  kiosk: false,
  walk_ins: false,
  ticket_types: ["Standard", "VIP"],
  walk_ins_left: null,
  spare_places: 0,
  questions: [],
  pin_set: true,
  welcome: null,
  office: null,
  peers: null,
  badge: { kind: "nothing", paper: "card", ticket_types: [], at_once: false, code: false },
};

const guests: Found[] = ["Jiří Novák", "Eva Nováková", "Jan Novák"].map((name, n) => ({
  ticket: `5eed0001-0000-8000-9000-00000000000${n}`,
  number: n + 1,
  name,
  unnamed: false,
  ticket_type: "VIP",
  colour: 1,
  seat: null,
  invitation: "INV-0001",
  party_label: "Family Novák",
  members: 3,
  inside: n === 2,
  status: "active",
  note: null,
}));

interface Sent {
  path: string;
  body: Record<string, unknown>;
}

/** The office's answers at a door, besides those that it gives everywhere. */
function doorAnswers(given: {
  door?: Partial<Door>;
  verdicts?: (body: Sent["body"]) => Shown | number;
  search?: (text: string) => Found[] | Promise<Found[]>;
  byHand?: "asks";
  /** Whether the machine is this gate and nothing else. */
  own?: boolean;
}): Sent[] {
  const now = Date.now();
  answer({ may: [...me.may, "scan"], events: [{ ...summary, starts_at: now, ends_at: now + 3_600_000 }] });
  const usual = globalThis.fetch;
  const sent: Sent[] = [];
  const json = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  const refuse = (status: number, code: string) => json({ type: "about:blank", status, code, detail: code }, status);
  const own = { device: GATE, event: EVENT, name: "Main door", waiting: 0 };
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace(EVENT, "ID");
    if (given.own === true && path === "/api/auth/me") return json({ ...me, may: [...me.may, "scan"], gate: own });
    if (request.method === "POST" && path.startsWith("/api/events/ID/")) {
      const body = (await request.clone().json()) as Record<string, unknown>;
      sent.push({ path, body });
      if (path.endsWith("/force")) return body["pin"] === "2468" ? json(shown({ code: "forced" })) : refuse(403, "pin_wrong");
      if (path.endsWith("/undo")) return body["pin"] === "2468" ? json(shown({ verdict: "undone", code: "undone" })) : refuse(409, "undo_too_late");
      if (path.endsWith("/door-pin/check")) return body["pin"] === "2468" ? new Response(null, { status: 204 }) : refuse(403, "pin_wrong");
      if (path.endsWith("/door/admit")) {
        const asks = given.byHand === "asks" && body["answered"] !== true;
        const said = (ticket: string) =>
          asks ? refused("questions_open", { ticket, attention: true, questions: ["Any allergies?"] }) : shown({ ticket, scan: ticket });
        return json({ items: (body["tickets"] as string[]).map(said) });
      }
      const said = given.verdicts?.(body) ?? shown();
      return typeof said === "number" ? refuse(said, "event_handed_over") : json(said);
    }
    switch (path) {
      case "/api/events/ID/door":
        return json({ ...door, clock_ms: Date.now(), ...given.door });
      case "/api/events/ID/door/search":
        return json({ items: (await given.search?.(new URL(request.url).searchParams.get("q") ?? "")) ?? guests });
      case `/api/events/ID/door/party/${guests[0]?.ticket}`:
        return json({ number: "INV-0001", label: "Family Novák", items: guests });
      case "/api/events/ID/changes":
        return json({ seq: 1, tags: [] });
      default:
        return usual(request);
    }
  });
  return sent;
}

/** Types as a scanner does: a key every five milliseconds, however busy this machine is. */
const scan = (code = CODE) =>
  act(() => {
    const begun = performance.now();
    [...code, "Enter"].forEach((key, place) => {
      const press = createEvent.keyDown(document.body, { key });
      Object.defineProperty(press, "timeStamp", { value: begun + place * 5 });
      fireEvent(document.body, press);
    });
  });

const press = (key: string, more: object = {}) => act(() => void fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more }));

beforeEach(() => {
  localStorage.setItem("gatehouse.gate", JSON.stringify({ gate: "Main door" }));
});

async function atGate() {
  await open("/gate");
  await screen.findByText(/28 \/ 60/);
}

describe("the gate's window", () => {
  it("asks nothing where one event is on and the gate has a name", async () => {
    doorAnswers({});
    await atGate();
    expect(document.title).toBe("Main door · Winter Gala");
  });

  it("asks for the gate's name the first time, and remembers it", async () => {
    localStorage.removeItem("gatehouse.gate");
    doorAnswers({});
    await open("/gate");
    const name = await screen.findByRole<HTMLInputElement>("textbox", { name: en.gate.whatName });
    fireEvent.change(name, { target: { value: "Side door" } });
    fireEvent.click(screen.getByRole("button", { name: en.gate.open }));
    await screen.findByText(/28 \/ 60/);
    expect(JSON.parse(localStorage.getItem("gatehouse.gate") ?? "{}")).toMatchObject({ gate: "Side door", event: EVENT });
  });

  it("presents what a scanner types, and says who comes", async () => {
    const sent = doorAnswers({});
    await atGate();
    scan();
    expect(await screen.findByText("Jiří Novák")).toBeTruthy();
    expect(document.querySelector('[data-tone="admitted"]')).not.toBeNull();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.body).toMatchObject({ code: CODE, gate: "Main door", direction: "entry" });
    expect(sent[0]?.body["nonce"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("presents what is pasted", async () => {
    const sent = doorAnswers({});
    await atGate();
    act(() => void fireEvent.paste(document.body, { clipboardData: { getData: () => `${CODE}\n` } }));
    await screen.findByText("Jiří Novák");
    expect(sent[0]?.body).toMatchObject({ code: CODE });
  });

  it("is never green where the office would not decide", async () => {
    doorAnswers({ verdicts: () => 409 });
    await atGate();
    scan();
    expect(await screen.findByText("Not decided")).toBeTruthy();
    expect(document.querySelector('[data-tone="undecided"]')).not.toBeNull();
    expect(document.querySelector('[data-tone="admitted"]')).toBeNull();
    press("Escape");
    expect(screen.queryByText("Not decided")).toBeNull();
  });

  it("lets a supervisor in on a refusal, with PIN and reason", async () => {
    const sent = doorAnswers({ verdicts: () => refused("used", { first_used_at: Date.now(), first_used_gate: "Gate B" }) });
    await atGate();
    scan();
    await screen.findByText("Already used");
    press("F8");
    const dialog = await screen.findByRole("dialog");
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.reasonKnown }));
    const pin = within(dialog).getByLabelText(en.gate.pin);
    fireEvent.change(pin, { target: { value: "1111" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.letIn }));
    expect(await within(dialog).findByText(en.refused.pinWrong)).toBeTruthy();
    fireEvent.change(pin, { target: { value: "2468" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.letIn }));
    expect(await screen.findByText("A supervisor let this guest in.")).toBeTruthy();
    const forced = sent.filter(({ path }) => path.endsWith("/force"));
    expect(forced.map(({ body }) => body["reason"])).toEqual([en.gate.reasonKnown, en.gate.reasonKnown]);
    // Both were the same request to let in.
    expect(new Set(forced.map(({ body }) => body["nonce"])).size).toBe(1);
  });

  it("offers no override where no ticket is known", async () => {
    doorAnswers({ verdicts: () => refused("malformed", { ticket: null, name: null }) });
    await atGate();
    scan();
    await screen.findByText("Not a ticket");
    press("F8");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it.each([
    [20 * 60, null],
    [4 * 60 + 48, "lets in for 4 more hours without the office"],
    [90, "lets in for 90 more minutes without the office"],
    [1, "lets in for 1 more minute without the office"],
    [-1, "lets nobody in until it reaches the office"],
  ])("warns when %i minutes of a day are left without the office", async (left, words) => {
    const until = Date.now() + left * 60_000;
    const office = { away_since: until - 24 * 3_600_000, heard_at: until - 24 * 3_600_000, roster_at: null, alone_until: until };
    doorAnswers({ own: true, door: { office } });
    await atGate();
    if (words !== null) return expect((await screen.findByText(words)).getAttribute("role")).toBe("alert");
    expect(await screen.findByText(/^office away since/)).toBeTruthy();
    expect(screen.queryByText(/without the office/)).toBeNull();
  });

  it("says that somebody set the clock of its computer", async () => {
    doorAnswers({ door: { clock_set_ms: 3_600_000 } });
    await atGate();
    expect((await screen.findByText(en.gate.clockSet)).getAttribute("role")).toBe("alert");
  });

  it("asks for a supervisor where it is too late to undo", async () => {
    const sent = doorAnswers({ verdicts: () => shown({ undo_until: Date.now() + 60_000 }) });
    await atGate();
    scan();
    await screen.findByText("Jiří Novák");
    press("F4");
    const dialog = await screen.findByRole("dialog");
    fireEvent.change(within(dialog).getByLabelText(en.gate.pin), { target: { value: "2468" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.undo }));
    expect(await screen.findByText("The scan no longer counts.")).toBeTruthy();
    expect(sent.filter(({ path }) => path.endsWith("/undo"))).toHaveLength(2);
  });

  it("lets in after the questions were asked", async () => {
    const sent = doorAnswers({
      verdicts: (body) =>
        body["answered"] === true ? shown() : refused("questions_open", { attention: true, questions: ["Any allergies?"] }),
    });
    await atGate();
    scan();
    await screen.findByText("Any allergies?");
    press("Enter");
    expect(await screen.findByText("Welcome")).toBeTruthy();
    expect(sent.map(({ body }) => body["answered"] ?? false)).toEqual([false, true]);
  });

  it("asks those who are found by hand too, then lets them in", async () => {
    const sent = doorAnswers({ byHand: "asks" });
    await atGate();
    press("F2");
    const field = await screen.findByRole("combobox");
    fireEvent.change(field, { target: { value: "nov" } });
    await screen.findAllByRole("option");
    fireEvent.keyDown(field, { key: "Enter", ctrlKey: true });
    await waitFor(() => expect(screen.getAllByRole("option", { selected: true })).toHaveLength(2));
    fireEvent.keyDown(field, { key: "Enter" });
    expect(await screen.findByText("0 of 2")).toBeTruthy();
    expect(await screen.findByText("Any allergies?")).toBeTruthy();
    press("Enter");
    expect(await screen.findByText("2 of 2")).toBeTruthy();
    const [asked, answered] = sent.map(({ body }) => body);
    expect([asked?.["answered"], answered?.["answered"]]).toEqual([false, true]);
    expect(answered?.["tickets"]).toEqual(asked?.["tickets"]);
    expect(answered?.["nonce"]).not.toBe(asked?.["nonce"]);
  });

  it("admits those who are left of a party by keys alone", async () => {
    const sent = doorAnswers({});
    await atGate();
    press("F2");
    const field = await screen.findByRole("combobox");
    fireEvent.change(field, { target: { value: "nov" } });
    await screen.findAllByRole("option");
    fireEvent.keyDown(field, { key: "Enter", ctrlKey: true });
    expect(await screen.findByRole("heading", { name: /Family Novák/ })).toBeTruthy();
    await waitFor(() => expect(screen.getAllByRole("option", { selected: true })).toHaveLength(2));
    fireEvent.keyDown(field, { key: "Enter" });
    expect(await screen.findByText("2 of 2")).toBeTruthy();
    expect(sent.at(-1)?.body).toMatchObject({ tickets: guests.slice(0, 2).map(({ ticket }) => ticket), direction: "entry" });
  });

  /** Opens the search of a gate whose office finds guests by name, but answers `slow` only when it is told to. */
  async function searching(slow: string) {
    let tell: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const asked: string[] = [];
    const sent = doorAnswers({
      async search(text) {
        asked.push(text);
        if (text === slow) await told;
        return guests.filter(({ name }) => name.toLowerCase().includes(text));
      },
    });
    await atGate();
    press("F2");
    const field = await screen.findByRole("combobox");
    const type = (value: string) => fireEvent.change(field, { target: { value } });
    const enter = (more: object = {}) => fireEvent.keyDown(field, { key: "Enter", ...more });
    type("jan");
    await screen.findByRole("option", { name: /Jan Novák/ });
    type(slow);
    // Asked, and not answered: those who are shown were found for the text before.
    await waitFor(() => expect(asked).toContain(slow));
    return { sent, tell: () => act(async () => tell()), enter };
  }

  it("lets in nobody who was found for an earlier text, and who was meant once they are found", async () => {
    const { sent, tell, enter } = await searching("jiří");
    const [earlier] = screen.getAllByRole("option");
    expect(earlier?.getAttribute("aria-disabled")).toBe("true");
    fireEvent.click(earlier as HTMLElement);
    expect(screen.queryByRole("option", { selected: true })).toBeNull();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /^Admit/ }).disabled).toBe(true);
    enter();
    expect(sent).toEqual([]);
    await tell();
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ tickets: [guests[0]?.ticket] });
    expect(screen.queryByRole("combobox")).toBeNull();
  });

  it("keeps what is pressed for as soon as the text is answered, and chooses nobody unseen", async () => {
    const { sent, tell, enter } = await searching("nov");
    enter();
    enter({ shiftKey: true });
    await tell();
    // The one was marked; the other would have let in the first of three.
    expect(await screen.findAllByRole("option", { selected: true })).toHaveLength(1);
    expect(screen.getAllByRole("option")).toHaveLength(3);
    expect(sent).toEqual([]);
    enter();
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ tickets: [guests[0]?.ticket] });
  });

  it("leaves what is typed into a field alone", async () => {
    const sent = doorAnswers({});
    await atGate();
    press("F2");
    const field = await screen.findByRole("combobox");
    act(() => {
      for (const key of [...CODE, "Tab"]) fireEvent.keyDown(field, { key });
    });
    await act(() => new Promise((resolve) => setTimeout(resolve, 200)));
    expect(sent).toEqual([]);
  });

  it("makes a ticket at the door where the office allows it, named once", async () => {
    const sent = doorAnswers({ door: { walk_ins: true }, verdicts: () => shown({ name: "Greta Gruber" }) });
    await atGate();
    press("F3");
    const dialog = await screen.findByRole("dialog");
    fireEvent.change(within(dialog).getByLabelText(en.gate.guestName), { target: { value: " Greta Gruber " } });
    fireEvent.change(within(dialog).getByLabelText(en.gate.ticketType), { target: { value: "VIP" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.walkInGo }));
    await screen.findByText("Greta Gruber");
    expect(sent).toMatchObject([{ path: "/api/events/ID/door/walk-in", body: { name: "Greta Gruber", ticket_type: "VIP" } }]);
  });

  it("makes no ticket at the door before whoever walks in was asked", async () => {
    const sent = doorAnswers({ door: { walk_ins: true, questions: ["Any allergies?"] }, verdicts: () => shown({ name: "Greta Gruber" }) });
    await atGate();
    press("F3");
    const dialog = await screen.findByRole("dialog");
    within(dialog).getByText("Any allergies?");
    fireEvent.change(within(dialog).getByLabelText(en.gate.guestName), { target: { value: "Greta Gruber" } });
    const go = within(dialog).getByRole<HTMLButtonElement>("button", { name: en.gate.walkInGo });
    expect(go.disabled).toBe(true);
    fireEvent.click(within(dialog).getByLabelText(en.gate.walkInAsked));
    expect(go.disabled).toBe(false);
    fireEvent.click(go);
    await screen.findByText("Greta Gruber");
    expect(sent.map(({ body }) => body["answered"])).toEqual([true]);
  });

  it("turns round", async () => {
    const sent = doorAnswers({ verdicts: () => shown({ verdict: "exited", code: "exited" }) });
    await atGate();
    press("F6");
    scan();
    await screen.findByText("Goodbye");
    expect(sent[0]?.body).toMatchObject({ direction: "exit" });
  });

  it("is not turned round where the office does not allow it", async () => {
    const gate = { id: GATE, name: "Main door", zone: null, session: null, direction: "exit", may_turn: false } as const;
    const sent = doorAnswers({ verdicts: () => shown({ verdict: "exited", code: "exited" }), door: { gate } });
    await atGate();
    press("F6");
    scan();
    await screen.findByText("Goodbye");
    expect(sent[0]?.body).toMatchObject({ direction: "exit" });
    press("?");
    const keys = await screen.findByRole("dialog");
    expect(within(keys).queryByText(en.gate.turn)).toBeNull();
  });

  it("tells who was let in here and elsewhere, where and when, until that is settled", async () => {
    const at = Date.UTC(2026, 10, 22, 18, 2, 11);
    const double = { double: "d1", ticket: TICKET, number: 7, name: "Jiří Novák", other_gate: "Quay gate", other_at: at - 31_000, at };
    const peers = { here: 2, alone_since: null, slowest_ms: 12, doubles: [double] };
    const given: Partial<Door> = { peers };
    doorAnswers({ door: given });
    await atGate();
    const foot = screen.getByRole("contentinfo");
    expect(within(foot).getByRole("button", { name: "2 other gates" })).toBeTruthy();
    fireEvent.click(within(foot).getByRole("button", { name: "1 let in twice" }));
    const dialog = await screen.findByRole("dialog", { name: en.gate.peersTitle });
    expect(within(dialog).getByText(/12.?ms/u)).toBeTruthy();
    expect(within(dialog).getByText("Jiří Novák · #7")).toBeTruthy();
    expect(within(dialog).getByText(/31.?secs? apart/u)).toBeTruthy();
    const sides = [...dialog.querySelectorAll("dl div")].map(({ textContent }) => textContent);
    expect(sides).toEqual([expect.stringMatching(/^Quay gate.*01:40/u), expect.stringMatching(/^Here.*02:11/u)]);
    given.peers = { ...peers, doubles: [] };
    fireEvent.keyDown(dialog, { key: "Escape" });
    fireEvent.click(within(dialog).getByRole("button", { name: en.close }));
    scan();
    await screen.findByText("Welcome");
    await waitFor(() => expect(within(foot).queryByRole("button", { name: "1 let in twice" })).toBeNull());
    fireEvent.click(within(foot).getByRole("button", { name: "2 other gates" }));
    expect(await screen.findByText(en.gate.doublesNone)).toBeTruthy();
  });

  it("closes what lies above it by a press beside it, and not by text that is marked to there", async () => {
    doorAnswers({});
    await atGate();
    press("?");
    const dialog = await screen.findByRole("dialog", { name: en.gate.keys });
    fireEvent.pointerDown(within(dialog).getByRole("heading", { name: en.gate.keys }));
    fireEvent.click(dialog);
    expect(screen.queryByRole("dialog")).not.toBeNull();
    fireEvent.pointerDown(dialog);
    fireEvent.click(dialog);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("shows every key", async () => {
    doorAnswers({});
    await atGate();
    press("?");
    const dialog = await screen.findByRole("dialog", { name: en.gate.keys });
    for (const key of ["F2", "F4", "F8", "F11"]) expect(within(dialog).getByText(key)).toBeTruthy();
  });
});

describe("the kiosk", () => {
  const atKiosk = async (given: Parameters<typeof doorAnswers>[0] = {}) => {
    const sent = doorAnswers({ door: { welcome: "Come in out of the cold." }, ...given });
    const opened = await open("/gate?kiosk=1");
    await screen.findByText("Come in out of the cold.");
    return { sent, ...opened };
  };

  it("greets by name in the guest's own language, and shames nobody", async () => {
    let verdict = shown({ language: "sv-FI" });
    await atKiosk({ verdicts: () => verdict });
    scan();
    expect(await screen.findByText("Välkommen")).toBeTruthy();
    expect(screen.getByText("Jiří Novák")).toBeTruthy();
    verdict = refused("invalid_signature", { language: "fr" });
    scan();
    expect(await screen.findByText("Adressez-vous à notre personnel.")).toBeTruthy();
    expect(document.querySelector('[data-tone="refused"]')).toBeNull();
    expect(screen.queryByText("Jiří Novák")).toBeNull();
  });

  it.each([
    ["w", { ctrlKey: true }],
    ["F5", {}],
    ["F11", {}],
    ["ArrowLeft", { altKey: true }],
    ["Escape", {}],
    ["Tab", {}],
    ["?", {}],
  ])("holds the key %s", async (key, more) => {
    await atKiosk();
    // False: what the key usually does was held back.
    expect(fireEvent.keyDown(document.body, { key, ...more })).toBe(false);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("has no menu of its own to offer", async () => {
    await atKiosk();
    expect(fireEvent.contextMenu(document.body)).toBe(false);
  });

  it("can't be walked out of", async () => {
    const { router } = await atKiosk();
    await act(async () => {
      await Promise.race([router.navigate({ to: "/" }), new Promise((resolve) => setTimeout(resolve, 50))]);
    });
    expect(router.state.location.pathname).toBe("/gate");
    expect(screen.getByText("Come in out of the cold.")).toBeTruthy();
  });

  it("is left with the PIN, and only with it", async () => {
    await atKiosk();
    press("F8");
    const dialog = await screen.findByRole("dialog", { name: en.gate.kioskLeave });
    const pin = within(dialog).getByLabelText(en.gate.pin);
    fireEvent.change(pin, { target: { value: "1234" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.leaveKiosk }));
    expect(await within(dialog).findByText(en.refused.pinWrong)).toBeTruthy();
    fireEvent.change(pin, { target: { value: "2468" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.leaveKiosk }));
    expect(await screen.findByRole("toolbar")).toBeTruthy();
    expect(window.location.search).not.toContain("kiosk");
  });

  const leave = async () => {
    press("F8");
    const dialog = await screen.findByRole("dialog", { name: en.gate.kioskLeave });
    fireEvent.change(within(dialog).getByLabelText(en.gate.pin), { target: { value: "2468" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.leaveKiosk }));
    expect(await screen.findByRole("toolbar")).toBeTruthy();
  };

  it("is what a device that was enrolled as one starts as, also after it was left", async () => {
    doorAnswers({ own: true, door: { kiosk: true, welcome: "Come in out of the cold." } });
    await open("/gate");
    await screen.findByText("Come in out of the cold.");
    expect(screen.queryByRole("toolbar")).toBeNull();
    await leave();
    cleanup();
    await open("/gate");
    await screen.findByText("Come in out of the cold.");
    expect(screen.queryByRole("toolbar")).toBeNull();
  });

  it("is one again after a restart where staff began it, until they leave it", async () => {
    doorAnswers({ own: true, door: { welcome: "Come in out of the cold." } });
    await atGate();
    press("F10");
    fireEvent.click(await screen.findByRole("button", { name: en.gate.startKiosk }));
    await screen.findByText("Come in out of the cold.");
    cleanup();
    await open("/gate");
    await screen.findByText("Come in out of the cold.");
    await leave();
    cleanup();
    await atGate();
    expect(screen.getByRole("toolbar")).toBeTruthy();
  });

  it("lets digits be typed and nothing else of the keyboard while it asks", async () => {
    await atKiosk();
    press("F8");
    const pin = within(await screen.findByRole("dialog")).getByLabelText(en.gate.pin);
    expect(fireEvent.keyDown(pin, { key: "2" })).toBe(true);
    expect(fireEvent.keyDown(pin, { key: "w", ctrlKey: true })).toBe(false);
    expect(fireEvent.keyDown(pin, { key: "F5" })).toBe(false);
  });
});
