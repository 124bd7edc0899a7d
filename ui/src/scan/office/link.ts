/** What a link gave this phone, as far as the phone can read it. */
import { readBase64url } from "../token/base64url";

/** Until when a credential is good, UTC ms by the office's clock; null where it does not say. */
export function endOf(credential: string): number | null {
  try {
    const [, claims = ""] = credential.split(".");
    const { exp } = JSON.parse(new TextDecoder().decode(readBase64url(claims) ?? undefined)) as { exp?: unknown };
    return typeof exp === "number" && Number.isFinite(exp) ? exp * 1_000 : null;
  } catch {
    return null;
  }
}
