import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { Door } from "../api/gate";
import en from "../locales/en.json";
import { atGate, CODE, doorAnswers, GATE, guests, press, refused, scan, shown, TICKET } from "./door";
import { EVENT, open } from "./office";

beforeEach(() => {
  localStorage.setItem("gatehouse.gate", JSON.stringify({ gate: "Main door" }));
});

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

  it("asks for the same walk-in again where no answer came, also when it is entered anew", async () => {
    let silent = true;
    const sent = doorAnswers({ door: { walk_ins: true }, verdicts: () => (silent ? 503 : shown({ name: "Greta Gruber" })) });
    await atGate();
    const enter = async () => {
      press("F3");
      const dialog = await screen.findByRole("dialog");
      fireEvent.change(within(dialog).getByLabelText(en.gate.guestName), { target: { value: "Greta Gruber" } });
      fireEvent.click(within(dialog).getByRole("button", { name: en.gate.walkInGo }));
    };
    await enter();
    await screen.findByText("Not decided");
    expect(screen.getByText(/nobody is counted twice/)).toBeTruthy();
    expect(screen.queryByText("Present the code again.")).toBeNull();
    press("Escape");
    await enter();
    const again = await screen.findByRole("button", { name: /^Try again/ });
    silent = false;
    fireEvent.click(again);
    await screen.findByText("Greta Gruber");
    expect(sent.length).toBeGreaterThan(2);
    expect(new Set(sent.map(({ body }) => body["nonce"])).size).toBe(1);
  });

  it("asks for the same admission by hand again where no answer came", async () => {
    let silent = true;
    const sent = doorAnswers({ byHand: "silent", verdicts: () => (silent ? 503 : shown()) });
    await atGate();
    press("F2");
    const field = await screen.findByRole("combobox");
    fireEvent.change(field, { target: { value: "nov" } });
    await screen.findAllByRole("option");
    fireEvent.keyDown(field, { key: "Enter", ctrlKey: true });
    await waitFor(() => expect(screen.getAllByRole("option", { selected: true })).toHaveLength(2));
    fireEvent.keyDown(field, { key: "Enter" });
    await screen.findByRole("button", { name: /^Try again/ });
    silent = false;
    press("Enter");
    await screen.findByText("2 of 2");
    expect(new Set(sent.map(({ body }) => body["nonce"])).size).toBe(1);
  });

  it("takes back together those who were let in together", async () => {
    const sent = doorAnswers({});
    await atGate();
    press("F2");
    const field = await screen.findByRole("combobox");
    fireEvent.change(field, { target: { value: "nov" } });
    await screen.findAllByRole("option");
    fireEvent.keyDown(field, { key: "Enter", ctrlKey: true });
    await waitFor(() => expect(screen.getAllByRole("option", { selected: true })).toHaveLength(2));
    fireEvent.keyDown(field, { key: "Enter" });
    await screen.findByText("2 of 2");
    expect(screen.getAllByRole("button", { name: /^Undo all 2/ }).length).toBeGreaterThan(0);
    press("F4");
    const dialog = await screen.findByRole("dialog");
    fireEvent.change(within(dialog).getByLabelText(en.gate.pin), { target: { value: "2468" } });
    fireEvent.click(within(dialog).getByRole("button", { name: en.gate.undo }));
    expect(await screen.findByText("2 scans no longer count.")).toBeTruthy();
    expect(document.querySelector('[data-tone="undone"]')).not.toBeNull();
    const undone = sent.filter(({ path, body }) => path.endsWith("/undo") && body["pin"] === "2468");
    expect(undone.map(({ path }) => path.split("/").at(-2))).toEqual(guests.slice(0, 2).map(({ ticket }) => ticket));
  });

  it("tells the time and that nobody answers also where the gate can't be read", async () => {
    doorAnswers({ unread: true });
    await open("/gate");
    const foot = await screen.findByRole("contentinfo");
    expect(await within(foot).findByText(en.gate.mode.away)).toBeTruthy();
    expect(foot.querySelector("time")?.textContent).toMatch(/\d\d:\d\d/);
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
