/** What is printed on a colour: white, or the ink of every page. */
const TEXTS = ["#ffffff", "#1b1a17"] as const;

/** The least contrast at which small text is read with ease: WCAG 2.2, 1.4.3. */
export const READABLE = 4.5;

/** Whether a text is a colour such as `#1d6f42`. */
export const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

/** Relative luminance of a colour such as `#1d6f42`, 0 to 1: WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Contrast of whichever text is easier to read on a colour. */
export const bestContrast = (colour: string): number =>
  Math.max(...TEXTS.map((text) => contrast(text, colour)));
