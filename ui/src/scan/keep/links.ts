/** Which links this phone was opened by, so that the installed page finds its way without one. */
import { writeBase64url } from "../token/base64url";
import { completed, openDatabase, resultOf } from "./database";

export interface Link {
  token: string;
  title: string;
  deviceName: string;
  openedAt: number;
}

const LINKS = "links";

const open = () =>
  openDatabase("gatehouse-scan-links", 1, (database) => {
    database.createObjectStore(LINKS, { keyPath: "token" });
  });

/** The links, the newest first. */
export async function knownLinks(): Promise<Link[]> {
  const database = await open();
  const links = (await resultOf(database.transaction(LINKS).objectStore(LINKS).getAll())) as Link[];
  database.close();
  return links.sort((a, b) => b.openedAt - a.openedAt);
}

export async function rememberLink(link: Link): Promise<void> {
  const database = await open();
  const transaction = database.transaction(LINKS, "readwrite");
  transaction.objectStore(LINKS).put(link);
  await completed(transaction);
  database.close();
}

export async function forgetLink(token: string): Promise<void> {
  const database = await open();
  const transaction = database.transaction(LINKS, "readwrite");
  transaction.objectStore(LINKS).delete(token);
  await completed(transaction);
  database.close();
}

/** A name for what a link keeps, from which the link can't be told. */
export async function nameOfLink(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return writeBase64url(new Uint8Array(digest).subarray(0, 12));
}

/** The token of an address such as `/scan/<token>`, or of a link that was pasted; null without one. */
export function tokenOf(address: string): string | null {
  const path = address.trim().replace(/^[a-z]+:\/\/[^/]+/i, "").replace(/[?#].*$/, "");
  const [, token] = /^\/scan\/([\w-]{8,200})\/?$/.exec(path) ?? [];
  return token ?? null;
}
