import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useEvent } from "../../../api";
import { resend, settleMessage } from "../../../api/askDelivery";
import type { MessageRow } from "../../../api/deliveryTypes";
import { useAllowed } from "../../../api/useAllowed";
import { PERHAPS_SENT, useMessageWords } from "../../../api/useMessageWords";
import { formatMoment, useSpeech } from "../../../locales";
import { Facts } from "../../../shared/Facts";
import { Refused, useSending } from "../../../shared/form";
import { Note } from "../../../shared/Note";
import { usePlace } from "../../../shared/place";
import { Pane } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import styles from "../delivery.module.css";
import { cameToNothing, waits } from "../kinds";

/** What a person found out about a message that may have left. */
function Settle({ message, changed }: { message: MessageRow; changed(): void }) {
  const { t } = useSpeech();
  const allowed = useAllowed()("issue_tickets");
  const sending = useSending();
  const say = (arrived: boolean) =>
    sending.send(async () => {
      await settleMessage(message.id, arrived);
      changed();
    });
  return (
    <Note>
      <p>{t("delivery.perhapsSentText")}</p>
      <Refused error={sending.error} />
      <div className={`${styles.tools} ${styles.noteTool}`}>
        <Button size="compact-sm" variant="default" loading={sending.busy} {...allowed} onClick={() => void say(true)}>
          {t("delivery.itArrived")}
        </Button>
        <Button size="compact-sm" variant="default" loading={sending.busy} {...allowed} onClick={() => void say(false)}>
          {t("delivery.itDidNot")}
        </Button>
      </div>
    </Note>
  );
}

/** Sends a message again; where it came to nothing, the address or number can be corrected in the same step. */
function SendAgain({ message, sent }: { message: MessageRow; sent(id: string): void }) {
  const { t } = useSpeech();
  const allowed = useAllowed()("issue_tickets");
  const sending = useSending();
  const [to, setTo] = useState(message.recipient);
  const corrects = cameToNothing(message.status);
  const part = message.channel === "email" ? "email" : "phone";
  const wanted = to.trim();
  const isCorrected = corrects && wanted !== message.recipient;
  const send = () =>
    sending.send(async () => {
      const made = await resend(message.id, isCorrected ? { [part]: wanted } : {});
      notifications.show({
        message: isCorrected ? t("delivery.correctedDone", { to: wanted }) : t("delivery.againDone"),
      });
      sent(made.id);
    });
  return (
    <form
      className={styles.fix}
      noValidate
      onSubmit={(submitted) => {
        submitted.preventDefault();
        void send();
      }}
    >
      <Refused error={sending.error} fields={[part]} />
      {corrects && (
        <TextInput
          type={part === "email" ? "email" : "tel"}
          label={t(part === "email" ? "delivery.rightAddress" : "delivery.rightNumber")}
          description={t("delivery.rightAddressText")}
          maxLength={254}
          value={to}
          error={sending.of(part)}
          onChange={({ target }) => {
            sending.clear();
            setTo(target.value);
          }}
        />
      )}
      <Button
        type="submit"
        {...(corrects ? {} : { size: "compact-sm", variant: "default" as const })}
        loading={sending.busy}
        {...(corrects && wanted === "" ? { disabled: true } : allowed)}
      >
        {isCorrected ? t("delivery.correctAndSend") : t("delivery.sendAgain")}
      </Button>
    </form>
  );
}

/** One message: to whom, what became of it, and its next step. */
export function MessagePane({ message, close }: { message: MessageRow; close(): void }) {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const { settle } = usePlace();
  const queries = useQueryClient();
  const words = useMessageWords();
  const changed = () => void queries.invalidateQueries({ queryKey: ["event", event.id] });
  const { status, code, detail, channel, attempts, sent_at, settled_at, due_at, queued_at } = message;
  const why = words.why(code);
  const moment = (at: number | null) => at !== null && formatMoment(locale, event.time_zone, at);
  const session = event.sessions.find(({ id }) => id === message.session);
  const unknown = code === PERHAPS_SENT;
  return (
    <Pane title={words.about(message)} under={`${message.label} · ${message.number}`} close={close}>
      <p>
        <Status tone={words.tone(message)}>{words.status(message)}</Status>
      </p>
      {!unknown && why !== null && <p>{why}</p>}
      {unknown && <Settle message={message} changed={changed} />}
      {!waits(status) && !unknown && (
        <SendAgain
          message={message}
          sent={(id) => {
            changed();
            settle({ open: id, status: null, text: "" });
          }}
        />
      )}
      <Facts
        facts={[
          [
            t("delivery.to"),
            message.recipient !== "" && (
              <bdi dir="ltr" key="to">
                {message.recipient}
              </bdi>
            ),
          ],
          [t("delivery.channel"), t(`channel.${channel}`)],
          [
            t("guests.invitation"),
            <Link
              key="invitation"
              className="link"
              to="/events/$event/invitations"
              params={{ event: event.id }}
              search={{ open: message.invitation }}
            >
              {message.number}
            </Link>,
          ],
          [t("delivery.session"), session !== undefined && (session.title ?? moment(session.starts_at))],
          [t("delivery.queued"), moment(queued_at)],
          [t(attempts > 0 ? "delivery.tryAgainAt" : "delivery.dueAt"), waits(status) && moment(due_at)],
          [t("delivery.sentAt"), moment(sent_at)],
          [t(status === "bounced" ? "delivery.cameBackAt" : "delivery.knownAt"), moment(settled_at)],
          [t("delivery.tries"), attempts > 0 && count(attempts)],
          [
            t("delivery.said"),
            detail !== "" && (
              <span dir="auto" key="said">
                {detail}
              </span>
            ),
          ],
          [t("delivery.code"), code !== "" && <code key="code">{code}</code>],
        ]}
      />
    </Pane>
  );
}
