import { NativeSelect } from "@mantine/core";
import type { ImportReport, ListField } from "../../api/imports";
import { joined, useSpeech } from "../../locales";
import { Facts } from "../../shared/Facts";
import { Refused } from "../../shared/form";
import { Foot } from "./Foot";
import type { StepProps } from "./Import";
import styles from "./import.module.css";
import { assign } from "./journey";

const FIELDS: readonly ListField[] = [
  "name", "first_name", "last_name", "email", "phone", "company", "title", "group", "ticket_type",
  "seat", "party_size", "plus_ones", "language", "notes", "external_id", "custom", "ignore",
];

type Preview = ImportReport["preview"][number];

/** What the first guests have in a column, joined where it is only a part of what they have. */
function sampleOf(guests: readonly Preview[], field: ListField, header: string): string[] {
  const told = guests.map((guest) => {
    if (field === "ignore") return null;
    if (field === "custom") return guest.custom[header] ?? null;
    if (field === "first_name" || field === "last_name") return guest.name;
    if (field === "plus_ones") return guest.party_size === null ? null : String(guest.party_size - 1);
    return guest[field] === null ? null : String(guest[field]);
  });
  return told.filter((text) => text !== null).slice(0, 3);
}

const DELIMITERS: Readonly<Record<string, "semicolon" | "comma" | "tab" | "bar">> = {
  ";": "semicolon",
  ",": "comma",
  "\t": "tab",
  "|": "bar",
};

/** What was found in the file, and what each of its columns means. */
export function Columns({ state, journey }: StepProps) {
  const { t, count } = useSpeech();
  if (state.list === null) return null;
  const { report } = state.list;
  const delimiter = DELIMITERS[report.delimiter ?? ""];
  const busy = state.doing === "look";
  return (
    <>
      <div className={styles.facts}>
        <Facts
          wide
          facts={[
            [t("importing.rows"), <strong className={styles.figure}>{count(report.rows)}</strong>],
            [t("importing.encoding"), report.encoding],
            [
              t("importing.delimiter"),
              delimiter === undefined ? report.delimiter : t(`importing.delimiters.${delimiter}`),
            ],
            [
              t("importing.header"),
              report.header_line === null ? t("importing.noHeader") : t("importing.headerAt", { n: report.header_line }),
            ],
          ]}
        />
      </div>
      <Refused error={state.error} />
      <div className={styles.wide} tabIndex={0} role="region" aria-label={t("importing.columns")}>
        <table className={styles.table} aria-busy={busy}>
          <thead>
            <tr>
              <th scope="col">{t("importing.column")}</th>
              <th scope="col">{t("importing.means")}</th>
              <th scope="col">{t("importing.toldBy")}</th>
              <th scope="col">{t("importing.example")}</th>
            </tr>
          </thead>
          <tbody>
            {report.columns.map(({ header, field, by }) => {
              const sample = sampleOf(report.preview, field, header);
              return (
                <tr key={header} className={field === "ignore" ? styles.left : undefined}>
                  <th scope="row">{header}</th>
                  <td>
                    <NativeSelect
                      aria-label={t("importing.meaningOf", { column: header })}
                      value={field}
                      disabled={busy}
                      data={FIELDS.map((known) => ({ value: known, label: t(`listField.${known}`) }))}
                      onChange={(event) => {
                        const chosen = FIELDS.find((known) => known === event.target.value);
                        if (chosen !== undefined) {
                          void journey.change({ assigned: assign(state.assigned, header, chosen) });
                        }
                      }}
                    />
                  </td>
                  <td className="quiet small">{t(`mappedBy.${by}`)}</td>
                  <td className="quiet">
                    <span className={styles.sample}>{joined(sample, " · ")}</span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <FirstGuests guests={report.preview} />
      <Foot state={state} journey={journey} />
    </>
  );
}

const SHOWN = ["name", "email", "phone", "company", "ticket_type", "group", "seat", "party_size"] as const;

/** The first guests as they would stand on the list; columns that none of them has are left out. */
function FirstGuests({ guests }: { guests: readonly Preview[] }) {
  const { t } = useSpeech();
  const fields = SHOWN.filter((field) => guests.some((guest) => guest[field] !== null));
  const custom = [...new Set(guests.flatMap((guest) => Object.keys(guest.custom)))];
  if (guests.length === 0) return <p className="quiet">{t("importing.noGuests")}</p>;
  return (
    <div>
      <h3 id="first-guests" className={styles.under}>
        {t("importing.firstGuests")}
      </h3>
      <div className={styles.wide} tabIndex={0} role="region" aria-label={t("importing.firstGuests")}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("importing.line")}</th>
              {fields.map((field) => (
                <th key={field} scope="col">
                  {t(`guestField.${field}`)}
                </th>
              ))}
              {custom.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {guests.map((guest) => (
              <tr key={guest.line}>
                <td className="quiet">{guest.line}</td>
                {fields.map((field) => (
                  <td key={field}>{guest[field]}</td>
                ))}
                {custom.map((name) => (
                  <td key={name}>{guest.custom[name]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
