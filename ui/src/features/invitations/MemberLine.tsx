import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { client, content, type Party, type PartyMember, TICKET_TONE, useEvent } from "../../api";
import type { Shown } from "../../api/rowTypes";
import { useAllowed } from "../../api/useAllowed";
import { formatShortMoment, useSpeech } from "../../locales";
import { useSending } from "../../shared/form";
import { Icon } from "../../shared/Icon";
import { usePlace } from "../../shared/place";
import { Refused } from "../../shared/form";
import { Status } from "../../shared/Status";
import styles from "./Invitations.module.css";
import { NamePlusOne } from "./NamePlusOne";

/** What can be answered; that somebody came is for the gates to say. */
const ANSWERS = ["pending", "accepted", "declined"] as const;

/** One person of an invitation: answer, seat, ticket, and the way in. */
export function MemberLine({
  party,
  member,
  changed,
  show,
}: {
  party: Party;
  member: PartyMember;
  changed(what: string, done: string): void;
  show(shown: Shown): void;
}) {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const { go } = usePlace();
  const allowed = useAllowed();
  const sending = useSending();
  const [seat, setSeat] = useState<string | null>(null);
  const [naming, setNaming] = useState(false);
  const { ticket } = member;
  const name = member.unnamed ? t("tickets.plusOne", { name: member.name }) : member.name;
  const path = { id: party.id, member: member.id };
  const cameAt = ticket?.checked_in_at ?? null;

  const change = (body: { status?: (typeof ANSWERS)[number]; seat?: string; guest_id?: string }, done: string) =>
    sending.send(async () => {
      await content(
        client.PUT("/api/invitations/{id}/guests/{member}", { params: { path }, body }),
      );
      changed("change member", done);
    });

  const checkIn = () =>
    sending.send(async () => {
      const shown = await content(
        client.PUT("/api/invitations/{id}/guests/{member}/checkin", { params: { path }, body: {} }),
      );
      show(shown);
    });

  return (
    <li className={styles.member}>
      <div className={styles.memberHead}>
        {member.guest_id === null ? (
          <span className="strong">{name}</span>
        ) : (
          <button
            type="button"
            className="link"
            onClick={() => go(event.id, "guests", { q: member.name, open: member.guest_id ?? "" })}
          >
            {name}
          </button>
        )}
        {cameAt !== null && (
          <Status tone="came">
            {t("guests.cameInAt", { when: formatShortMoment(locale, event.time_zone, cameAt) })}
          </Status>
        )}
      </div>
      <p className="quiet small">
        {ticket === null ? (
          t("guests.noTicket")
        ) : (
          <>
            <button
              type="button"
              className="link"
              onClick={() => go(event.id, "tickets", { open: ticket.id })}
            >
              {t("member.ticket", { n: ticket.number })}
            </button>
            {ticket.status !== "active" && (
              <>
                {" "}
                <Status tone={TICKET_TONE[ticket.status]}>{t(`ticketStatus.${ticket.status}`)}</Status>
              </>
            )}
          </>
        )}
        {member.ticket_type !== null && ` · ${member.ticket_type}`}
      </p>
      <div className={styles.memberTools}>
        <NativeSelect
          size="xs"
          aria-label={t("member.answerOf", { name })}
          {...allowed("edit_guests")}
          value={ANSWERS.find((known) => known === member.status) ?? "attended"}
          data={[
            ...(ANSWERS.some((known) => known === member.status)
              ? []
              : [{ value: "attended", label: t(`memberStatus.${member.status}`), disabled: true }]),
            ...ANSWERS.map((value) => ({ value, label: t(`memberStatus.${value}`) })),
          ]}
          onChange={(event) => {
            const status = ANSWERS.find((known) => known === event.target.value);
            if (status !== undefined) void change({ status }, t("member.answered", { name }));
          }}
        />
        {cameAt === null && (
          <Button
            size="compact-sm"
            variant="default"
            {...(ticket === null ? { disabled: true, title: t("member.noTicketYet") } : allowed("scan"))}
            loading={sending.busy}
            onClick={() => void checkIn()}
          >
            {t("checkIn.act")}
          </Button>
        )}
      </div>
      {seat === null ? (
        <p className={styles.seat}>
          <span className="quiet">{t("guests.seat")}</span>
          <span>{member.seat ?? "—"}</span>
          <button
            type="button"
            className="text-button"
            {...allowed("edit_guests")}
            aria-label={t("member.changeSeat", { name })}
            onClick={() => setSeat(member.seat ?? "")}
          >
            {t("change")}
          </button>
        </p>
      ) : (
        <form
          className={styles.seat}
          onSubmit={(event) => {
            event.preventDefault();
            void change({ seat: seat.trim() }, t("member.seated", { name })).then(
              (done) => done && setSeat(null),
            );
          }}
        >
          <TextInput
            size="xs"
            autoFocus
            aria-label={t("member.seatOf", { name })}
            maxLength={200}
            value={seat}
            error={sending.of("seat")}
            onChange={(event) => setSeat(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Escape") return;
              event.preventDefault();
              setSeat(null);
            }}
          />
          <Button type="submit" size="compact-sm" loading={sending.busy}>
            {t("save")}
          </Button>
          <ActionIcon variant="subtle" aria-label={t("cancel")} onClick={() => setSeat(null)}>
            <Icon name="close" />
          </ActionIcon>
        </form>
      )}
      {member.unnamed && (
        <button
          type="button"
          className="text-button"
          {...allowed("edit_guests")}
          onClick={() => setNaming(true)}
        >
          {t("plusOne.name")}
        </button>
      )}
      <Refused error={sending.error} fields={["seat"]} />
      {naming && (
        <NamePlusOne
          host={member.name}
          act={(guest_id, called) => change({ guest_id }, t("plusOne.named", { name: called }))}
          error={sending.error}
          close={() => setNaming(false)}
        />
      )}
    </li>
  );
}
