import { letterOf } from "./letterOf";

export { letterOf };

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
