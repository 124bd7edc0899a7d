import { useSpeech } from "../../locales";
import form from "./GateForm.module.css";
import { Sheet } from "./Sheet";

/** Where no PIN guards a kiosk, a touch of its corner alone does not end it. */
export function LeaveUnguarded({ leave, close }: { leave(): void; close(): void }) {
  const { t } = useSpeech();
  return (
    <Sheet title={t("gate.kioskLeave")} close={close}>
      <div className={form.form}>
        <p>{t("gate.kioskLeaveText")}</p>
        <button type="button" className={form.other} onClick={leave}>
          {t("gate.leaveKiosk")}
        </button>
      </div>
    </Sheet>
  );
}
