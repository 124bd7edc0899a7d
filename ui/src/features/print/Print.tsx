import { Button, Checkbox, NativeSelect, NumberInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../api";
import { askTickets, type TicketRange } from "../../api/askTickets";
import type { FileKind } from "../../api/rowTypes";
import { printFile, readFile } from "../../api/taskFile";
import { useAllowed } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";
import { Facts } from "../../shared/Facts";
import { Refused } from "../../shared/form";
import { Note } from "../../shared/Note";
import { Page } from "../../shared/Screen";
import { Trouble } from "../../shared/Trouble";
import { usePicture } from "../../shared/usePicture";
import styles from "./print.module.css";
import { PrinterDialog } from "./PrinterDialog";
import { ALL, isTurned, rangeOf } from "./range";
import { type MadeFile, useFiles, type Wanted } from "./useFiles";

/** What can be made besides the tickets. */
const OTHERS = ["door_list", "bundle", "csv", "xlsx", "calendar"] as const satisfies readonly FileKind[];

/** The sheet that is proposed: the commonest paper, cut in four. */
const USUAL_SHEET = "a4-4up";

/** How long typing rests before what was typed is drawn. */
const PAUSE_MS = 300;

/** A ticket's number is whole, and at least 1. */
const NUMBER = {
  min: 1,
  allowDecimal: false,
  allowNegative: false,
  hideControls: true,
} as const;

function Preview({ sheet, marks, range }: { sheet: string; marks: boolean; range: TicketRange }) {
  const event = useEvent();
  const { t } = useSpeech();
  const preview = useQuery({
    ...askTickets.preview(event.id, sheet, marks, range),
    placeholderData: keepPreviousData,
  });
  const address = usePicture(preview.data);
  return (
    <section className={styles.preview} aria-labelledby="preview" aria-busy={preview.isFetching}>
      <h2 id="preview">{t("print.preview")}</h2>
      {preview.isError ? (
        <Trouble error={preview.error} retry={() => void preview.refetch()} />
      ) : address === null ? (
        <div className={styles.blank} />
      ) : (
        <img src={address} alt={t("print.previewOf", { sheet: nameSheet(sheet) })} />
      )}
      <p className="quiet small">{t("print.previewText")}</p>
    </section>
  );
}

/** `a4-4up` is A4. */
function nameSheet(name: string): string {
  const paper = name.split("-")[0] ?? name;
  return paper === "letter" ? "Letter" : paper.toUpperCase();
}

function Result({ file: { made, way }, show }: { file: MadeFile; show(): void }) {
  const { t, locale, count } = useSpeech();
  const size = new Intl.NumberFormat(locale, {
    style: "unit",
    unit: "millimeter",
    maximumFractionDigits: 2,
  });
  const of = (n: number | undefined) => (n === undefined ? null : count(n));
  return (
    <section className={styles.result} role="status">
      <p className="strong">{t(DONE[way], { file: made.file })}</p>
      {(way === "shown" || way === "held") && (
        <div>
          <Button size="compact-sm" variant="default" onClick={show}>
            {t("printing.show")}
          </Button>
        </div>
      )}
      <Facts
        wide
        facts={[
          [t("place.tickets"), of(made.tickets)],
          [t("print.pagesLabel"), of(made.pages)],
          [t("print.filesLabel"), of(made.files)],
          [t("print.rowsLabel"), of(made.rows)],
          [
            t("print.module"),
            made.module_mm === undefined ? null : size.format(made.module_mm),
          ],
        ]}
      />
      {(made.warnings ?? []).map((warning) => (
        <Note key={warning}>{warning}</Note>
      ))}
    </section>
  );
}

const DONE = {
  kept: "print.done",
  shown: "printing.shown",
  held: "printing.held",
  printed: "printing.printed",
  opened: "printing.opened",
} as const satisfies Record<MadeFile["way"], string>;

/** What leaves the office on paper or as a file. */
export function Print() {
  const event = useEvent();
  const { t } = useSpeech();
  const allowed = useAllowed()("issue_tickets");
  const sheets = useQuery(askTickets.sheets());
  const [sheet, setSheet] = useState(USUAL_SHEET);
  const [marks, setMarks] = useState(true);
  const [typed, type] = useState(ALL);
  const range = rangeOf(typed);
  const turned = isTurned(typed);
  // Each number that is typed on the way to the one that is meant would be drawn.
  const [settled] = useDebouncedValue(typed, PAUSE_MS);
  const { busy, made, error, make } = useFiles();
  // A browser prints from its own viewer; the desktop knows the printers.
  const [pdf, setPdf] = useState<Blob | null>(null);
  const [printing, setPrinting] = useState<Wanted | null>(null);
  const print = (wanted: Wanted) => {
    if (platform().kind === "desktop") return setPrinting(wanted);
    void make(wanted, async (task) => {
      const file = new Blob([await readFile(task.id)], { type: "application/pdf" });
      setPdf(file);
      // A browser may hold the tab back when the work took long; a press of its own opens it.
      return platform().showPdf(file) ? "shown" : "held";
    });
  };
  const wantedTickets: Wanted = { kind: "tickets", sheet, marks, range };
  const tickets = event.progress.tickets;
  const held = busy === null ? allowed : { disabled: true, title: t("print.busy") };
  const ready = tickets > 0 ? held : { disabled: true, title: t("print.noTickets") };
  const chosen = turned ? { disabled: true, title: t("print.turned") } : ready;
  return (
    <Page>
      <header className={styles.head}>
        <h1>{t("place.print")}</h1>
        <p className="quiet">{t("print.summary", { count: tickets })}</p>
      </header>
      <div className={styles.split}>
        <div>
          <section className={styles.tickets} aria-labelledby="tickets">
            <h2 id="tickets">{t("fileKind.tickets")}</h2>
            <NativeSelect
              label={t("print.sheet")}
              value={sheet}
              data={(sheets.data ?? [{ name: sheet, tickets: 4 }]).map(({ name, tickets: n }) => ({
                value: name,
                label: t("print.sheetOf", { paper: nameSheet(name), count: n }),
              }))}
              onChange={(change) => setSheet(change.target.value)}
            />
            <Checkbox
              label={t("print.marks")}
              description={t("print.marksText")}
              checked={marks}
              onChange={(change) => setMarks(change.target.checked)}
            />
            <div className={styles.range} role="group" aria-label={t("print.which")}>
              <NumberInput
                {...NUMBER}
                label={t("print.first")}
                placeholder={t("print.fromStart")}
                value={typed.first}
                onChange={(first) => type({ ...typed, first })}
              />
              <NumberInput
                {...NUMBER}
                label={t("print.last")}
                placeholder={t("print.toEnd")}
                value={typed.last}
                error={turned ? t("print.turned") : null}
                onChange={(last) => type({ ...typed, last })}
              />
            </div>
            <div className={styles.buttons}>
              <Button
                {...chosen}
                loading={busy === "tickets"}
                onClick={() => void make(wantedTickets)}
              >
                {t("print.make")}
              </Button>
              <Button variant="default" {...chosen} onClick={() => print(wantedTickets)}>
                {t("printing.open")}
              </Button>
            </div>
            {tickets === 0 && <p className="quiet small">{t("print.noTickets")}</p>}
          </section>
          <Refused error={error} />
          {made !== null && (
            <Result file={made} show={() => pdf !== null && platform().showPdf(pdf)} />
          )}
          <section aria-labelledby="others">
            <h2 id="others">{t("print.others")}</h2>
            <ul className={styles.others}>
              {OTHERS.map((kind) => (
                <li key={kind}>
                  <div>
                    <p className="strong">{t(`fileKind.${kind}`)}</p>
                    <p className="quiet small">{t(`fileText.${kind}`)}</p>
                  </div>
                  <span className={styles.buttons}>
                    {kind === "door_list" && (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        aria-label={t("printing.openOne", { what: t(`fileKind.${kind}`) })}
                        {...ready}
                        onClick={() => print({ kind, sheet, marks: false })}
                      >
                        {t("printing.open")}
                      </Button>
                    )}
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t("print.makeOne", { what: t(`fileKind.${kind}`) })}
                      {...(kind === "calendar" ? held : ready)}
                      loading={busy === kind}
                      onClick={() =>
                        void make({ kind, sheet: kind === "door_list" ? sheet : null, marks: false })
                      }
                    >
                      {t("print.makeShort")}
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
          </section>
        </div>
        <Preview sheet={sheet} marks={marks} range={isTurned(settled) ? {} : rangeOf(settled)} />
      </div>
      {printing !== null && (
        <PrinterDialog
          print={(printer) =>
            make(printing, async (task) =>
              (await printFile(task.id, printer)) === null ? "opened" : "printed",
            )
          }
          close={() => setPrinting(null)}
        />
      )}
    </Page>
  );
}
