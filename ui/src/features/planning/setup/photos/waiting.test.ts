import { describe, expect, it } from "vitest";
import { missingPhotos, MOST_BYTES, whyLeftOut } from "./waiting";

describe("a file for the gallery", () => {
  it.each([
    ["hall.png", 10, null],
    ["Hall.JPG", 10, null],
    ["hall.v2.jpeg", MOST_BYTES, null],
    ["hall.webp", MOST_BYTES + 1, "size"],
    ["hall.gif", 10, "kind"],
    ["png", 10, "kind"],
    ["hall", 10, "kind"],
  ] as const)("%s of %i bytes: %s", (name, size, why) => {
    expect(whyLeftOut({ name, size })).toBe(why);
  });
});

it("tells how many more a public event needs", () => {
  expect([0, 1, 2, 3, 7].map(missingPhotos)).toEqual([3, 2, 1, 0, 0]);
});
