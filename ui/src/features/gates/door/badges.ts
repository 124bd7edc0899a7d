import type { BadgeSettings } from "../../../api/gate";

type Kind = BadgeSettings["kind"];
type Paper = BadgeSettings["paper"];

export const KINDS = ["nothing", "badge", "receipt"] as const satisfies readonly Kind[];

const BADGES: readonly Paper[] = ["card", "a6", "label62", "roll80"];
const RECEIPTS: readonly Paper[] = ["roll80", "roll58"];

/** The papers that a kind is printed on, the usual one first. */
export const papersOf = (kind: Kind): readonly Paper[] => (kind === "receipt" ? RECEIPTS : BADGES);

/** The settings with another kind, on paper that fits it; a receipt shows no code. */
export function withKind(badge: BadgeSettings, name: string): BadgeSettings {
  const kind = KINDS.find((known) => known === name) ?? "nothing";
  const papers = papersOf(kind);
  const [usual] = papers;
  const paper = papers.includes(badge.paper) ? badge.paper : (usual ?? badge.paper);
  return { ...badge, kind, paper, code: badge.code && kind === "badge" };
}
