import { type FormEvent, useId, useState } from "react";
import type { EventSummary } from "../../api";
import { formatShortMoment, isolate, LANGUAGES, ownName, speak, useSpeech } from "../../locales";
import styles from "./Choose.module.css";
import form from "./GateForm.module.css";
import { LONGEST_NAME } from "./gateChoices";

/** Which event this is a gate of, and what it is called. */
export function Choose({
  events,
  event,
  gate,
  choose,
  leave,
}: {
  /** Those that are on today come first. */
  events: readonly EventSummary[];
  event: string | null;
  gate: string;
  choose(event: string, gate: string): void;
  leave: (() => void) | null;
}) {
  const { t, language, locale } = useSpeech();
  const id = useId();
  const [chosen, setChosen] = useState(event ?? events[0]?.id ?? null);
  const [name, setName] = useState(gate === "" ? t("gate.usualName") : gate);
  const ready = chosen !== null && name.trim() !== "";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (ready) choose(chosen, name.trim());
  };
  return (
    <main className={styles.page} id="main">
      <form className={`${styles.box} ${form.form}`} onSubmit={submit}>
        <header className={styles.top}>
          <h1>{t("gate.title")}</h1>
          <select aria-label={t("frame.language")} value={language} onChange={({ target }) => void speak(target.value)}>
            {LANGUAGES.map((tag) => (
              <option key={tag} value={tag} lang={tag}>
                {ownName(tag)}
              </option>
            ))}
          </select>
        </header>
        {events.length === 0 ? (
          <p>{t("gate.noEvents")}</p>
        ) : (
          <fieldset>
            <legend>{t("gate.whichEvent")}</legend>
            <div className={styles.events}>
              {events.map((known) => (
                <label key={known.id} className={styles.event}>
                  <input
                    type="radio"
                    name={`${id}-event`}
                    checked={known.id === chosen}
                    onChange={() => setChosen(known.id)}
                  />
                  <span>
                    <strong>{isolate(known.title)}</strong>
                    {known.starts_at !== null && (
                      <span className="quiet">{formatShortMoment(locale, zone, known.starts_at)}</span>
                    )}
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
        )}
        <div>
          <label htmlFor={`${id}-name`}>{t("gate.whatName")}</label>
          <input
            id={`${id}-name`}
            value={name}
            maxLength={LONGEST_NAME}
            autoComplete="off"
            onChange={({ target }) => setName(target.value)}
          />
        </div>
        <button type="submit" className={form.go} disabled={!ready}>
          {t("gate.open")}
        </button>
        {leave !== null && (
          <button type="button" className={form.other} onClick={leave}>
            {t("gate.toOffice")}
          </button>
        )}
      </form>
    </main>
  );
}
