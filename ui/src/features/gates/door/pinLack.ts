/** Why a PIN is none: 4 to 12 digits that are not all the same; null when it is one. */
export function pinLack(pin: string): "digits" | "same" | null {
  if (!/^[0-9]{4,12}$/.test(pin)) return "digits";
  return /^(.)\1*$/.test(pin) ? "same" : null;
}
