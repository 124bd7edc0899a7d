/** The compact form of a token: the packed bytes of docs/formats.md back to header, payload and signature. */
import { readBase64url, writeBase64url } from "./base64url";

export interface Parts {
  header: Uint8Array<ArrayBuffer>;
  payload: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

/** The form's first byte: values alone; two low bits say more. */
const SLIM = 0x10;
const SLIM_EDDSA = 0x01;
const SLIM_WHOLE_ID = 0x02;
const STORED = 0x1e;
const DEFLATED = 0x1f;

/** The most bytes that a header and a payload unpack to. */
const PLAIN_LIMIT = 6 * 1024;

/** What deflated tokens refer back to. It is part of the form and never changes. */
const DICTIONARY =
  '{"alg":"EdDSA","kid":"@gmail.com","@outlook.com","@example.org","","attendeeEmail":"Conference GalaVIPStandardGeneral AdmissionRow Table Seat {"alg":"RS256","kid":"","typ":"ticket+jwt"}{"ticketId":"-8000-8","bookingId":"","eventId":"","eventName":"","attendeeName":"","ticketType":"","seatNumber":"","cv":1,"iat":17,"nbf":17,"exp":18}';

const encoder = new TextEncoder();

/** What bytes that no packing makes are thrown as, within this file. */
class Damaged extends Error {}

/** The parts that `bytes` were packed from; null for bytes that no packing makes. */
export async function unpack(bytes: Uint8Array): Promise<Parts | null> {
  try {
    const reader = new Reader(bytes);
    const form = reader.byte();
    if (form === STORED) return unpackStored(reader);
    if (form === DEFLATED) return await unpackDeflated(reader);
    return (form & ~(SLIM_EDDSA | SLIM_WHOLE_ID)) === SLIM ? unpackSlim(form, reader) : null;
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

function unpackSlim(form: number, reader: Reader): Parts {
  const kid = writeBase64url(reader.take(8));
  const event = reader.take(16);
  let ticket = reader.take((form & SLIM_WHOLE_ID) === 0 ? 12 : 16);
  const beginning = event.subarray(0, 4);
  if (ticket.length === 12) {
    ticket = joinBytes(beginning, ticket);
  } else if (beginning.every((byte, i) => byte === ticket[i])) {
    // One token has one packing.
    throw new Damaged();
  }
  const version = reader.varint();
  if (version > 0xffff_ffffn) throw new Damaged();
  const issuedAt = BigInt(new DataView(reader.take(4).buffer).getUint32(0));
  const notBefore = within64(issuedAt + unzigzag(reader.varint()));
  const expiresAt = within64(issuedAt + unzigzag(reader.varint()));
  const alg = (form & SLIM_EDDSA) === 0 ? "RS256" : "EdDSA";
  const header = `{"alg":"${alg}","kid":"${kid}","typ":"ticket+jwt"}`;
  const payload =
    `{"tid":"${writeBase64url(ticket)}","cv":${version},"eid":"${writeBase64url(event)}",` +
    `"iat":${issuedAt},"nbf":${notBefore},"exp":${expiresAt}}`;
  return { header: encoder.encode(header), payload: encoder.encode(payload), signature: reader.rest() };
}

function unpackStored(reader: Reader): Parts {
  const [headerLength, payloadLength] = reader.lengths();
  return {
    header: reader.take(headerLength),
    payload: reader.take(payloadLength),
    signature: reader.rest(),
  };
}

async function unpackDeflated(reader: Reader): Promise<Parts> {
  const [headerLength, payloadLength] = reader.lengths();
  const deflated = reader.take(Number(reader.varint()));
  const plain = await inflate(deflated, headerLength + payloadLength);
  return { header: plain.slice(0, headerLength), payload: plain.slice(headerLength), signature: reader.rest() };
}

/**
 * The `length` bytes that `deflated` unpacks to, no more and no fewer.
 *
 * Browsers take no dictionary for deflate. A stored block that holds the dictionary, put before
 * the stream, fills the same window, and its bytes come out first. What follows the stream's end
 * is refused by the browser (Compression Standard).
 */
async function inflate(deflated: Uint8Array, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const known = encoder.encode(DICTIONARY);
  const block = new DataView(new ArrayBuffer(5));
  block.setUint16(1, known.length, true);
  block.setUint16(3, ~known.length & 0xffff, true);
  const whole = joinBytes(new Uint8Array(block.buffer), joinBytes(known, deflated));
  const reader = new Blob([whole]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const plain = new Uint8Array(known.length + length);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (filled + value.length > plain.length) throw new Damaged();
      plain.set(value, filled);
      filled += value.length;
    }
  } catch {
    // Damaged, cut off, or more than was declared; what is left of it isn't unpacked.
    await reader.cancel().catch(() => undefined);
    throw new Damaged();
  }
  if (filled !== plain.length) throw new Damaged();
  return plain.slice(known.length);
}

/** Bytes being read from the front. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    if (!Number.isSafeInteger(length) || length > this.#bytes.length - this.#at) throw new Damaged();
    const taken = this.#bytes.slice(this.#at, this.#at + length) as Uint8Array<ArrayBuffer>;
    this.#at += length;
    return taken;
  }

  rest(): Uint8Array<ArrayBuffer> {
    return this.take(this.#bytes.length - this.#at);
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** A number of at most 64 bits in groups of 7, lowest first, in its shortest form. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = this.byte();
      const group = BigInt(byte & 0x7f);
      if (shift === 63n && group > 1n) break;
      value |= group << shift;
      if ((byte & 0x80) !== 0) continue;
      if (byte === 0 && shift > 0n) break;
      return value;
    }
    throw new Damaged();
  }

  /** The lengths of a header and a payload, together within the limit. */
  lengths(): [number, number] {
    const header = this.varint();
    const payload = this.varint();
    if (header + payload > BigInt(PLAIN_LIMIT)) throw new Damaged();
    return [Number(header), Number(payload)];
  }
}

const unzigzag = (value: bigint) => (value >> 1n) ^ -(value & 1n);

function within64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new Damaged();
  return value;
}

export function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** The 16 bytes of a short id as a UUID with hyphens; null where the text is no such id. */
export function uuidOfShort(text: string): string | null {
  const bytes = text.length === 22 ? readBase64url(text) : null;
  return bytes === null ? null : uuidOf(bytes);
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
