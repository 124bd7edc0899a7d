import type { ReactNode } from "react";
import styles from "./Facts.module.css";

/** Small labels over their values; those without a value are left out. */
export function Facts({
  facts,
  wide,
}: {
  facts: readonly (readonly [string, ReactNode])[];
  /** In two columns where there is room. */
  wide?: boolean;
}) {
  const known = facts.filter(
    ([, value]) => value !== null && value !== undefined && value !== false && value !== "",
  );
  return (
    <dl className={`${styles.facts} ${wide ? styles.wide : ""}`}>
      {known.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
