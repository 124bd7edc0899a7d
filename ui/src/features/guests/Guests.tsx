import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { type Guest, onChange, useEvent } from "../../api";
import { readGuests } from "../../api/askGuests";
import { useAllowed } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { useCommands } from "../../shared/commands";
import { DropAnywhere } from "../../shared/DropAnywhere";
import { Empty } from "../../shared/Empty";
import { handFile } from "../../shared/handedFile";
import { useLongList } from "../../shared/longList";
import { usePlace } from "../../shared/place";
import { Screen } from "../../shared/Screen";
import { SearchField } from "../../shared/SearchField";
import { ColumnChooser, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { AddGuest } from "./AddGuest";
import { BulkBar, useManyGuests } from "./BulkBar";
import { useGuestColumns } from "./columns";
import { Filters } from "./Filters";
import { GuestPane } from "./GuestPane";
import { useGuestView } from "./view";

const idOf = (guest: Guest) => guest.id;
const nameOf = (guest: Guest) => guest.name;

/** Where the pane shows a form for somebody new, in place of the id of a guest. */
const NEW = "new";

/** Leads to the import, with a file or without. */
function useImport(): (file?: File) => void {
  const event = useEvent();
  const navigate = useNavigate();
  return (file) => {
    if (file !== undefined) handFile(file);
    void navigate({ to: "/events/$event/import", params: { event: event.id } });
  };
}

export function Guests() {
  const event = useEvent();
  const { t, count } = useSpeech();
  const allowed = useAllowed();
  const { open } = usePlace();
  const { view, order, narrowed, key, settle } = useGuestView();
  const { rows, spans, away, total, error, list: pages, shown } = useLongList<Guest>(
    `guests ${event.id} ${key}`,
    (slice) => readGuests(event.id, view, slice),
  );
  useEffect(
    () => onChange(event.id, (tags) => tags.some((tag) => tag !== "tasks") && pages.refresh()),
    [event.id, pages],
  );
  const columns = useGuestColumns();
  const complete = total !== null && rows.length === total;
  const list = useList({ name: "guests", columns, rows, complete, idOf, nameOf, order, away });
  const many = useManyGuests(pages);
  const toImport = useImport();
  const mayEdit = allowed("edit_guests");
  // What was added or opened a moment ago keeps the pane while the list is read anew.
  const [last, setLast] = useState<Guest | undefined>();
  const row = rows.find((guest) => guest.id === open) ?? (last?.id === open ? last : undefined);
  useEffect(() => setLast(row), [row]);

  const search = useCallback((text: string) => settle({ text, open: null }), [settle]);
  const close = () => settle({ open: null });
  const add = () => settle({ open: NEW });
  useCommands(
    mayEdit.disabled
      ? []
      : [
          { id: "add guest", title: t("guestForm.add"), group: t("palette.actions"), run: add },
          { id: "import guests", title: t("guests.import"), group: t("palette.actions"), run: () => toImport() },
        ],
  );

  const showAll = (
    <Button variant="default" onClick={() => settle({ text: "", type: null, standing: null, open: null })}>
      {t("guests.showAll")}
    </Button>
  );
  const bringIn = (
    <Button {...mayEdit} onClick={() => toImport()}>
      {t("guests.import")}
    </Button>
  );

  return (
    <Screen
      title={t("place.guests")}
      counts={
        narrowed ? (
          total !== null && t("guests.found", { count: total })
        ) : (
          <>
            <strong>{count(event.progress.guests)}</strong> ·{" "}
            {t("guests.summary", { count: event.progress.admitted })}
          </>
        )
      }
      tools={
        <>
          <SearchField label={t("guests.search")} text={view.text} onSearch={search} />
          <Filters view={view} narrow={(to) => settle({ ...to, open: null })} />
          <ColumnChooser list={list} />
          <Button variant="default" {...mayEdit} onClick={() => toImport()}>
            {t("guests.importShort")}
          </Button>
          <Button {...mayEdit} onClick={add}>
            {t("guestForm.addShort")}
          </Button>
        </>
      }
      pane={
        open === NEW ? (
          !mayEdit.disabled && <AddGuest close={close} added={(id) => settle({ open: id })} />
        ) : (
          open !== null && (
            <GuestPane
              key={open}
              id={open}
              row={row}
              close={close}
              remove={(guest) => {
                close();
                void many.remove([guest]);
              }}
            />
          )
        )
      }
      bar={<BulkBar list={list} many={many} />}
    >
      {!mayEdit.disabled && (
        <DropAnywhere title={t("guests.dropTitle")} text={t("guests.dropText")} take={toImport} />
      )}
      {error !== null && rows.length === 0 ? (
        <Trouble error={error} retry={pages.refresh} />
      ) : total === 0 ? (
        narrowed ? (
          <Empty
            title={view.text === "" ? t("guests.noneSuch") : t("guests.noneFound", { text: view.text })}
            step={showAll}
          >
            {t("guests.noneFoundText")}
          </Empty>
        ) : (
          <Empty title={t("guests.emptyTitle")} step={bringIn}>
            {t("guests.emptyText")}
          </Empty>
        )
      ) : (
        <RowList
          key={shown}
          label={t("place.guests")}
          list={list}
          total={total}
          spans={spans}
          open={open}
          onOpen={(id) => settle({ open: id })}
          onView={pages.look}
        />
      )}
    </Screen>
  );
}
