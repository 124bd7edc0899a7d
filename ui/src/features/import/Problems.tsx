import { Button, Switch } from "@mantine/core";
import i18next from "i18next";
import { useState } from "react";
import type { ImportReport, RowError } from "../../api/imports";
import { joined, useSpeech } from "../../locales";
import { Refused } from "../../shared/form";
import { Status } from "../../shared/Status";
import { Foot } from "./Foot";
import type { StepProps } from "./Import";
import styles from "./import.module.css";

/** Rows shown at first, and with each step more. */
const AT_ONCE = 200;

/** Why a value can't be taken: in the reader's language, or as the office said it. */
function reasonOf({ code, message }: RowError): string {
  const known: boolean = i18next.exists(`rowCode.${code}` as string);
  return known ? i18next.t(`rowCode.${code}`) : message;
}

function BadRows({ errors }: { errors: readonly RowError[] }) {
  const { t, count } = useSpeech();
  const [most, setMost] = useState(AT_ONCE);
  const shown = errors.slice(0, most);
  return (
    <div>
      <h3 id="bad-rows" className={styles.under}>
        <Status tone="bad">{t("importing.bad", { count: errors.length })}</Status>
      </h3>
      <div className={styles.wide} tabIndex={0} role="region" aria-labelledby="bad-rows">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("importing.line")}</th>
              <th scope="col">{t("importing.column")}</th>
              <th scope="col">{t("importing.value")}</th>
              <th scope="col">{t("importing.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((error, index) => (
              <tr key={index}>
                <td>{count(error.line)}</td>
                <td>{error.column || <span className="quiet">{t("importing.wholeRow")}</span>}</td>
                <td>
                  {error.value === "" ? (
                    <span className="quiet">{t("conflict.blank")}</span>
                  ) : (
                    <code className={styles.value}>{error.value}</code>
                  )}
                </td>
                <td>{reasonOf(error)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {errors.length > most && (
        <Button variant="default" onClick={() => setMost(most + 5 * AT_ONCE)}>
          {t("importing.showMore", { n: errors.length - most })}
        </Button>
      )}
    </div>
  );
}

function Repeats({ duplicates }: { duplicates: ImportReport["duplicates"] }) {
  const { t } = useSpeech();
  const [most, setMost] = useState(20);
  if (duplicates.length === 0) return null;
  return (
    <section aria-labelledby="repeats">
      <h3 id="repeats" className={styles.under}>
        <Status tone="quiet">{t("importing.duplicates", { count: duplicates.length })}</Status>
      </h3>
      <ul className={styles.lines}>
        {duplicates.slice(0, most).map(({ line, of }) => (
          <li key={line}>{t("importing.repeats", { line, of })}</li>
        ))}
      </ul>
      {duplicates.length > most && (
        <Button variant="default" onClick={() => setMost(most + AT_ONCE)}>
          {t("importing.showMore", { n: duplicates.length - most })}
        </Button>
      )}
    </section>
  );
}

/** What can't be taken as it stands, and what to do about it. */
export function Problems({ state, journey }: StepProps) {
  const { t } = useSpeech();
  if (state.list === null) return null;
  const { report } = state.list;
  const { errors, duplicates, notes, new_ticket_types: types } = report;
  const clean = errors.length === 0 && duplicates.length === 0 && notes.length === 0 && types.length === 0;
  const typeErrors = errors.some(({ code }) => code === "ticket_type_unknown");
  return (
    <>
      <Refused error={state.error} />
      {clean && <Status tone="good">{t("importing.clean")}</Status>}
      <div className={styles.choices} aria-busy={state.doing === "look"}>
        {(errors.length > 0 || state.skip) && (
          <Switch
            label={t("importing.skip")}
            description={t("importing.skipText")}
            checked={state.skip}
            onChange={(event) => void journey.change({ skip: event.target.checked })}
          />
        )}
        {(types.length > 0 || typeErrors || !state.create) && (
          <Switch
            label={t("importing.create", { count: Math.max(1, types.length) })}
            description={types.length > 0 ? joined(types, ", ") : t("importing.createText")}
            checked={state.create}
            onChange={(event) => void journey.change({ create: event.target.checked })}
          />
        )}
      </div>
      {errors.length > 0 && <BadRows key={state.list.id} errors={errors} />}
      <Repeats duplicates={duplicates} />
      {notes.length > 0 && (
        <section aria-labelledby="notes">
          <h3 id="notes" className={styles.under}>
            <Status tone="wait">{t("importing.notes")}</Status>
          </h3>
          <ul className={styles.lines}>
            {notes.map(({ code, message }) => (
              <li key={code + message}>{message}</li>
            ))}
          </ul>
        </section>
      )}
      <Foot state={state} journey={journey} />
    </>
  );
}
