import styles from "./KindCards.module.css";

/** One of a few kinds, chosen by its card; each says in a line what it is. */
export function KindCards<Kind extends string>({
  legend,
  className = "",
  kinds,
  chosen,
  name,
  say,
  choose,
}: {
  legend: string;
  className?: string | undefined;
  kinds: readonly Kind[];
  chosen: Kind;
  /** What a kind is called. */
  name(kind: Kind): string;
  /** What it is, in a line. */
  say(kind: Kind): string;
  choose(kind: Kind): void;
}) {
  return (
    <fieldset className={`${styles.kinds} ${className}`}>
      <legend>{legend}</legend>
      {kinds.map((kind) => (
        <label key={kind} className={styles.kind}>
          <input type="radio" name="kind" value={kind} checked={kind === chosen} onChange={() => choose(kind)} />
          <span>
            <span className="strong">{name(kind)}</span>
            <span className="quiet small">{say(kind)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
