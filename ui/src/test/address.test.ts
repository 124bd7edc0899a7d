import { describe, expect, it } from "vitest";
import { type Address, readAddress, writeAddress } from "../app/address";

describe("addresses", () => {
  const cases: Address[] = [
    { event: null, place: "overview", text: "", open: null },
    { event: "5eed0001", place: "guests", text: "Zoë & co", open: "5eed0001-0000" },
    { event: "a/b", place: "history", text: "", open: null },
  ];
  it.each(cases)("%j is read as it was written", (address) => {
    const [path = "", search = ""] = writeAddress(address).split("?");
    expect(readAddress(path, search)).toEqual(address);
  });

  it.each([
    ["/events/x/nowhere", "x", "overview"],
    ["/events/x", "x", "overview"],
    ["/elsewhere/x/guests", null, "guests"],
    ["/events/%E0%A4%A/guests", "%E0%A4%A", "guests"],
  ] as const)("%s leads to event %s, %s", (path, event, place) => {
    expect(readAddress(path, "")).toMatchObject({ event, place });
  });
});
