import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ask, type Guest, type GuestDetail, useEvent } from "../../api";
import { askGuest } from "../../api/askGuests";
import { useAllowed } from "../../api/useAllowed";
import { nameLanguage, useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { Facts } from "../../shared/Facts";
import { LifeLine } from "../../shared/LifeLine";
import { isProblem } from "../../shared/problem";
import { Pane } from "../../shared/Screen";
import { Trouble } from "../../shared/Trouble";
import { GuestStatus, GuestType } from "./columns";
import { EditGuest } from "./EditGuest";
import { GuestMessages } from "./GuestMessages";
import { GuestPhoto } from "./GuestPhoto";
import { GuestSaid } from "./GuestSaid";
import styles from "./guests.module.css";

function Details({ guest, detail }: { guest: Guest; detail: GuestDetail | undefined }) {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const ticket = useQuery({
    ...ask.ticket(event.id, guest.ticket ?? 0),
    enabled: guest.ticket !== null,
  });
  const values = detail?.values;
  const wanted = values?.ticket_type ?? null;
  const params = { event: event.id };
  return (
    <>
      <p>
        <GuestStatus guest={guest} />
      </p>
      <Facts
        facts={[
          [t("guests.type"), guest.ticket_type !== null && <GuestType name={guest.ticket_type} />],
          [
            t("guests.nextType"),
            guest.ticket !== null && wanted !== null && wanted !== guest.ticket_type && (
              <GuestType name={wanted} />
            ),
          ],
          [t("guests.seat"), guest.seat],
          [
            t("guests.invitation"),
            guest.invitation_id !== null && (
              <Link
                className="link"
                to="/events/$event/invitations"
                params={params}
                search={{ open: guest.invitation_id }}
              >
                {guest.invitation}
              </Link>
            ),
          ],
          [
            t("guests.ticket"),
            guest.ticket_id !== null && (
              <Link className="link" to="/events/$event/tickets" params={params} search={{ open: guest.ticket_id }}>
                #{guest.ticket}
              </Link>
            ),
          ],
          [t("guestField.email"), guest.email],
          [t("guestField.phone"), values?.phone],
          [t("guestField.title"), values?.title],
          [t("guestField.group"), guest.group],
          [t("guestField.party_size"), values?.party_size && count(values.party_size)],
          [t("guestField.language"), values?.language && nameLanguage(locale, values.language)],
          [t("guestField.external_id"), values?.external_id],
          [t("guestField.notes"), values?.notes && <span className={styles.notes}>{values.notes}</span>],
          ...Object.entries(values?.custom ?? {}),
          [t("guests.line"), detail?.line && count(detail.line)],
        ]}
      />
      {guest.invitation_id !== null && <GuestSaid guest={guest.id} invitation={guest.invitation_id} />}
      {ticket.data && (
        <LifeLine times={ticket.data.life_line} gate={ticket.data.gate} zone={event.time_zone} />
      )}
      {guest.invitation_id !== null && <GuestMessages id={guest.id} invitation={guest.invitation ?? ""} />}
    </>
  );
}

/** One guest in detail; what the row tells is there at once, the rest follows. */
export function GuestPane({
  id,
  row,
  close,
  remove,
}: {
  id: string;
  row: Guest | undefined;
  close(): void;
  remove(guest: Guest): void;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const allowed = useAllowed();
  const read = useQuery(askGuest(event.id, id));
  const [edits, setEdits] = useState(false);
  const detail = read.data?.body;
  const guest = detail ?? row;
  if (guest === undefined) {
    if (!read.isError) return null;
    return (
      <Pane title={t("guests.goneTitle")} close={close}>
        {isProblem(read.error, "guest_unknown") ? (
          <Empty title={t("guests.goneTitle")}>{t("guests.goneText")}</Empty>
        ) : (
          <Trouble error={read.error} retry={() => void read.refetch()} />
        )}
      </Pane>
    );
  }
  return (
    <Pane title={guest.name} under={guest.company ?? undefined} close={close}>
      {edits && read.data !== undefined ? (
        <EditGuest read={read.data} close={() => setEdits(false)} />
      ) : (
        <>
          <div className={styles.actions}>
            <Button
              size="compact-sm"
              variant="default"
              data-edit
              {...allowed("edit_guests")}
              onClick={() => setEdits(true)}
            >
              {t("guestForm.editShort")}
            </Button>
            {guest.invitation_id === null && (
              <Button
                size="compact-sm"
                variant="default"
                {...allowed("edit_guests")}
                onClick={() => remove(guest)}
              >
                {t("guests.remove")}
              </Button>
            )}
          </div>
          <GuestPhoto id={guest.id} name={guest.name} />
          <Details guest={guest} detail={detail} />
        </>
      )}
    </Pane>
  );
}
