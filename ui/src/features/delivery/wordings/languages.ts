/** Languages that there are usual wordings in. */
const USUAL = ["en", "es", "fr"] as const;

const primary = (language: string) => language.split("-")[0]?.toLowerCase();

/** Languages that an event's messages are worded in: its own, and those that it does not stand for. */
export const languagesOf = (own: string): string[] => [own, ...USUAL.filter((known) => known !== primary(own))];
