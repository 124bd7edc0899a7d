import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { askOffice } from "../../api/askOffice";
import type { WorkspaceEdit } from "../../api/rowTypes";
import { formatExactMoment, useSpeech } from "../../locales";
import en from "../../locales/en.json";
import { Empty } from "../../shared/Empty";
import { Screen } from "../../shared/Screen";
import { type Column, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { Sections } from "./Sections";

interface Row extends WorkspaceEdit {
  id: string;
}

type Known = keyof typeof en.officeCommands;
const isKnown = (command: string): command is Known => Object.hasOwn(en.officeCommands, command);

/** A command in the reader's words; one that has none yet stays as it is kept. */
const nameCommand = (t: TFunction, command: string) =>
  isKnown(command) ? t(`officeCommands.${command}`) : command;

/** The workspace has no zone of its own: times are the reader's. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

function useColumns(): Column<Row>[] {
  const { t, locale } = useSpeech();
  return useMemo(
    () => [
      {
        key: "when",
        title: t("history.when"),
        track: "minmax(176px, 1fr)",
        fixed: true,
        order: (row) => row.at,
        show: (row) => (
          <time className="clip" dateTime={new Date(row.at).toISOString()}>
            {formatExactMoment(locale, ZONE, row.at)}
          </time>
        ),
      },
      {
        key: "what",
        title: t("history.what"),
        track: "minmax(160px, 1.4fr)",
        fixed: true,
        order: (row) => nameCommand(t, row.command),
        show: (row) => <span className="clip strong">{nameCommand(t, row.command)}</span>,
      },
      {
        key: "whom",
        title: t("history.why"),
        track: "minmax(120px, 1.2fr)",
        order: (row) => row.subject,
        show: (row) => <span className="clip">{row.subject}</span>,
      },
      {
        key: "who",
        title: t("history.who"),
        track: "minmax(100px, 0.9fr)",
        order: (row) => row.actor,
        show: (row) => <span className="clip">{row.actor}</span>,
      },
      {
        key: "machine",
        title: t("history.machine"),
        track: "minmax(100px, 0.7fr)",
        spare: true,
        order: (row) => row.machine,
        show: (row) => <span className="clip">{row.machine}</span>,
      },
    ],
    [t, locale],
  );
}

const NONE: Row[] = [];
const idOf = (row: Row) => row.id;

/** What was done to the office itself. */
export function WorkspaceHistory() {
  const { t } = useSpeech();
  const result = useQuery(askOffice.history());
  const rows = useMemo(
    () =>
      result.data?.map((edit, index) => ({ ...edit, id: `${edit.at} ${result.data.length - index}` })) ??
      NONE,
    [result.data],
  );
  const columns = useColumns();
  const list = useList({ name: "office-history", columns, rows, complete: result.isSuccess, idOf });
  return (
    <Screen
      title={t("settings.title")}
      counts={rows.length > 0 && t("history.newest", { count: rows.length })}
      tabs={<Sections />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={t("history.emptyTitle")}>{t("officeHistory.emptyText")}</Empty>
      ) : (
        <RowList
          label={t("settings.audit")}
          list={list}
          total={result.isSuccess ? rows.length : null}
          open={null}
          onOpen={() => undefined}
        />
      )}
    </Screen>
  );
}
