/** Bytes of one picture at most, as the office takes them. */
export const MOST_BYTES = 10 * 1024 * 1024;

/** Characters of what a picture shows, at most. */
export const MOST_CAPTION = 300;

/** Pictures that a public event shows at least. */
export const FEWEST_PUBLIC = 3;

/** Endings of what the office takes: PNG, JPEG and WebP. */
export const ENDINGS = ["png", "jpg", "jpeg", "webp"] as const;

/** A picture that was chosen and is not added yet. */
export interface Waiting {
  key: string;
  file: File;
  caption: string;
  /** What the office refused it for. */
  error: unknown;
}

/** Why a file is left out before it is sent; null when it may be sent. */
export function whyLeftOut(file: Pick<File, "name" | "size">): "kind" | "size" | null {
  const ending = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  if (!(ENDINGS as readonly string[]).includes(ending)) return "kind";
  return file.size > MOST_BYTES ? "size" : null;
}

/** How many more pictures an event needs to be public. */
export const missingPhotos = (kept: number): number => Math.max(0, FEWEST_PUBLIC - kept);
