import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { askDoor, leaveGate } from "../../api/gate";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";
import { Problem } from "../../shared/problem";
import { useRefusal } from "../../shared/useRefusal";
import styles from "./Choose.module.css";
import form from "./GateForm.module.css";
import own from "./OwnGate.module.css";
import { Pin } from "./Pin";
import { Sheet } from "./Sheet";
import { Sign } from "./Sign";

/** The program opens anew as what this machine is by then. */
async function openAnew(): Promise<void> {
  if (!(await platform().restart())) window.location.assign("/");
}

/** Ends this machine's being a gate, and what keeps it from that. */
function useLeaving(): { trouble: string | null; busy: boolean; leave(): Promise<void> } {
  const { t } = useSpeech();
  const refusal = useRefusal();
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const leave = async () => {
    setBusy(true);
    setTrouble(null);
    try {
      await leaveGate(null);
      await openAnew();
    } catch (error) {
      const told = error instanceof Problem && error.status !== 0;
      setTrouble(told ? refusal({ code: error.code, message: error.message }) : t("gate.noAnswer"));
      setBusy(false);
    }
  };
  return { trouble, busy, leave };
}

/** Ends this machine's being a gate, with the PIN where there is one. */
export function LeaveOwnGate({ pinSet, close }: { pinSet: boolean; close(): void }) {
  const { t } = useSpeech();
  const { trouble, busy, leave } = useLeaving();
  if (pinSet) {
    return (
      <Pin
        title={t("gate.stopGate")}
        text={t("gate.stopGateText")}
        action={t("gate.stopGateGo")}
        send={async (pin) => {
          await leaveGate(pin);
          await openAnew();
        }}
        close={close}
      />
    );
  }
  return (
    <Sheet title={t("gate.stopGate")} close={close}>
      <div className={form.form}>
        <p>{t("gate.stopGateText")}</p>
        <p className="quiet small">{t("gate.stopGateNoPin")}</p>
        <p className={own.trouble} role="alert">
          {trouble}
        </p>
        <button type="button" className={form.go} disabled={busy} onClick={() => void leave()}>
          {t("gate.stopGateGo")}
        </button>
      </div>
    </Sheet>
  );
}

/** All that is left to be seen of a gate that lets nobody in any more, and a way to start over. */
function Ended({ calm, title, children }: { calm: boolean; title: string; children: ReactNode }) {
  const { t } = useSpeech();
  const { trouble, busy, leave } = useLeaving();
  return (
    <main className={`${styles.page} ${own.ended}`} id="main">
      <div className={`${styles.box} ${form.form}`} role={calm ? undefined : "alert"}>
        <span className={own.sign} data-calm={calm ? "" : undefined}>
          <Sign name={calm ? "exit" : "close"} />
        </span>
        <h1>{title}</h1>
        {children}
        <p className={own.trouble} role="alert">
          {trouble}
        </p>
        {platform().kind === "desktop" ? (
          <button type="button" className={form.go} disabled={busy} onClick={() => void leave()}>
            {t("gate.startOver")}
          </button>
        ) : (
          <p className="quiet">{t("gate.startOverHand")}</p>
        )}
      </div>
    </main>
  );
}

/** A gate whose right was taken back. */
export function Revoked() {
  const { t } = useSpeech();
  return (
    <Ended calm={false} title={t("gate.revokedTitle")}>
      <p>{t("gate.revokedText")}</p>
    </Ended>
  );
}

/** A gate whose event is over: it has forgotten who was invited, and gives away what it has left. */
export function Over() {
  const { t } = useSpeech();
  const waiting = useQuery(askDoor.waiting()).data ?? null;
  return (
    <Ended calm title={t("gate.overTitle")}>
      <p>{t("gate.overText")}</p>
      <p className={own.waiting} role="status" data-waiting={waiting === null || waiting === 0 ? undefined : ""}>
        {waiting === null ? "" : waiting === 0 ? t("gate.overGiven") : t("gate.overWaiting", { count: waiting })}
      </p>
    </Ended>
  );
}
