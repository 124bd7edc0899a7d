import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { client, content, type Task, useEvent } from "../../../api";
import { follow } from "../../../api/longWork";
import { fileOf, isDone, keepFile } from "../../../api/taskFile";
import { useAllowed } from "../../../api/useAllowed";
import { formatMoment, useSpeech } from "../../../locales";
import { isAgreed, NO_PASSPHRASE, PassphraseFields, Refused, useSending } from "../../../shared/form";
import styles from "./setup.module.css";

/** Under which name the file is kept when the office gave it none. */
const USUAL_NAME = "gatehouse-event";

/** The file that the other machine takes in; it can be kept once more for as long as this is shown. */
function Made({ task }: { task: Task }) {
  const { t } = useSpeech();
  const sending = useSending();
  const name = fileOf(task) ?? USUAL_NAME;
  return (
    <div className={styles.part} role="status">
      <p className="strong">{t("handOver.made", { file: name })}</p>
      <p>{t("handOver.next")}</p>
      <Refused error={sending.error} />
      <div>
        <Button
          variant="default"
          loading={sending.busy}
          onClick={() => void sending.send(() => keepFile(task.id, name))}
        >
          {t("handOver.again")}
        </Button>
      </div>
    </div>
  );
}

/** Gives the event to another machine, which goes on with it. */
export function HandOver() {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const allowed = useAllowed()("manage_workspace");
  const queries = useQueryClient();
  const [typed, setTyped] = useState(NO_PASSPHRASE);
  const [made, setMade] = useState<Task | null>(null);
  const sending = useSending();
  const handOver = (submitted: FormEvent) => {
    submitted.preventDefault();
    void sending.send(async () => {
      const params = { path: { id: event.id } };
      const body = { passphrase: typed.passphrase };
      const task = await follow({
        title: t("handOver.work", { title: event.title }),
        begin: () => content(client.POST("/api/events/{id}/hand-over", { params, body })),
        told: (done) => fileOf(done) ?? t("tray.done"),
        open: (done) => void keepFile(done.id, fileOf(done) ?? USUAL_NAME).catch(() => undefined),
      });
      if (!isDone(task)) return;
      setMade(task);
      setTyped(NO_PASSPHRASE);
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
      void queries.invalidateQueries({ queryKey: ["events"] });
      await keepFile(task.id, fileOf(task) ?? USUAL_NAME);
    });
  };
  if (event.handed_over_at !== null) {
    const when = formatMoment(locale, event.time_zone, event.handed_over_at);
    return (
      <div className={styles.part}>
        <p>{t("handOver.away", { when })}</p>
        <Refused error={sending.error} />
        {made !== null && <Made task={made} />}
      </div>
    );
  }
  return (
    <form className={styles.form} aria-label={t("setup.section.hand_over")} onSubmit={handOver} noValidate>
      <p>{t("handOver.text")}</p>
      <ul className={styles.told}>
        <li>{t("handOver.here")}</li>
        <li>{t("handOver.there")}</li>
        <li>{t("handOver.back")}</li>
      </ul>
      <Refused error={sending.error} fields={["passphrase"]} />
      <div className={styles.passphrase}>
        <PassphraseFields typed={typed} refused={sending.of("passphrase")} change={setTyped} />
      </div>
      <p className="quiet">{t("handOver.tell")}</p>
      <div className={styles.buttons}>
        <Button
          type="submit"
          loading={sending.busy}
          {...(allowed.disabled ? allowed : { disabled: !isAgreed(typed) })}
        >
          {t("handOver.submit")}
        </Button>
      </div>
    </form>
  );
}
