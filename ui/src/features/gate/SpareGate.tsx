import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { enrolSpare } from "../../api/gate";
import { useSpeech } from "../../locales";
import { sayLeft, useSecondsLeft } from "../../shared/countdown";
import { Problem } from "../../shared/problem";
import { QrCode } from "../../shared/qr";
import { useRefusal } from "../../shared/useRefusal";
import form from "./GateForm.module.css";
import own from "./OwnGate.module.css";
import { Sheet } from "./Sheet";
import styles from "./SpareGate.module.css";

/** For how long a code is shown by this machine's clock alone. */
const GOOD_MS = 5 * 60_000;

/** The code with which a spare machine becomes a gate while the office is away. */
export function SpareGate({ event, left, close }: { event: string; left: number; close(): void }) {
  const { t } = useSpeech();
  const refusal = useRefusal();
  const [begun, setBegun] = useState(() => Date.now());
  const [places] = useState(left);
  const made = useQuery({
    queryKey: ["event", event, "spare gate", begun],
    queryFn: () => enrolSpare(event),
    retry: false,
    // News of the event asks for no other code: the one that is shown would be dead.
    staleTime: "static",
    gcTime: 0,
  });
  const seconds = useSecondsLeft(begun + GOOD_MS);
  const taken = made.isSuccess && left < places;
  const again = () => setBegun(Date.now());
  if (made.isError || taken) {
    const told = made.error instanceof Problem && made.error.status !== 0;
    const trouble = told ? refusal(made.error as Problem) : t("gate.noAnswer");
    return (
      <Sheet title={t("gate.spare.title")} close={close}>
        <div className={form.form}>
          {taken ? (
            <p role="status">✓ {t("gate.spare.done", { name: made.data.name })}</p>
          ) : (
            <p className={own.trouble} role="alert">
              {trouble}
            </p>
          )}
          <button type="button" className={form.go} onClick={close}>
            {t("close")}
          </button>
        </div>
      </Sheet>
    );
  }
  return (
    <Sheet title={t("gate.spare.title")} close={close}>
      <div className={form.form}>
        <p>{t("gate.spare.text")}</p>
        <div className={styles.picture}>
          {made.isSuccess && seconds > 0 && <QrCode text={made.data.code_text} label={t("gate.spare.codeOf")} />}
          {seconds === 0 && (
            <div className={styles.over} role="alert">
              <p>{t("gate.spare.over")}</p>
              <button type="button" className={form.other} onClick={again}>
                {t("gate.spare.again")}
              </button>
            </div>
          )}
        </div>
        {made.isSuccess && seconds > 0 && (
          <>
            <p className={styles.left}>
              <strong>{made.data.name}</strong>
              <span role="timer" aria-live="off">
                {sayLeft(seconds)}
              </span>
            </p>
            <div>
              <p className="quiet small">{t("gate.spare.typed")}</p>
              <bdi className={styles.text} dir="ltr">
                {made.data.code_text}
              </bdi>
            </div>
          </>
        )}
      </div>
    </Sheet>
  );
}
