/** Colours that are proposed: each prints well, and one of the two texts is easy to read on it. */
export const SWATCHES = {
  blue: "#2e4bd8",
  sky: "#7cc7eb",
  teal: "#0b6e5b",
  green: "#1d6f42",
  amber: "#f2a41c",
  orange: "#c8441b",
  red: "#9a1f18",
  plum: "#7a2e7d",
  ink: "#2b2a28",
} as const;

export type SwatchName = keyof typeof SWATCHES;
