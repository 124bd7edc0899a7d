import { Button, Menu, Popover, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Guest, type GuestChange, useEvent } from "../../api";
import { changeGuests, removeGuests } from "../../api/askGuests";
import { offerLastEdit } from "../../api/lastEdit";
import { useAllowed } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { handInvitations } from "../../shared/handedInvitations";
import type { LongList } from "../../shared/longList";
import { type List, SelectionBar } from "../../shared/table";
import { TypeMark } from "../../shared/TypeMark";
import { copyEmails } from "./copyEmails";
import styles from "./guests.module.css";
import { patched } from "./guestValues";

const sayNo = (title: string) => (error: unknown) =>
  notifications.show({
    color: "red",
    title,
    message: error instanceof Error ? error.message : String(error),
  });

/** Changes guests at once, shown before the office has answered, with the way back beside it. */
export function useManyGuests(list: LongList<Guest>) {
  const event = useEvent();
  const { t } = useSpeech();

  const change = async (guests: readonly Guest[], given: GuestChange) => {
    const those = new Set(guests.map(({ id }) => id));
    const back = list.patch((row) => (those.has(row.id) ? patched(row, given) : row));
    try {
      const { changed } = await changeGuests(event.id, [...those], given);
      await offerLastEdit(event.id, "change guests", t("bulk.changed", { count: changed }), list.refresh);
    } catch (error) {
      back();
      sayNo(t("bulk.notChanged"))(error);
    }
  };

  const remove = async (guests: readonly Guest[]) => {
    try {
      const done = await removeGuests(event.id, guests.map(({ id }) => id));
      list.refresh();
      if (done.invited > 0) {
        notifications.show({ message: t("bulk.invitedStay", { count: done.invited }) });
      }
      if (done.removed === 0) return;
      await offerLastEdit(event.id, "remove guests", t("bulk.removed", { count: done.removed }), list.refresh);
    } catch (error) {
      sayNo(t("bulk.notRemoved"))(error);
    }
  };

  return { change, remove };
}

function GroupButton({ give, disabled, title }: { give(group: string): void; disabled: boolean; title?: string }) {
  const { t } = useSpeech();
  const [opened, setOpened] = useState(false);
  const [group, setGroup] = useState("");
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" withinPortal={false} trapFocus shadow="none">
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          disabled={disabled}
          {...(title !== undefined && { title })}
          onClick={() => setOpened(!opened)}
        >
          {t("bulk.group")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={styles.form}
          onSubmit={(press) => {
            press.preventDefault();
            setOpened(false);
            give(group.trim());
          }}
        >
          <TextInput
            label={t("guestField.group")}
            description={t("bulk.groupText")}
            maxLength={200}
            data-autofocus
            value={group}
            onChange={(event) => setGroup(event.target.value)}
          />
          <Button type="submit" size="compact-sm">
            {group.trim() === "" ? t("bulk.noGroup") : t("bulk.giveGroup")}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Leads to a new mailing to the invitations of guests; says so where they have none. */
function useMessageTo(): (guests: readonly Guest[]) => void {
  const event = useEvent();
  const { t } = useSpeech();
  const navigate = useNavigate();
  return (guests) => {
    const invitations = new Set(guests.flatMap(({ invitation_id: id }) => (id === null ? [] : [id])));
    if (invitations.size === 0) {
      notifications.show({ message: t("bulk.notInvited") });
      return;
    }
    handInvitations([...invitations]);
    const search = { section: "mailings", open: "new" };
    void navigate({ to: "/events/$event/delivery", params: { event: event.id }, search });
  };
}

/** What can be done with the guests that are selected. */
export function BulkBar({
  list,
  many,
}: {
  list: List<Guest>;
  many: ReturnType<typeof useManyGuests>;
}) {
  const { t } = useSpeech();
  const { ticket_types } = useEvent();
  const may = useAllowed();
  const allowed = may("edit_guests");
  const message = useMessageTo();
  const clear = () => list.table.resetRowSelection(true);
  return (
    <SelectionBar list={list}>
      {(guests) => (
        <>
          <Menu position="top-start">
            <Menu.Target>
              <Button size="compact-sm" variant="default" {...allowed}>
                {t("bulk.type")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {ticket_types
                .filter(({ scope }) => scope !== "session")
                .map(({ id, name, colour }) => (
                  <Menu.Item
                    key={id}
                    onClick={() => void many.change(guests, { ticket_type: name })}
                  >
                    <TypeMark name={name} colour={colour} />
                  </Menu.Item>
                ))}
            </Menu.Dropdown>
          </Menu>
          <GroupButton {...allowed} give={(group) => void many.change(guests, { group })} />
          <Button
            size="compact-sm"
            variant="default"
            {...allowed}
            onClick={() => {
              clear();
              void many.remove(guests);
            }}
          >
            {t("guests.remove")}
          </Button>
          <Button size="compact-sm" variant="default" {...may("issue_tickets")} onClick={() => message(guests)}>
            {t("bulk.message")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => void copyEmails(guests)}>
            {t("guests.copyEmails")}
          </Button>
        </>
      )}
    </SelectionBar>
  );
}
