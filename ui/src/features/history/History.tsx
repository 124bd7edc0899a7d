import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { Edit } from "../../api/types";
import type { Going } from "../../app/address";
import { useEvent } from "../../app/event";
import type { Dictionary } from "../../i18n/en";
import { useSpeech } from "../../i18n/Speech";
import { formatExactMoment, formatShortMoment } from "../../i18n/format";
import { fill } from "../../i18n/language";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { type Column, RowList } from "../../parts/RowList";
import { Pane, Screen } from "../../parts/Screen";
import { Status } from "../../parts/Status";
import { Trouble } from "../../parts/Trouble";

const UNDO = "undo: ";

/** A command in the reader's words; one that has none yet stays as it is kept. */
export function nameCommand(words: Dictionary, command: string): string {
  if (command.startsWith(UNDO)) {
    return fill(words.history.undid, { what: nameCommand(words, command.slice(UNDO.length)) });
  }
  const known: Partial<Record<string, string>> = words.history.commands;
  return Object.hasOwn(known, command) ? (known[command] ?? command) : command;
}

function UndoState({ edit }: { edit: Edit }) {
  const { words } = useSpeech();
  if (edit.undone_by !== null) return <Status tone="bad">{words.history.undone}</Status>;
  if (edit.undoable) return <Status tone="good">{words.history.undoable}</Status>;
  return <Status tone="quiet">{words.history.final}</Status>;
}

export function History({ address, settle }: Going) {
  const event = useEvent();
  const { words, locale, count, many } = useSpeech();
  const result = useQuery(ask.edits(event.id));
  const rows = result.data ?? [];

  const columns: Column<Edit>[] = [
    {
      key: "when",
      title: words.history.when,
      track: "minmax(120px, 0.8fr)",
      show: (edit) => (
        <time dateTime={new Date(edit.at).toISOString()}>
          {formatShortMoment(locale, event.time_zone, edit.at)}
        </time>
      ),
    },
    {
      key: "what",
      title: words.history.what,
      track: "minmax(180px, 1.6fr)",
      show: (edit) => (
        <span className={`clip strong${edit.undone_by === null ? "" : " struck"}`}>
          {nameCommand(words, edit.command)}
        </span>
      ),
    },
    {
      key: "why",
      title: words.history.why,
      track: "minmax(120px, 1.4fr)",
      spare: true,
      show: (edit) => <span className="clip">{edit.reason}</span>,
    },
    {
      key: "who",
      title: words.history.who,
      track: "minmax(100px, 0.9fr)",
      show: (edit) => <span className="clip">{edit.actor}</span>,
    },
    {
      key: "undo",
      title: words.history.undo,
      track: "minmax(140px, 0.9fr)",
      spare: true,
      show: (edit) => <UndoState edit={edit} />,
    },
  ];
  const chosen = address.open === null ? undefined : rows.find((edit) => edit.id === address.open);

  return (
    <Screen
      title={words.place.history}
      counts={rows.length > 0 && many(words.history.newest, rows.length)}
      pane={
        chosen && (
          <Pane
            title={nameCommand(words, chosen.command)}
            under={formatExactMoment(locale, event.time_zone, chosen.at)}
            close={() => settle({ open: null })}
          >
            <p>
              <UndoState edit={chosen} />
            </p>
            <Facts
              facts={[
                [words.history.why, chosen.reason],
                [words.history.who, chosen.actor],
                [words.history.machine, chosen.machine],
                [words.history.sequence, count(chosen.sequence)],
              ]}
            />
          </Pane>
        )
      }
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={words.history.emptyTitle}>{words.history.emptyText}</Empty>
      ) : (
        <RowList
          label={words.place.history}
          columns={columns}
          rows={rows}
          total={rows.length}
          idOf={(edit) => edit.id}
          open={address.open}
          onOpen={(id) => settle({ open: id })}
        />
      )}
    </Screen>
  );
}
