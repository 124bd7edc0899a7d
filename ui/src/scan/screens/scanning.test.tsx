import { act, cleanup, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { begin, list, type Office, openOffice, ours } from "../office/playedOffice";
import { Ended } from "./Ended";
import { Scanning } from "./Scanning";

const camera = vi.hoisted((): { see: (codes: string[]) => void } => ({ see: () => undefined }));
vi.mock("./Camera", () => ({
  Camera: ({ onCodes }: { onCodes: (codes: string[]) => void }) => {
    camera.see = onCodes;
    return null;
  },
}));

let office: Office;

beforeEach(() => {
  office = openOffice();
});
afterEach(cleanup);

async function atWork() {
  const scanner = await begin();
  office.away = true;
  render(<Scanning scanner={scanner} first={null} cached onLanguage={() => undefined} onForget={() => undefined} />);
  return scanner;
}
const see = (...codes: string[]) => act(async () => camera.see(codes));
const tone = (name: string) => waitFor(() => expect(document.querySelector(`.verdict [data-tone="${name}"]`)).not.toBeNull());

describe("codes that are in view together", () => {
  it("stand in the colour of the gravest, each on a line", async () => {
    await atWork();
    await see("https://example.org", ours.compact);
    await tone("refused");
    expect(screen.getByText("1 of 2")).toBeTruthy();
    expect(screen.getByText("Not a ticket")).toBeTruthy();
    expect(screen.getByText(/Zoë/)).toBeTruthy();
  });

  it("are joined by what the next picture shows, and none of many is left out", async () => {
    const scanner = await atWork();
    const others = ["one", "two", "three", "four", "five", "six"];
    act(() => {
      camera.see(["https://example.org"]);
      for (const other of others) camera.see([other]);
      camera.see([ours.compact]);
    });
    await waitFor(() => expect(screen.getByText("1 of 8")).toBeTruthy());
    await tone("refused");
    expect(scanner.view().lines).toHaveLength(8);
  });

  it("are asked about together, and give way to what comes later", async () => {
    office.answers["roster"] = () => [200, { ...list(), event: { ...list().event, questions: ["Any allergies?"] } }];
    await atWork();
    await see("https://example.org", ours.compact);
    await tone("refused");
    expect(screen.getByText("Any allergies?")).toBeTruthy();
    act(() => screen.getByRole("button", { name: "Asked: let in" }).click());
    await tone("admitted");
    vi.spyOn(performance, "now").mockImplementation(() => 10_000);
    await see("https://example.org");
    await tone("refused");
    expect(screen.queryByText(/Zoë/)).toBeNull();
  });
});

describe("a phone that the office does not know", () => {
  it("says so, and goes on", async () => {
    const scanner = await atWork();
    office.away = false;
    for (const name of Object.keys(office.answers)) office.answers[name] = () => [401, { code: "signed_out", detail: "" }];
    await act(() => scanner.sync());
    expect(screen.getByText(/The office does not know this phone/)).toBeTruthy();
    await see(ours.compact);
    await tone("admitted");
  });

  it.each([
    ["expired", true],
    ["replaced", true],
    ["revoked", false],
  ] as const)("opens its link again where it is %s: %s", async (standing, may) => {
    const again = vi.fn();
    const view = { ...(await begin()).view(), waiting: 2 };
    render(<Ended standing={standing} view={view} onAgain={again} onSend={vi.fn()} onSave={vi.fn()} onForget={vi.fn()} />);
    screen.queryByRole("button", { name: "Scan here again" })?.click();
    expect(again).toHaveBeenCalledTimes(may ? 1 : 0);
    expect(screen.getByRole("button", { name: "Send them now" })).toBeTruthy();
  });
});
