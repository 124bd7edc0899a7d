/** Small choices of one browser. Without storage they last one visit. */

export type Choice = "theme" | "language" | "event" | "gate" | `columns.${string}`;

export function recall(key: Choice): string | null {
  try {
    return localStorage.getItem(`gatehouse.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: Choice, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`gatehouse.${key}`);
    else localStorage.setItem(`gatehouse.${key}`, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}
