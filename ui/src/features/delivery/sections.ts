/** The parts of the place, in the order of its tabs. */
export const SECTIONS = ["overview", "messages", "mailings", "news", "wordings"] as const;

export type Section = (typeof SECTIONS)[number];

/** What the address names as open while a mailing is being made. */
export const NEW = "new";
