/** A ticket's token in either form. Its signature is judged in `verify.ts`. */
import { readBase45 } from "./base45";
import { readBase64url, writeBase64url } from "./base64url";
import { type Parts, unpack, uuidOfShort } from "./compact";
import { Members } from "./members";

/** What a compact token begins with. */
const COMPACT_PREFIX = "GH1:";
/** The longest text that is looked at, in bytes. */
const TEXT_LIMIT = 8 * 1024;
/** The longest JWT text, in bytes. */
const JWT_LIMIT = 7 * 1024;

export interface Token extends Parts {
  /** The JWT text. */
  jwt: string;
  /** What the signature is over. */
  signed: Uint8Array<ArrayBuffer>;
}

/** What a token says; times are seconds since 1970. */
export interface Claims {
  ticket: string;
  version: number;
  event: string;
  issuedAt: number;
  notBefore: number;
  expiresAt: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 as text; null where it isn't UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Reads a token as a camera, a scanner or a keyboard gives it; null for what is no token. */
export async function readToken(given: string): Promise<Token | null> {
  if (given.length > TEXT_LIMIT || encoder.encode(given).length > TEXT_LIMIT) return null;
  const text = withoutReaderPrefix(given);
  if (!text.startsWith(COMPACT_PREFIX)) return readJwt(text);
  const bytes = readBase45(text.slice(COMPACT_PREFIX.length));
  const parts = bytes === null || bytes.length > TEXT_LIMIT ? null : await unpack(bytes);
  if (parts === null || parts.header.length === 0) return null;
  const jwt = [parts.header, parts.payload, parts.signature].map(writeBase64url).join(".");
  return jwt.length > JWT_LIMIT ? null : withSigned(jwt, parts);
}

function readJwt(text: string): Token | null {
  if (text.length > JWT_LIMIT) return null;
  const texts = text.split(".");
  if (texts.length !== 3 || texts[0] === "") return null;
  const [header, payload, signature] = texts.map(readBase64url);
  if (!header || !payload || !signature) return null;
  return withSigned(text, { header, payload, signature });
}

function withSigned(jwt: string, parts: Parts): Token {
  return { ...parts, jwt, signed: encoder.encode(jwt.slice(0, jwt.lastIndexOf("."))) };
}

/** Drops blanks around a text and what readers put before it: `]Q1` (ISO/IEC 15424), `\000026` (ECI). */
function withoutReaderPrefix(given: string): string {
  return given
    .replace(/^[ \t\n\f\r\ufeff]+|[ \t\n\f\r\ufeff]+$/g, "")
    .replace(/^\][A-z][\dA-F]/, "")
    .replace(/^\\\d{6}/, "");
}

/** Reads either claim set in any order; null where a claim is missing, doubled or of the wrong type. */
export function readClaims(payload: Uint8Array): Claims | null {
  const members = Members.read(textOf(payload) ?? "");
  if (members === null) return null;
  const slim = members.has("tid");
  if (slim === members.has("ticketId")) return null;
  const ticket = slim ? uuidOfShort(members.text("tid") ?? "") : longId(members.text("ticketId"));
  const event = slim ? uuidOfShort(members.text("eid") ?? "") : longId(members.text("eventId"));
  if (!slim) {
    const named = ["eventName", "attendeeName", "ticketType"].every((name) => members.text(name) !== null);
    const perhaps = ["attendeeEmail", "seatNumber"].every((name) => members.optionalText(name));
    if (!named || !perhaps || longId(members.text("bookingId")) === null) return null;
  }
  const version = members.integer("cv");
  const issuedAt = members.integer("iat");
  const notBefore = members.integer("nbf");
  const expiresAt = members.integer("exp");
  if (ticket === null || event === null || version === null || version < 0 || version > 0xffff_ffff) return null;
  if (issuedAt === null || notBefore === null || expiresAt === null) return null;
  return { ticket, version, event, issuedAt, notBefore, expiresAt };
}

/** An id of 36 characters with hyphens. */
function longId(text: string | null): string | null {
  return text !== null && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : null;
}
