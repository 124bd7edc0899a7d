import { Button, Checkbox, Radio } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask } from "../../../api";
import { lastBackup, makeBackup } from "../../../api/backups";
import { follow } from "../../../api/longWork";
import { fileOf, isDone, keepFile } from "../../../api/taskFile";
import { useAllowed } from "../../../api/useAllowed";
import { formatDate, formatMoment, useSpeech } from "../../../locales";
import { isAgreed, NO_PASSPHRASE, PassphraseFields, Refused, useSending } from "../../../shared/form";
import styles from "./backup.module.css";

/** Under which name a backup is kept when the office gave it none. */
const USUAL_NAME = "gatehouse-backup";

const OWN_ZONE = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function LastBackup() {
  const { t, locale } = useSpeech();
  const last = useQuery(lastBackup());
  if (last.data === undefined) return null;
  const { made_at } = last.data;
  return (
    <p className="quiet">
      {made_at === null
        ? t("backup.never")
        : t("backup.last", { when: formatMoment(locale, OWN_ZONE(), made_at) })}
    </p>
  );
}

/** What goes into a backup: everything, or these events. */
function Choice({
  whole,
  chosen,
  change,
}: {
  whole: boolean;
  chosen: readonly string[];
  change(to: { whole?: boolean; chosen?: string[] }): void;
}) {
  const { t, locale } = useSpeech();
  const events = useQuery(ask.events());
  const rows = events.data ?? [];
  return (
    <fieldset className={styles.choice}>
      <legend>{t("backup.what")}</legend>
      <Radio
        name="what"
        label={t("backup.whole")}
        description={t("backup.wholeText")}
        checked={whole}
        onChange={() => change({ whole: true })}
      />
      <Radio
        name="what"
        label={t("backup.some")}
        description={t("backup.someText")}
        disabled={rows.length === 0}
        checked={!whole}
        onChange={() => change({ whole: false })}
      />
      {!whole && (
        <ul className={styles.events} aria-label={t("backup.some")}>
          {rows.map(({ id, title, starts_at }) => (
            <li key={id}>
              <Checkbox
                label={title}
                description={formatDate(locale, starts_at)}
                checked={chosen.includes(id)}
                onChange={({ target }) =>
                  change({
                    chosen: target.checked ? [...chosen, id] : chosen.filter((known) => known !== id),
                  })
                }
              />
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}

/** Puts the office, or some of its events, into one file. */
export function MakeBackup() {
  const { t } = useSpeech();
  const allowed = useAllowed()("manage_workspace");
  const queries = useQueryClient();
  const [whole, setWhole] = useState(true);
  const [chosen, setChosen] = useState<string[]>([]);
  const [sealed, setSealed] = useState(true);
  const [typed, setTyped] = useState(NO_PASSPHRASE);
  const [made, setMade] = useState<string | null>(null);
  const sending = useSending();
  const make = (submitted: FormEvent) => {
    submitted.preventDefault();
    setMade(null);
    void sending.send(async () => {
      const task = await follow({
        title: t("backup.title"),
        begin: () => makeBackup(whole ? [] : chosen, sealed ? typed.passphrase : null),
        told: (done) => fileOf(done) ?? t("tray.done"),
        open: (done) => void keepFile(done.id, fileOf(done) ?? USUAL_NAME).catch(() => undefined),
      });
      if (!isDone(task)) return;
      const name = fileOf(task) ?? USUAL_NAME;
      await keepFile(task.id, name);
      setMade(name);
      setTyped(NO_PASSPHRASE);
      await queries.invalidateQueries({ queryKey: lastBackup().queryKey });
    });
  };
  const ready = (whole || chosen.length > 0) && (!sealed || isAgreed(typed));
  return (
    <section className={styles.part} aria-labelledby="make">
      <h2 id="make">{t("backup.title")}</h2>
      <p className="quiet">{t("backup.text")}</p>
      <LastBackup />
      <form onSubmit={make} noValidate>
        <Refused error={sending.error} fields={["passphrase"]} />
        <Choice
          whole={whole}
          chosen={chosen}
          change={(to) => {
            if (to.whole !== undefined) setWhole(to.whole);
            if (to.chosen !== undefined) setChosen(to.chosen);
          }}
        />
        <Checkbox
          label={t("backup.sealed")}
          description={t(sealed ? "backup.sealedText" : "backup.openText")}
          checked={sealed}
          onChange={({ target }) => setSealed(target.checked)}
        />
        {sealed && (
          <div className={styles.passphrase}>
            <PassphraseFields typed={typed} refused={sending.of("passphrase")} change={setTyped} />
          </div>
        )}
        <Button
          type="submit"
          loading={sending.busy}
          {...(allowed.disabled ? allowed : { disabled: !ready })}
        >
          {t("backup.make")}
        </Button>
      </form>
      {made !== null && (
        <div className={styles.result} role="status">
          <p className="strong">{t("backup.made", { file: made })}</p>
          <p className="quiet">{t("backup.elsewhere")}</p>
        </div>
      )}
    </section>
  );
}
