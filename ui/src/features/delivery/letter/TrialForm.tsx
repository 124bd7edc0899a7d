import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useEvent, useMe } from "../../../api";
import { sendTrial } from "../../../api/askDelivery";
import type { MessageKind, Wording } from "../../../api/deliveryTypes";
import { useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";
import styles from "./letter.module.css";

/** Sends a wording to an address of one's own, to see it arrive. */
export function TrialForm({
  kind,
  wording,
  language,
  message,
  invitation,
}: {
  kind: MessageKind;
  /** What it says; what the guest would be sent when null. */
  wording: Wording | null;
  language: string | null;
  message: string;
  invitation: string | null;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const me = useMe();
  const allowed = useAllowed()("issue_tickets");
  const sending = useSending();
  const [to, setTo] = useState(me?.account.email ?? "");
  const send = async () => {
    const wanted = to.trim();
    const body = { wording, language, invitation, message, to: wanted };
    const sent = await sending.send(() => sendTrial(event.id, kind, body));
    if (sent) notifications.show({ message: t("wording.trialSent", { to: wanted }) });
  };
  return (
    <div>
      <Refused error={sending.error} fields={["to"]} />
      <form
        className={styles.trial}
        noValidate
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void send();
        }}
      >
        <TextInput
          type="email"
          label={t("wording.trialTo")}
          maxLength={254}
          value={to}
          error={sending.of("to")}
          onChange={({ target }) => setTo(target.value)}
        />
        <Button
          type="submit"
          variant="default"
          loading={sending.busy}
          {...(to.trim() === "" ? { disabled: true } : allowed)}
        >
          {t("wording.trial")}
        </Button>
      </form>
    </div>
  );
}
