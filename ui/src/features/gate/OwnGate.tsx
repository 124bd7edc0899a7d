import { useState } from "react";
import { leaveGate } from "../../api/gate";
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

/** All that is left to be seen of a gate whose right was taken back. */
export function Revoked() {
  const { t } = useSpeech();
  const { trouble, busy, leave } = useLeaving();
  return (
    <main className={`${styles.page} ${own.revoked}`} id="main">
      <div className={`${styles.box} ${form.form}`} role="alert">
        <span className={own.sign}>
          <Sign name="close" />
        </span>
        <h1>{t("gate.revokedTitle")}</h1>
        <p>{t("gate.revokedText")}</p>
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
