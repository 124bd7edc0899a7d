import { describe, expect, it } from "vitest";
import { readBase45 } from "./base45";
import { readBase64url, toBase64, writeBase64url } from "./base64url";
import { unpack } from "./compact";
import { readClaims, readToken } from "./token";
import { keyId, type KeyLine, Verifier } from "./verify";
import tokens from "./cases/tokens.json";

const bytes = (text: string) => new TextEncoder().encode(text);
const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** What the office's own tests hold to be the form on paper, with the key that signs them. */
const SLIM_JWT =
  "eyJhbGciOiJFZERTQSIsImtpZCI6Ik1rdmkzcWk4UkVZIiwidHlwIjoidGlja2V0K2p3dCJ9.eyJ0aWQiOiJfdTBBQWFHeWpEMk9UXzdjdXBoMlZBIiwiY3YiOjEsImVpZCI6Il91MEFBYUd5akQyT1R3RWpSV2VKcXciLCJpYXQiOjE3OTUwMDAwMDAsIm5iZiI6MTc5NTAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwfQ.H5M7kglsONtMTBb25D_V5OJNVfG1tzY3Jf5p-31234q4NxwOCaxe4B_J6VyYa3wn0a8PqmnMsmkbWqqz2-7TAA";
const SLIM_COMPACT =
  "GH1:$72VQ9U6S1 N*/8C/TC90XPM8Z7K:9TK404DHVLXPM8Z735AV+RFCJ+RATNDQ1H%20GMO4AJS:3+N7R81K872T9S+2L%S 1RIRS-%AY/MJ%66 4-HDX%FVBS:CNRO31A1X:B$04PMT4CJDVF*MQ5:1*GD/OMRK34QL7 RGUQ";
const FULL_COMPACT =
  "GH1:P.30VG:HO9WLFG3W5O:$CG4P+FJTD8$HIK/NY1J6LJ9-UGIKYNK NII1M6PM.NHE 8WD9Z.DUJDGKECPKX+G7JJS91-08JDDB8G*I2*ZI1GOQMOQHPX*OJ+PYOO/868Z5L48SJLA8KG8AUIIT42F+S-IJ2EA0HILKBOG3/$KO.AL61C9P+ZPS-HQ280MBWHT  J:PHGDGPE8LCW1VODBO0*PBR3-BT9:RDMIG A.F5TQRWEHB7CTI80E2BPPZKQ230LE58GC*CIRC5B%V8BJG31XRCT*OWGOH*O6Q01AF%506ATO3TRID0C2B92N1B1-R5U1GM26%0U%UZ7AMJUT213H64REKKES%GYKU%+OL.NJA0LI3FW2ORK8K6%W32$PESMJA4+FQ30";
const PACKED_EVENT = "feed0001-a1b2-8c3d-8e4f-0123456789ab";
const PACKED_TICKET = "feed0001-a1b2-8c3d-8e4f-fedcba987654";

describe("Base45", () => {
  it.each([
    ["AB", "BB8"],
    ["Hello!!", "%69 VD92EX0"],
    ["base-45", "UJCLQE7W581"],
    ["", ""],
    ["ietf!", "QED8WEX0"],
  ])("%s is written %s", (plain, text) => {
    expect(readBase45(text)).toEqual(bytes(plain));
  });

  it.each(["GGW", ":::", "::", "V5", "A", "AAAA", "aa8", "BB,", "B\u{e9}8", "BB\n"])("%j stands for nothing", (text) => {
    expect(readBase45(text)).toBeNull();
  });
});

describe("base64url", () => {
  it.each(["", "AA", "_w", "_-8"])("%j comes back", (text) => {
    const read = readBase64url(text);
    expect(read === null ? null : writeBase64url(read)).toBe(text);
  });
  it.each(["A", "AB", "AA=", "A+", "Æ", "AAAA A"])("%j stands for nothing", (text) => {
    expect(readBase64url(text)).toBeNull();
  });
});

