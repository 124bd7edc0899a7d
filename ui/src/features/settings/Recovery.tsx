import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import { client, content } from "../../api";
import type { RecoveryKit } from "../../api/rowTypes";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";
import { Refused, useSending } from "../../shared/form";
import { Note } from "../../shared/Note";
import { SettingsPage } from "./SettingsPage";
import styles from "./settings.module.css";

function asPdf(base64: string): Response {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Response(bytes, { headers: { "content-type": "application/pdf" } });
}

function asText(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/plain;charset=utf-8" } });
}

function Kit({ kit, done }: { kit: RecoveryKit; done(): void }) {
  const { t } = useSpeech();
  const [written, setWritten] = useState(false);
  return (
    <>
      <Note title={t("recovery.writeDown")}>{t("recovery.once")}</Note>
      <p className={styles.code} aria-label={t("recovery.code")} role="text">
        {kit.code}
      </p>
      <div className={styles.tools}>
        <Button
          variant="default"
          onClick={() => void platform().saveFile(asPdf(kit.page), "gatehouse-recovery-page.pdf")}
        >
          {t("recovery.page")}
        </Button>
        <Button
          variant="default"
          onClick={() => void platform().saveFile(asText(kit.kit), "gatehouse-recovery-kit.txt")}
        >
          {t("recovery.file")}
        </Button>
      </div>
      <p className="quiet">{t("recovery.apart")}</p>
      <div className={styles.form}>
        <Checkbox
          label={t("recovery.written")}
          checked={written}
          onChange={(event) => setWritten(event.target.checked)}
        />
        <Button disabled={!written} onClick={done}>
          {t("recovery.finish")}
        </Button>
      </div>
    </>
  );
}

/** What brings the office back on another computer. */
export function Recovery() {
  const { t } = useSpeech();
  const [kit, setKit] = useState<RecoveryKit | null>(null);
  const sending = useSending();
  // Sent without an Idempotency-Key: what answers one is kept for a day, and the code must not be.
  const make = () =>
    sending.send(async () => setKit(await content(client.POST("/api/recovery-kit"))));
  return (
    <SettingsPage title={t("settings.recovery")}>
      {kit === null ? (
        <>
          <p>{t("recovery.text")}</p>
          <ol className={styles.steps}>
            <li>{t("recovery.stepCode")}</li>
            <li>{t("recovery.stepPage")}</li>
            <li>{t("recovery.stepApart")}</li>
          </ol>
          <Refused error={sending.error} />
          <div>
            <Button loading={sending.busy} onClick={() => void make()}>
              {t("recovery.make")}
            </Button>
          </div>
        </>
      ) : (
        <Kit kit={kit} done={() => setKit(null)} />
      )}
    </SettingsPage>
  );
}
