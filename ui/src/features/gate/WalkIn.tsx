import { type FormEvent, useId, useState } from "react";
import { useSpeech } from "../../locales";
import styles from "./GateForm.module.css";
import { Sheet } from "./Sheet";

/** Admits somebody who has no ticket: one is issued on the spot. */
export function WalkIn({
  types,
  questions,
  left,
  admit,
  close,
}: {
  /** Names of the types that a ticket may be of. */
  types: readonly string[];
  /** What staff ask those who come for the first time. */
  questions: readonly string[];
  /** How many tickets a gate away from its office still has for this; null at the office. */
  left: number | null;
  admit(name: string, type: string, answered: boolean): void;
  close(): void;
}) {
  const { t } = useSpeech();
  const id = useId();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const type = chosen ?? types[0] ?? "";
  const ready = name.trim() !== "" && type !== "" && (asked || questions.length === 0);
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (!ready) return;
    admit(name.trim(), type, asked);
    close();
  };
  return (
    <Sheet title={t("gate.walkIn")} close={close}>
      <form className={styles.form} onSubmit={submit}>
        <p className="quiet">{t("gate.walkInText")}</p>
        {left !== null && <p>{t("gate.walkInsLeft", { count: left })}</p>}
        {questions.length > 0 && (
          <div>
            <p>{t("gate.walkInAsk")}</p>
            <ul>
              {questions.map((question) => (
                <li key={question}>{question}</li>
              ))}
            </ul>
            <label className={styles.tick}>
              <input type="checkbox" checked={asked} onChange={(change) => setAsked(change.target.checked)} />
              {t("gate.walkInAsked")}
            </label>
          </div>
        )}
        <div>
          <label htmlFor={`${id}-name`}>{t("gate.guestName")}</label>
          <input
            id={`${id}-name`}
            data-first
            autoComplete="off"
            maxLength={200}
            value={name}
            onChange={(change) => setName(change.target.value)}
          />
        </div>
        <div>
          <label htmlFor={`${id}-type`}>{t("gate.ticketType")}</label>
          <select id={`${id}-type`} value={type} onChange={(change) => setChosen(change.target.value)}>
            {types.map((known) => (
              <option key={known} value={known}>
                {known}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" className={styles.go} disabled={!ready}>
          {t("gate.walkInGo")}
        </button>
      </form>
    </Sheet>
  );
}
