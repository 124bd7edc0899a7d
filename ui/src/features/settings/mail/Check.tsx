import { Alert, Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { checkMail, readInbox } from "../../../api/askMail";
import type { InboxLook } from "../../../api/deliveryTypes";
import { useMessageWords } from "../../../api/useMessageWords";
import { useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";
import { Problem } from "../../../shared/problem";
import styles from "./mail.module.css";

type Found = "works" | InboxLook | null;

/** Signs in to the servers that are saved, and says clearly how that went. */
export function Check({ unsaved, inbox, save }: { unsaved: boolean; inbox: boolean; save(): Promise<void> }) {
  const { t } = useSpeech();
  const { why } = useMessageWords();
  const queries = useQueryClient();
  const sending = useSending();
  const [found, setFound] = useState<Found>(null);
  const look = (act: () => Promise<Found>) =>
    sending.send(async () => {
      setFound(null);
      setFound(await act());
      await queries.invalidateQueries({ queryKey: ["mail", "state"] });
    });
  const check = async (): Promise<Found> => {
    await checkMail();
    return "works";
  };
  const { error } = sending;
  const words = error instanceof Problem ? why(error.code) : null;
  return (
    <div className={styles.check}>
      {words !== null && error instanceof Problem ? (
        <Alert color="red" variant="light" role="alert" title={words}>
          <span dir="auto">{error.message}</span>
        </Alert>
      ) : (
        <Refused error={error} />
      )}
      {found !== null && (
        <Alert color="green" variant="light" role="status">
          {found === "works"
            ? t(inbox ? "mail.bothWork" : "mail.works")
            : t("mail.looked", { n: found.read, bounced: found.bounced })}
        </Alert>
      )}
      <div className={styles.tools}>
        {unsaved ? (
          <Button variant="default" onClick={() => void save()}>
            {t("mail.saveFirst")}
          </Button>
        ) : (
          <Button variant="default" loading={sending.busy} onClick={() => void look(check)}>
            {t("mail.check")}
          </Button>
        )}
        {inbox && !unsaved && (
          <Button variant="subtle" loading={sending.busy} onClick={() => void look(readInbox)}>
            {t("mail.readInbox")}
          </Button>
        )}
      </div>
    </div>
  );
}
