/** The algorithm and size of a signing key as people write it: `RSA 2048`, `Ed25519`. */
export function profileName(profile: string): string {
  return profile.replace(/^rsa-/, "RSA ").replace(/^ed/, "Ed");
}