describe("the compact form", () => {
  it.each([{ says: "slim with an Ed25519 key", compact: SLIM_COMPACT, jwt: SLIM_JWT }, ...tokens])(
    "of $says is the JWT, byte for byte",
    async ({ compact, jwt }) => {
      expect((await readToken(compact))?.jwt).toBe(jwt);
      expect((await readToken(jwt))?.jwt).toBe(jwt);
    },
  );

  it("of a full token, which is deflated, tells its claims", async () => {
    const token = await readToken(FULL_COMPACT);
    const said = new TextDecoder().decode(token?.payload);
    expect(said).toContain('"attendeeName":"Zoë Šlâpfer-O’Neill 王"');
    expect(token && readClaims(token.payload)).toMatchObject({ event: PACKED_EVENT, ticket: PACKED_TICKET, version: 1 });
  });

  it.each([
    ["blanks", `\n  ${SLIM_COMPACT} \r\n`],
    ["a symbology identifier", `]Q1${SLIM_COMPACT}`],
    ["an ECI escape", `]Q2\\000026${SLIM_COMPACT}`],
    ["a byte order mark", `\ufeff${SLIM_COMPACT}`],
  ])("is read after %s", async (_, text) => {
    expect((await readToken(text))?.jwt).toBe(SLIM_JWT);
  });

  const packed = readBase45(SLIM_COMPACT.slice(4)) ?? new Uint8Array();
  const changed = (at: number, byte: number) => {
    const copy = Uint8Array.from(packed);
    copy[at] = byte;
    return copy;
  };

  it.each([
    ["nothing", new Uint8Array()],
    ["an unknown form", changed(0, 0x14)],
    ["another unknown form", changed(0, 0x20)],
    ["what ends too early", packed.slice(0, 40)],
    ["a longer spelling of a number", hex("1e8000")],
    ["a number of more than 64 bits", hex(`1e${"ff".repeat(9)}02`)],
    ["lengths beyond the limit", hex("1e8130813000")],
    ["lengths beyond what is there", hex("1e0a0a00")],
    ["a whole id that could be short", hex(`12${"00".repeat(8)}${"aabbccdd".repeat(4)}${"aabbccdd".repeat(4)}01000000000000`)],
    ["no deflate stream", hex("1f0505040102030405")],
  ])("refuses %s", async (_, given) => {
    expect(await unpack(given)).toBeNull();
  });

  it("refuses a stream that unpacks to more, or less, than it says, or is cut off", async () => {
    // 4,000 zeros.
    const pressed = new Blob([new Uint8Array(4_000)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const stream = new Uint8Array(await new Response(pressed).arrayBuffer());
    const varint = (value: number) => (value < 128 ? [value] : [(value & 0x7f) | 0x80, value >> 7]);
    const form = (length: number, body: Uint8Array) =>
      Uint8Array.from([0x1f, ...varint(10), ...varint(length - 10), ...varint(body.length), ...body]);
    expect((await unpack(form(4_000, stream)))?.payload.length).toBe(3_990);
    for (const length of [20, 3_999, 4_001, 6_000]) expect(await unpack(form(length, stream)), String(length)).toBeNull();
    expect(await unpack(form(4_000, stream.slice(0, -1)))).toBeNull();
  });

  it("is refused unread when it is too long", async () => {
    expect(await readToken(`GH1:${"0".repeat(8_190)}`)).toBeNull();
    expect(await readToken(`${"é".repeat(4_200)}`)).toBeNull();
  });
});

describe("what is no token", () => {
  it.each(["", "hello", "a.b", "a.b.c.d", ".e30.", "https://example.org/ticket/1", "GH1:", "GH0:BB8", "eyJ.e30.=="])(
    "%j",
    async (text) => {
      expect(await readToken(text)).toBeNull();
    },
  );
});

describe("claims", () => {
  const slim = { tid: "_u0AAaGyjD2OT_7cuph2VA", cv: 1, eid: "_u0AAaGyjD2OTwEjRWeJqw", iat: 1, nbf: 2, exp: 3 };
  const read = (text: string) => readClaims(bytes(text));

  it("are read in any order, with claims that nobody knows left aside", () => {
    const { tid, ...rest } = slim;
    const claims = read(JSON.stringify({ ...rest, seat: { row: [1, "]}", '"'] }, tid }));
    expect(claims).toEqual({ ticket: PACKED_TICKET, event: PACKED_EVENT, version: 1, issuedAt: 1, notBefore: 2, expiresAt: 3 });
  });

  it.each([
    ["a claim twice", '{"tid":"_u0AAaGyjD2OT_7cuph2VA","cv":1,"cv":2,"eid":"_u0AAaGyjD2OTwEjRWeJqw","iat":1,"nbf":2,"exp":3}'],
    ["a claim missing", JSON.stringify({ ...slim, exp: undefined })],
    ["a number as text", JSON.stringify({ ...slim, cv: "1" })],
    ["a fraction", JSON.stringify(slim).replace('"cv":1', '"cv":1.5')],
    ["an exponent", JSON.stringify(slim).replace('"cv":1', '"cv":1e0')],
    ["a version below nothing", JSON.stringify({ ...slim, cv: -1 })],
    ["a version beyond 32 bits", JSON.stringify({ ...slim, cv: 4_294_967_296 })],
    ["both sets at once", JSON.stringify({ ...slim, ticketId: PACKED_TICKET })],
    ["an id that is too short", JSON.stringify({ ...slim, tid: "abc" })],
    ["a list", "[]"],
    ["something after it", `${JSON.stringify(slim)}{}`],
    ["no JSON", "{"],
  ])("are refused with %s", (_, text) => {
    expect(read(text)).toBeNull();
  });
});

describe("a verifier", () => {
  const lines: KeyLine[] = tokens.map(({ kid, alg, spki, event }) => ({ kid, alg, spki, event, status: "active" }));
  const [rsa, ed] = tokens;

  it.each(tokens)("admits $says in both forms", async ({ event, ticket, compact, jwt }) => {
    const verifier = await Verifier.with(event, lines);
    for (const text of [compact, jwt]) {
      expect(await verifier.verify(text)).toMatchObject({ claims: { ticket, event, version: 1 } });
    }
  });

  const refusal = async (text: string, keys: readonly KeyLine[], event = rsa?.event ?? "") => {
    const verified = await (await Verifier.with(event, keys)).verify(text);
    return "refusal" in verified ? verified.refusal : "verified";
  };
  const jwt = rsa?.jwt ?? "";
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const headed = (head: object | string) =>
    [writeBase64url(bytes(typeof head === "string" ? head : JSON.stringify(head))), payload, signature].join(".");
  const kid = rsa?.kid ?? "";

  it.each([
    ["another payload", [header, writeBase64url(bytes("{}")), signature].join("."), "invalid_signature"],
    ["another signature", [header, payload, `A${signature.slice(1)}`].join("."), "invalid_signature"],
    ["no signature", [header, payload, ""].join("."), "invalid_signature"],
    ["a signature that is too long", [header, payload, `${signature}AAAA`].join("."), "malformed or invalid"],
    ["alg none", headed({ alg: "none", kid, typ: "ticket+jwt" }), "unsupported_algorithm"],
    ["HS256 with the public key", headed({ alg: "HS256", kid, typ: "ticket+jwt" }), "unsupported_algorithm"],
    ["the algorithm of another key", headed({ alg: "EdDSA", kid, typ: "ticket+jwt" }), "unsupported_algorithm"],
    ["a key that points elsewhere", headed({ alg: "RS256", kid, typ: "ticket+jwt", jku: "https://example.org" }), "malformed"],
    ["a key twice", headed(`{"alg":"RS256","kid":"${kid}","kid":"${kid}","typ":"ticket+jwt"}`), "malformed"],
    ["another kind of token", headed({ alg: "RS256", kid, typ: "JWT" }), "malformed"],
    ["a key id that is none", headed({ alg: "RS256", kid: "abc", typ: "ticket+jwt" }), "malformed"],
    ["no algorithm", headed({ kid, typ: "ticket+jwt" }), "malformed"],
    ["an unknown key", headed({ alg: "RS256", kid: "AAAAAAAAAAA", typ: "ticket+jwt" }), "unknown_key"],
    ["something else", "https://example.org", "malformed"],
  ])("refuses %s", async (_, text, expected) => {
    const found = await refusal(text, lines);
    if (expected === "malformed or invalid") expect(["malformed", "invalid_signature"]).toContain(found);
    else expect(found).toBe(expected);
  });

  it("refuses what a revoked key signed, before it believes any of it", async () => {
    expect(await refusal(jwt, lines.map((line) => ({ ...line, status: "revoked" })))).toBe("revoked_key");
    expect(await refusal(jwt, lines.map((line) => ({ ...line, status: "rotated" })))).toBe("verified");
  });

  it("knows a ticket of another event from a forged one", async () => {
    expect(await refusal(ed?.jwt ?? "", lines)).toBe("wrong_event");
    // Signed by this event's key, for another: the key stands for the event.
    const strayed = tokens.map(({ kid: own, alg, spki }) => ({ kid: own, alg, spki, status: "active" }));
    expect(await refusal(jwt, strayed, PACKED_EVENT)).toBe("wrong_event");
  });

  it("takes in no key under a name that is not its own", async () => {
    const [line] = lines;
    const renamed = line === undefined ? [] : [{ ...line, kid: ed?.kid ?? "" }];
    expect(await refusal(jwt, renamed)).toBe("unknown_key");
    const unnamed = lines.map((one) => ({ ...one, kid: [1, 2, 3] }));
    expect(await refusal(jwt, unnamed)).toBe("verified");
  });

  it("says wrong types where the key signed something that is no ticket", async () => {
    const keys = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
    const der = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
    const own = await keyId(der);
    const signed = [{ alg: "EdDSA", kid: own, typ: "ticket+jwt" }, { hello: 1 }]
      .map((part) => writeBase64url(bytes(JSON.stringify(part))))
      .join(".");
    const by = new Uint8Array(await crypto.subtle.sign("Ed25519", keys.privateKey, bytes(signed)));
    const line = { kid: own, alg: "EdDSA", spki: toBase64(der), status: "active" };
    expect(await refusal(`${signed}.${writeBase64url(by)}`, [line])).toBe("wrong_types");
  });

  it("names the keys that this browser can't compute with", async () => {
    const der = bytes("no key at all");
    const line = { kid: await keyId(der), alg: "RS256", spki: toBase64(der), status: "active" };
    expect((await Verifier.with(PACKED_EVENT, [line])).beyond).toEqual([line.kid]);
  });
});
