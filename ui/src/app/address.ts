import { useCallback, useMemo, useSyncExternalStore } from "react";

export const PLACES = ["overview", "guests", "invitations", "tickets", "history"] as const;

export type Place = (typeof PLACES)[number];

/** Where the person is: all of it stands in the address, so that a reload changes nothing. */
export interface Address {
  /** The event's id; null before one is chosen. */
  event: string | null;
  place: Place;
  /** What is searched for. */
  text: string;
  /** Id of the row whose pane is open. */
  open: string | null;
}

const isPlace = (word: string): word is Place => (PLACES as readonly string[]).includes(word);

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function readAddress(path: string, search: string): Address {
  const [first, event, place] = path.split("/").filter((part) => part !== "");
  const values = new URLSearchParams(search);
  return {
    event: first === "events" && event !== undefined ? decode(event) : null,
    place: place !== undefined && isPlace(place) ? place : "overview",
    text: values.get("q") ?? "",
    open: values.get("open"),
  };
}

export function writeAddress(address: Address): string {
  if (address.event === null) return "/";
  const values = new URLSearchParams();
  if (address.text !== "") values.set("q", address.text);
  if (address.open !== null) values.set("open", address.open);
  const search = values.toString();
  return `/events/${encodeURIComponent(address.event)}/${address.place}${search === "" ? "" : `?${search}`}`;
}

const MOVED = "gatehouse:moved";

function listen(hear: () => void): () => void {
  window.addEventListener("popstate", hear);
  window.addEventListener(MOVED, hear);
  return () => {
    window.removeEventListener("popstate", hear);
    window.removeEventListener(MOVED, hear);
  };
}

export interface Going {
  address: Address;
  /** Goes to a new place in the browser's history. */
  go(to: Partial<Address>): void;
  /** Changes the address where it stands, for what is typed and selected. */
  settle(to: Partial<Address>): void;
}

export function useAddress(): Going {
  const href = useSyncExternalStore(listen, () => window.location.pathname + window.location.search);
  const address = useMemo(() => {
    const [path = "", search = ""] = href.split("?", 2);
    return readAddress(path, search);
  }, [href]);
  const move = useCallback((to: Partial<Address>, how: "pushState" | "replaceState") => {
    const here = readAddress(window.location.pathname, window.location.search);
    const there = writeAddress({ ...here, ...to });
    if (there !== window.location.pathname + window.location.search) {
      window.history[how](null, "", there);
      window.dispatchEvent(new Event(MOVED));
    }
  }, []);
  const go = useCallback((to: Partial<Address>) => move(to, "pushState"), [move]);
  const settle = useCallback((to: Partial<Address>) => move(to, "replaceState"), [move]);
  return { address, go, settle };
}
