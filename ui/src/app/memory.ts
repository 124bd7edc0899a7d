/** Small choices of one browser: theme, language. Without storage they last one visit. */

export function recall(key: "theme" | "language"): string | null {
  try {
    return localStorage.getItem(`gatehouse.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: "theme" | "language", value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`gatehouse.${key}`);
    else localStorage.setItem(`gatehouse.${key}`, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}
