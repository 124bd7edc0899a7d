import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useSpeech } from "../../locales";
import { Refused, type Sending } from "../../shared/form";
import styles from "./guests.module.css";
import { differing, type FieldName, plainOf, type Typed } from "./guestValues";

type Side = "theirs" | "yours";

/** Somebody else saved first: theirs beside yours, and a choice for each field. */
export function Conflict({
  before,
  theirs,
  yours,
  sending,
  save,
  takeTheirs,
}: {
  before: Typed;
  theirs: Typed;
  yours: Typed;
  sending: Sending;
  save(merged: Typed): void;
  takeTheirs(): void;
}) {
  const { t } = useSpeech();
  const byThem = differing(before, theirs);
  const byYou = differing(before, yours);
  const fields = differing(theirs, yours);
  const [chosen, setChosen] = useState<Partial<Record<FieldName, Side>>>(() =>
    // What only one of the two changed is taken from there, unless the person wants otherwise.
    Object.fromEntries(
      fields.map((field) => [field, byThem.includes(field) && !byYou.includes(field) ? "theirs" : "yours"]),
    ),
  );
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);

  const merge = () => {
    const mine = fields.filter((field) => chosen[field] === "yours");
    save({ ...theirs, ...Object.fromEntries(mine.map((field) => [field, yours[field]])) });
  };
  const text = (typed: Typed, field: FieldName) => plainOf(typed, field) || t("conflict.blank");

  return (
    <form
      className={styles.form}
      aria-label={t("conflict.title")}
      onSubmit={(press) => {
        press.preventDefault();
        merge();
      }}
    >
      <h3 ref={title} tabIndex={-1}>
        {t("conflict.title")}
      </h3>
      <p>{t("conflict.text")}</p>
      <Refused error={sending.error} />
      <div className={styles.sides}>
        {fields.map((field) => (
          <fieldset key={field} className={styles.field}>
            <legend>{t(`guestField.${field}`)}</legend>
            {(["theirs", "yours"] as const).map((side) => (
              <label key={side} className={styles.side}>
                <input
                  type="radio"
                  name={field}
                  value={side}
                  checked={chosen[field] === side}
                  onChange={() => setChosen({ ...chosen, [field]: side })}
                />
                <span className="quiet small">{t(`conflict.${side}`)}</span>
                <span className={styles.notes}>{text(side === "theirs" ? theirs : yours, field)}</span>
              </label>
            ))}
          </fieldset>
        ))}
      </div>
      {fields.length === 0 && <p>{t("conflict.same")}</p>}
      <div className={styles.foot}>
        <Button type="submit" loading={sending.busy}>
          {t("conflict.save")}
        </Button>
        <Button variant="default" onClick={takeTheirs}>
          {t("conflict.takeTheirs")}
        </Button>
      </div>
    </form>
  );
}

