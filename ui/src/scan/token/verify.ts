/** Which key signed a token, and is that key good here? Each key has one algorithm, named by the office. */
import { type Claims, readClaims, readToken, textOf, type Token } from "./token";
import { fromBase64, readBase64url, writeBase64url } from "./base64url";
import { Members } from "./members";

export type Algorithm = "RS256" | "EdDSA";

/**
 * A key as the office's list names it, with its algorithm or its profile; `spki` is base64. Its id
 * is made from the key itself: one that stands here as text has to be the same.
 */
export interface KeyLine {
  kid?: unknown;
  alg?: string;
  profile?: string;
  spki: string;
  status: string;
  /** The event whose tickets it signs; this one where nothing is said. */
  event?: string;
}

/** Why a token is refused. */
export type TokenRefusal =
  | "malformed"
  | "unsupported_algorithm"
  | "unknown_key"
  | "invalid_signature"
  | "revoked_key"
  | "wrong_types"
  | "wrong_event";

export type Verified = { token: Token; claims: Claims } | { refusal: TokenRefusal };

const IMPORT = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
} as const;

interface Key {
  alg: Algorithm;
  key: CryptoKey;
  status: string;
  event: string;
}

/** Verifies tokens at one event. */
export class Verifier {
  readonly #event: string;
  readonly #keys: Map<string, Key>;
  /** Keys that this browser can't compute with: their tickets are the office's to judge. */
  readonly beyond: readonly string[];

  private constructor(event: string, keys: Map<string, Key>, beyond: string[]) {
    this.#event = event;
    this.#keys = keys;
    this.beyond = beyond;
  }

  /** Takes in the office's keys; a line whose id is not its key's own is left out. */
  static async with(event: string, lines: readonly KeyLine[]): Promise<Verifier> {
    const keys = new Map<string, Key>();
    const beyond: string[] = [];
    for (const line of lines) {
      const { spki, status, event: of } = line;
      const alg = algorithmOf(line);
      if (alg === null) continue;
      const der = fromBase64(spki);
      const kid = await keyId(der);
      if (typeof line.kid === "string" && line.kid !== kid) continue;
      try {
        const key = await crypto.subtle.importKey("spki", der, IMPORT[alg], false, ["verify"]);
        keys.set(kid, { alg, key, status, event: of ?? event });
      } catch {
        beyond.push(kid);
      }
    }
    return new Verifier(event, keys, beyond);
  }

  /** Reads and verifies a token in either form, with one signature's work at most. */
  async verify(text: string): Promise<Verified> {
    const token = await readToken(text);
    if (token === null) return { refusal: "malformed" };
    const header = readHeader(token);
    if (typeof header === "string") return { refusal: header };
    const known = this.#keys.get(header.kid);
    if (known === undefined) return { refusal: "unknown_key" };
    if (header.alg !== known.alg) return { refusal: "unsupported_algorithm" };
    const holds = await crypto.subtle.verify(IMPORT[known.alg].name, known.key, token.signature, token.signed);
    if (!holds) return { refusal: "invalid_signature" };
    // A revoked key proves nothing, so it is refused before anything it signed is believed.
    if (known.status === "revoked") return { refusal: "revoked_key" };
    if (known.event !== this.#event) return { refusal: "wrong_event" };
    const claims = readClaims(token.payload);
    if (claims === null) return { refusal: "wrong_types" };
    if (claims.event !== this.#event) return { refusal: "wrong_event" };
    return { token, claims };
  }
}

function algorithmOf({ alg, profile }: KeyLine): Algorithm | null {
  if (alg === "RS256" || profile?.startsWith("rsa-") === true) return "RS256";
  return alg === "EdDSA" || profile === "ed25519" ? "EdDSA" : null;
}

/** The first 8 bytes of the SHA-256 of a key in DER, in base64url. */
export async function keyId(der: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", der);
  return writeBase64url(new Uint8Array(digest).subarray(0, 8));
}

/** Reads a header that holds `alg`, `kid` and `typ`, each once, and nothing that points at keys or asks for rules. */
function readHeader(token: Token): { alg: Algorithm; kid: string } | TokenRefusal {
  const members = Members.read(textOf(token.header) ?? "");
  const alg = members?.text("alg") ?? null;
  if (members === null || alg === null) return "malformed";
  if (alg !== "RS256" && alg !== "EdDSA") return "unsupported_algorithm";
  const kid = members.text("kid");
  if (kid === null || members.text("typ") !== "ticket+jwt" || !members.empty) return "malformed";
  return kid.length === 11 && readBase64url(kid) !== null ? { alg, kid } : "malformed";
}
