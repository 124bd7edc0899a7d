import { useSpeech } from "../../locales";
import styles from "./KeysSheet.module.css";
import { Sheet } from "./Sheet";

/** Every key of the gate. */
export function KeysSheet({
  has,
  close,
}: {
  /** Whether this gate has the tool of a function key. */
  has(key: string): boolean;
  close(): void;
}) {
  const { t } = useSpeech();
  const keys = [
    ["F2", t("gate.search")],
    ["F3", t("gate.walkIn")],
    ["F4", t("gate.undoLast")],
    ["F5", t("gate.badge.print")],
    ["F6", t("gate.turn")],
    ["F7", t("gate.mute")],
    ["F8", t("gate.override")],
    ["F9", t("gate.recent")],
    ["F10", t("gate.settings")],
    ["F11", t("gate.fill")],
    ["↵", t("gate.enterKey")],
    ["Esc", t("gate.escapeKey")],
    ["?", t("gate.keys")],
  ].filter(([key = ""]) => !/^F\d/.test(key) || has(key));
  return (
    <Sheet title={t("gate.keys")} close={close}>
      <dl className={styles.keys}>
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">{t("gate.scannerText")}</p>
    </Sheet>
  );
}
