import { expect, it } from "vitest";
import { fileName } from "./fileName";

it.each([
  ["Winter Gala", "winter-gala-tickets.pdf"],
  ["Soirée d’été: 2027/28", "soirée-d-été-2027-28-tickets.pdf"],
  ["حفل الشتاء", "حفل-الشتاء-tickets.pdf"],
  ["!?", "tickets.pdf"],
])("%s becomes %s", (title, name) => {
  expect(fileName(title, "tickets.pdf")).toBe(name);
});
