import { describe, expect, it } from "vitest";
import { BLANK, changeOf, differing, typedOf } from "./guestValues";

const values = {
  name: "Zoë Ŝlâpfer",
  email: null,
  phone: null,
  company: "Harbour Society",
  title: null,
  notes: "one\ntwo",
  group: null,
  ticket_type: "VIP",
  seat: null,
  language: "de",
  external_id: "7",
  party_size: 3,
  custom: { diet: "none", bus: "yes" },
};

describe("a guest in a form", () => {
  it("sends what differs, and nothing else", () => {
    const before = typedOf(values);
    const after = { ...before, company: " ", email: "zoe@example.org ", party_size: "" };
    expect(differing(before, after)).toEqual(["email", "company", "party_size"]);
    expect(changeOf(after, differing(before, after))).toEqual({
      email: "zoe@example.org",
      company: "",
      party_size: 1,
    });
  });

  it("compares fields of one's own without regard to their order", () => {
    const before = typedOf(values);
    expect(differing(before, { ...before, custom: before.custom.toReversed() })).toEqual([]);
    const fewer = { ...before, custom: [{ name: "diet", value: "none" }, { name: "", value: "x" }] };
    expect(differing(before, fewer)).toEqual(["custom"]);
    expect(changeOf(fewer, ["custom"])).toEqual({ custom: { diet: "none" } });
  });

  it("begins blank", () => {
    expect(differing(BLANK, { ...BLANK, name: "A" })).toEqual(["name"]);
  });
});
