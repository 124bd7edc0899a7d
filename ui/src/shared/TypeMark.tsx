/** The letter that stands beside a colour of the palette, A to H, as on the printed ticket. */
export function letterOf(colour: number): string {
  return String.fromCharCode(65 + (((colour % 8) + 8) % 8));
}

/** A ticket type: its colour, its letter, its name. */
export function TypeMark({ name, colour }: { name: string; colour: number | undefined }) {
  return (
    <span className="type-mark">
      {colour !== undefined && (
        <span className={`type-swatch type-${colour % 8}`} aria-hidden="true">
          {letterOf(colour)}
        </span>
      )}
      <span className="clip">{name}</span>
    </span>
  );
}
