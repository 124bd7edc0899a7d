/** The colours of every screen, by what they are for. Contrasts are those of the design's page. */
export interface Tokens {
  ground: string;
  raised: string;
  hover: string;
  chosen: string;
  ink: string;
  quiet: string;
  /** Hairlines, which separate and mean nothing. */
  line: string;
  /** Edges of what can be typed into or pressed: 3 to 1 against the ground. */
  edge: string;
  accent: string;
  "on-accent": string;
  good: string;
  bad: string;
  look: string;
  wait: string;
  shadow: string;
  veil: string;
}

export const LIGHT: Tokens = {
  ground: "#fbfaf7",
  raised: "#ffffff",
  hover: "#f3f1ea",
  chosen: "#edf0fb",
  ink: "#1b1a17",
  quiet: "#5c594f",
  line: "#e4e0d6",
  edge: "#8a8678",
  accent: "#2e4bd8",
  "on-accent": "#ffffff",
  good: "#0e7c3f",
  bad: "#b3261e",
  look: "#ffc53d",
  wait: "#7a5200",
  shadow: "0 12px 40px rgb(27 26 23 / 18%), 0 2px 8px rgb(27 26 23 / 10%)",
  veil: "rgb(27 26 23 / 28%)",
};

export const DARK: Tokens = {
  ground: "#151412",
  raised: "#1e1d1a",
  hover: "#211f1c",
  chosen: "#262a40",
  ink: "#f2efe8",
  quiet: "#c9c4b8",
  line: "#33312c",
  edge: "#837e72",
  accent: "#8ea2ff",
  "on-accent": "#151412",
  good: "#3ddc84",
  bad: "#ff8a80",
  look: "#ffc53d",
  wait: "#ffc53d",
  shadow: "0 12px 40px rgb(0 0 0 / 60%), 0 0 0 1px #33312c",
  veil: "rgb(0 0 0 / 50%)",
};

/** The sizes of type, in pixels at the browser's usual setting. */
export const SIZES = [13, 15, 18, 24, 32, 48] as const;
