import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { session, takeKey } from "../api";
import { deskKey } from "../api/key";
import { safeTarget } from "../app/SignIn";
import en from "../locales/en.json";
import { answer, EVENT, open, PASSWORD } from "./office";

const guests = `/events/${EVENT}/guests`;

function signIn(within_: HTMLElement, password: string) {
  const form = within(within_);
  const email = form.getByRole<HTMLInputElement>("textbox", { name: en.signIn.email });
  if (email.value === "") fireEvent.change(email, { target: { value: "ada@example.org" } });
  fireEvent.change(form.getByLabelText(en.signIn.password), { target: { value: password } });
  fireEvent.click(form.getByRole("button", { name: en.signIn.submit }));
}

describe("signing in", () => {
  it("asks at the door, says what is wrong, and leads on to where the reader was going", async () => {
    answer({ open: false });
    await open(`${guests}?q=Novák`);
    expect(await screen.findByRole("heading", { name: "Welcome to Winter Arts" })).toBeTruthy();
    expect(window.location.pathname).toBe("/sign-in");
    await screen.findByLabelText(en.signIn.password);
    signIn(document.body, "");
    expect(await screen.findByText(en.signIn.needPassword)).toBeTruthy();
    signIn(document.body, "wrong");
    expect(await screen.findByText(en.signIn.refused)).toBeTruthy();
    signIn(document.body, PASSWORD);
    expect(await screen.findByText("Jiří Novák 1")).toBeTruthy();
    expect(window.location.pathname + window.location.search).toBe(`${guests}?q=Nov%C3%A1k`);
  });

  it("needs no words where the cookie is still good", async () => {
    const { asked } = answer({ open: false, cookie: true });
    await open(guests);
    expect(await screen.findByText("Zoë Ŝlâpfer 0")).toBeTruthy();
    expect(asked.filter((path) => path === "/api/auth/refresh")).toHaveLength(1);
  });

  it("gets one new token for all that wait for it", async () => {
    const desk = answer({ open: false, cookie: true });
    await open(guests);
    await screen.findByText("Zoë Ŝlâpfer 0");
    desk.tokens.clear();
    desk.asked.length = 0;
    const paths = ["/api/events", `/api/events/${EVENT}`, "/api/auth/me"];
    const answers = await Promise.all(
      paths.map((path) => session.send(new Request(`${window.location.origin}${path}`))),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(desk.asked.filter((path) => path === "/api/auth/refresh")).toHaveLength(1);
  });

  it("asks again over the work when the session ends, and loses nothing typed", async () => {
    const desk = answer({ open: false, cookie: true });
    await open(guests);
    await screen.findByText("Zoë Ŝlâpfer 0");
    desk.tokens.clear();
    desk.answers.cookie = false;
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "INV-0007" } });
    const dialog = await screen.findByRole("dialog", { name: en.signIn.again });
    expect(screen.getByRole<HTMLInputElement>("searchbox", { hidden: true }).value).toBe("INV-0007");
    signIn(dialog, PASSWORD);
    expect(await screen.findByText("1 found")).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("repeats a body as it was", async () => {
    const desk = answer({ open: false, cookie: true });
    await open(guests);
    await screen.findByText("Zoë Ŝlâpfer 0");
    desk.tokens.clear();
    const bodies: string[] = [];
    const carried = globalThis.fetch as (request: Request) => Promise<Response>;
    globalThis.fetch = (async (request: Request) => {
      if (request.url.endsWith("/api/notes")) {
        bodies.push(await request.text());
        const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
        const body = { type: "about:blank", status: 401, code: "signed_out", detail: "" };
        return desk.tokens.has(token)
          ? new Response("{}")
          : new Response(JSON.stringify(body), { status: 401 });
      }
      return carried(request);
    }) as typeof fetch;
    const note = new Request(`${window.location.origin}/api/notes`, {
      method: "POST",
      body: "bring the ladder",
    });
    expect((await session.send(note)).status).toBe(200);
    expect(bodies).toEqual(["bring the ladder", "bring the ladder"]);
  });

  it("leads out, and forgets who was there", async () => {
    answer({ open: false, cookie: true });
    await open(guests);
    fireEvent.click(await screen.findByRole("button", { name: "Account: Ada Almgren" }));
    fireEvent.click(await screen.findByRole("menuitem", { name: en.frame.signOut }));
    expect(await screen.findByRole("heading", { name: "Welcome to Winter Arts" })).toBeTruthy();
    expect(session.state().standing.kind).toBe("signed_out");
  });

  it.each(["before", "after"])("asks nobody for what was refused just %s the reader left", async (when) => {
    const desk = answer({ open: false, cookie: true });
    await open(guests);
    await screen.findByText("Zoë Ŝlâpfer 0");
    let refuse = () => {};
    const refused = new Promise<void>((resolve) => (refuse = resolve));
    const carried = globalThis.fetch as (request: Request) => Promise<Response>;
    globalThis.fetch = (async (request: Request) => {
      if (!request.url.endsWith("/api/notes")) return carried(request);
      await refused;
      return new Response(JSON.stringify({ type: "about:blank", status: 401, code: "signed_out", detail: "" }), {
        status: 401,
      });
    }) as typeof fetch;
    const note = session.send(new Request(`${window.location.origin}/api/notes`)).then(
      ({ status }) => status,
      () => 401,
    );
    desk.answers.cookie = false;
    if (when === "before") {
      desk.tokens.clear();
      refuse();
      await waitFor(() => expect(session.state().waiting).toBe(true));
    }
    await session.signOut();
    refuse();
    expect(await note).toBe(401);
    expect(session.state()).toEqual({ standing: { kind: "signed_out" }, waiting: false });
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it.each([
    [undefined, "/"],
    ["/events/a/guests?q=b", "/events/a/guests?q=b"],
    ["//elsewhere.example", "/"],
    ["/\\elsewhere.example", "/"],
    ["https://elsewhere.example", "/"],
  ])("goes from the door to %s as %s", (to, target) => {
    expect(safeTarget(to)).toBe(target);
  });
});

describe("the owner's key", () => {
  it("is taken out of the address and sent while there is no token", async () => {
    window.history.replaceState(null, "", `${guests}?q=a#key=desk-key`);
    takeKey();
    expect(window.location.hash).toBe("");
    expect(window.location.search).toBe("?q=a");
    expect(deskKey()).toBe("desk-key");
    let sent: string | null = null;
    answer();
    const carried = globalThis.fetch as (request: Request) => Promise<Response>;
    globalThis.fetch = (async (request: Request) => {
      sent ??= request.headers.get("authorization");
      return carried(request);
    }) as typeof fetch;
    await open(guests);
    await screen.findByText("Zoë Ŝlâpfer 0");
    expect(sent).toBe("Desk desk-key");
  });
});
