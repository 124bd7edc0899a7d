import { Alert, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { ask, type Edit, useEvent } from "../../api";
import { useAllowed } from "../../api/useAllowed";
import { formatExactMoment, formatShortMoment, useSpeech } from "../../locales";
import en from "../../locales/en.json";
import { Empty } from "../../shared/Empty";
import { Facts } from "../../shared/Facts";
import { Refused } from "../../shared/form";
import { usePlace } from "../../shared/place";
import { isProblem } from "../../shared/problem";
import { Pane, Screen } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { type Column, ColumnChooser, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { useUndo } from "./useUndo";

const UNDO = "undo: ";

type Known = keyof typeof en.history.commands;

const isKnown = (command: string): command is Known => Object.hasOwn(en.history.commands, command);

/** A command in the reader's words; one that has none yet stays as it is kept. */
export function nameCommand(t: TFunction, command: string): string {
  if (command.startsWith(UNDO)) {
    return t("history.undid", { what: nameCommand(t, command.slice(UNDO.length)) });
  }
  return isKnown(command) ? t(`history.commands.${command}`) : command;
}

function UndoState({ edit }: { edit: Edit }) {
  const { t } = useSpeech();
  if (edit.undone_by !== null) return <Status tone="bad">{t("history.undone")}</Status>;
  if (edit.undoable) return <Status tone="good">{t("history.undoable")}</Status>;
  return <Status tone="quiet">{t("history.final")}</Status>;
}

/** Refusals that another edit is the reason of: what to do is said in the reader's words. */
const IN_THE_WAY = ["later_edit_in_the_way", "edit_depended_on"] as const;

function UndoTrouble({ error }: { error: unknown }) {
  const { t } = useSpeech();
  const known = IN_THE_WAY.find((code) => isProblem(error, code));
  if (known === undefined) return <Refused error={error} />;
  return (
    <Alert color="red" variant="light" role="alert" title={t(`history.refused.${known}`)}>
      <p lang="en">{error instanceof Error ? error.message : ""}</p>
      <p>{t("history.refused.then")}</p>
    </Alert>
  );
}

function EditPane({ edit, close }: { edit: Edit; close(): void }) {
  const { time_zone } = useEvent();
  const { t, locale, count } = useSpeech();
  const allowed = useAllowed()("edit_guests");
  const { undo, busy, error } = useUndo();
  return (
    <Pane
      title={nameCommand(t, edit.command)}
      under={formatExactMoment(locale, time_zone, edit.at)}
      close={close}
    >
      <p>
        <UndoState edit={edit} />
      </p>
      {edit.undoable && edit.undone_by === null ? (
        <Button size="compact-sm" {...allowed} loading={busy} onClick={() => void undo(edit)}>
          {t("history.undoThis")}
        </Button>
      ) : (
        <p className="quiet small">
          {edit.undone_by === null ? t("history.finalText") : t("history.undoneText")}
        </p>
      )}
      <UndoTrouble error={error} />
      <Facts
        facts={[
          [t("history.why"), edit.reason],
          [t("history.who"), edit.actor],
          [t("history.machine"), edit.machine],
          [t("history.sequence"), count(edit.sequence)],
        ]}
      />
    </Pane>
  );
}

function useColumns(): Column<Edit>[] {
  const { time_zone } = useEvent();
  const { t, locale } = useSpeech();
  return useMemo(
    () => [
      {
        key: "when",
        title: t("history.when"),
        track: "minmax(120px, 0.8fr)",
        fixed: true,
        order: (edit) => edit.sequence,
        show: (edit) => (
          <time className="clip" dateTime={new Date(edit.at).toISOString()}>
            {formatShortMoment(locale, time_zone, edit.at)}
          </time>
        ),
      },
      {
        key: "what",
        title: t("history.what"),
        track: "minmax(180px, 1.6fr)",
        fixed: true,
        order: (edit) => nameCommand(t, edit.command),
        show: (edit) => (
          <span className={`clip strong${edit.undone_by === null ? "" : " struck"}`}>
            {nameCommand(t, edit.command)}
          </span>
        ),
      },
      {
        key: "why",
        title: t("history.why"),
        track: "minmax(120px, 1.4fr)",
        spare: true,
        order: (edit) => edit.reason,
        show: (edit) => <span className="clip">{edit.reason}</span>,
      },
      {
        key: "who",
        title: t("history.who"),
        track: "minmax(100px, 0.9fr)",
        order: (edit) => edit.actor,
        show: (edit) => <span className="clip">{edit.actor}</span>,
      },
      {
        key: "undo",
        title: t("history.undo"),
        track: "minmax(140px, 0.9fr)",
        spare: true,
        show: (edit) => <UndoState edit={edit} />,
      },
    ],
    [t, locale, time_zone],
  );
}

const NONE: Edit[] = [];
const idOf = (edit: Edit) => edit.id;

export function History() {
  const event = useEvent();
  const { t } = useSpeech();
  const { open, settle } = usePlace();
  const result = useQuery(ask.edits(event.id));
  const rows = result.data ?? NONE;
  const columns = useColumns();
  const list = useList({ name: "history", columns, rows, complete: result.isSuccess, idOf });
  const chosen = open === null ? undefined : rows.find((edit) => edit.id === open);

  return (
    <Screen
      title={t("place.history")}
      counts={rows.length > 0 && t("history.newest", { count: rows.length })}
      tools={<ColumnChooser list={list} />}
      pane={chosen && <EditPane key={chosen.id} edit={chosen} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={t("history.emptyTitle")}>{t("history.emptyText")}</Empty>
      ) : (
        <RowList
          label={t("place.history")}
          list={list}
          total={result.isSuccess ? rows.length : null}
          open={open}
          onOpen={(id) => settle({ open: id })}
        />
      )}
    </Screen>
  );
}
