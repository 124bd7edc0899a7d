/** The key of the machine's owner: given once in the address, kept as long as the window. */

const KEPT = "gatehouse.key";

/** Takes `#key=…` out of the address, so that it is in no history, and keeps it. */
export function takeKey(): void {
  const { hash, pathname, search } = window.location;
  const key = new URLSearchParams(hash.slice(1)).get("key");
  if (key === null) return;
  window.history.replaceState(window.history.state, "", pathname + search);
  try {
    sessionStorage.setItem(KEPT, key);
  } catch {
    // Without storage the key is good until the page is loaded anew.
  }
  given = key;
}

let given: string | null = null;

export function deskKey(): string | null {
  if (given !== null) return given;
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
