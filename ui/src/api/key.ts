/** The key of the machine's owner: given once in the address, kept as long as the window. */

const KEPT = "gatehouse.key";

/**
 * Windows of this office tell each other a new key: a program that was started again has another.
 * Only pages of the same address hear it.
 */
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(KEPT) : null;

/** Takes `#key=…` out of the address, so that it is in no history, and keeps it. */
export function takeKey(): void {
  const { hash, pathname, search } = window.location;
  const key = new URLSearchParams(hash.slice(1)).get("key");
  if (key === null) return;
  window.history.replaceState(window.history.state, "", pathname + search);
  keep(key);
  channel?.postMessage(key);
}

function keep(key: string): void {
  try {
    sessionStorage.setItem(KEPT, key);
  } catch {
    // Without storage the key is good until the page is loaded anew.
  }
  given = key;
}

/** Hears that another window was given a key, which is then this one's too, if it had one. */
export function onDeskKey(hear: () => void): void {
  channel?.addEventListener("message", ({ data }) => {
    if (typeof data !== "string" || deskKey() === null) return;
    keep(data);
    hear();
  });
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
