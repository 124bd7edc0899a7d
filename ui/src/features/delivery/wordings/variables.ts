import type { MessageKind } from "../../../api/deliveryTypes";

/** What a wording can name, by what it belongs to. */
export const VARIABLES = {
  guest: ["guest.name", "guest.first_name", "party.number", "party.names|join", "party.size"],
  event: [
    "event.title",
    "event.tagline",
    "event.date",
    "event.time",
    "event.place",
    "event.map_url",
    "event.organizer",
  ],
  words: ["message"],
  links: [
    "links.page",
    "links.download",
    "links.calendar",
    "links.yes",
    "links.no",
    "links.still",
    "links.preferences",
    "links.unsubscribe",
  ],
  look: ["brand.sender", "brand.organizer", "brand.colour", "brand.ink"],
  change: ["change.what", "change.after", "event.reason"],
  reminder: ["reminder.when"],
  feedback: ["links.feedback"],
} as const;

export type VariableGroup = keyof typeof VARIABLES;

/** Groups that say nothing in other kinds of messages. */
const ONLY_IN: Partial<Record<VariableGroup, readonly MessageKind[]>> = {
  change: ["change", "cancelled"],
  reminder: ["reminder"],
  feedback: ["rating", "review"],
};

/** The groups of what this kind of message can name. */
export const groupsOf = (kind: MessageKind): VariableGroup[] =>
  (Object.keys(VARIABLES) as VariableGroup[]).filter((group) => ONLY_IN[group]?.includes(kind) ?? true);

/** A text with something put in place of what is selected, and where the cursor then stands. */
export function insertAt(text: string, from: number, until: number, inserted: string): { text: string; at: number } {
  return { text: text.slice(0, from) + inserted + text.slice(until), at: from + inserted.length };
}

/** Where a line begins and ends; the last one where there are fewer. */
export function lineAt(text: string, line: number): { from: number; until: number } {
  let from = 0;
  for (let n = 1; n < line; n += 1) {
    const end = text.indexOf("\n", from);
    if (end < 0) break;
    from = end + 1;
  }
  const end = text.indexOf("\n", from);
  return { from, until: end < 0 ? text.length : end };
}
