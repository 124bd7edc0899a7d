import type { Guest, GuestChange } from "../../api";
import type { GuestValues } from "../../api/askGuests";

/** The values of a guest that are one line of text each, in the order of the form. */
export const TEXTS = ["name", "email", "phone", "company", "title", "group", "seat", "language"] as const;
/** All fields of a form, by the contract's names. */
export const FIELDS = [...TEXTS, "ticket_type", "party_size", "notes", "custom"] as const;

export type FieldName = (typeof FIELDS)[number];

/** A guest as a form holds them: everything is text, blank where there is nothing. */
export interface Typed extends Record<Exclude<FieldName, "custom">, string> {
  custom: { name: string; value: string }[];
}

export const BLANK: Typed = {
  name: "",
  email: "",
  phone: "",
  company: "",
  title: "",
  group: "",
  seat: "",
  language: "",
  ticket_type: "",
  party_size: "",
  notes: "",
  custom: [],
};

/** A guest's values as a form holds them. */
export function typedOf(values: GuestValues): Typed {
  return {
    ...BLANK,
    ...Object.fromEntries(
      FIELDS.filter((field) => field !== "custom").map((field) => [field, String(values[field] ?? "")]),
    ),
    custom: Object.entries(values.custom).map(([name, value]) => ({ name, value })),
  };
}

/** One field in a form that two of them can be compared by. */
export function plainOf(typed: Typed, field: FieldName): string {
  if (field !== "custom") return typed[field].trim();
  return typed.custom
    .map(({ name, value }) => [name.trim(), value.trim()] as const)
    .filter(([name, value]) => name !== "" && value !== "")
    .map(([name, value]) => `${name}: ${value}`)
    .sort()
    .join("\n");
}

/** The fields that two forms differ in. */
export function differing(a: Typed, b: Typed): FieldName[] {
  return FIELDS.filter((field) => plainOf(a, field) !== plainOf(b, field));
}

/** What to send so that these fields become as they were typed. */
export function changeOf(typed: Typed, fields: readonly FieldName[]): GuestChange {
  const change: GuestChange = {};
  for (const field of fields) {
    if (field === "custom") {
      const known = typed.custom.map(({ name, value }) => [name.trim(), value.trim()]);
      change.custom = Object.fromEntries(known.filter(([name, value]) => name && value));
    } else if (field === "party_size") {
      // One person is what a blank size means.
      change.party_size = typed.party_size.trim() === "" ? 1 : Number(typed.party_size);
    } else {
      change[field] = typed[field].trim();
    }
  }
  return change;
}

/** The row of the list as a change leaves it, before the office has answered. */
export function patched(row: Guest, change: GuestChange): Guest {
  const next = { ...row };
  if (change.name) next.name = change.name;
  for (const field of ["company", "email", "group", "seat"] as const) {
    const value = change[field];
    if (value !== undefined && value !== null) next[field] = value || null;
  }
  // Whoever has a ticket is shown with its type.
  if (row.ticket === null && typeof change.ticket_type === "string") {
    next.ticket_type = change.ticket_type || null;
  }
  return next;
}
