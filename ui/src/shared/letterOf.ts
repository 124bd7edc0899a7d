/** The letter that stands beside a colour of the palette, A to H, as on the printed ticket. */
export function letterOf(colour: number): string {
  return String.fromCharCode(65 + (((colour % 8) + 8) % 8));
}
