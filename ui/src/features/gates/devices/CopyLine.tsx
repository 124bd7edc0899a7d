import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import styles from "./devices.module.css";

/** A text to be typed or sent elsewhere, with the way to copy it. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  const { t } = useSpeech();
  const copy = async () => {
    try {
      await platform().copyText(text);
      notifications.show({ message: t("gates.copied") });
    } catch {
      notifications.show({ color: "red", message: t("gates.notCopied") });
    }
  };
  return (
    <div className={styles.copy}>
      <div>
        <p className="quiet small">{label}</p>
        <bdi className={styles.text} dir="ltr">
          {text}
        </bdi>
      </div>
      <Button size="compact-sm" variant="default" aria-label={`${t("network.copy")}: ${label}`} onClick={() => void copy()}>
        {t("network.copy")}
      </Button>
    </div>
  );
}
