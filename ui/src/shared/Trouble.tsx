import { Button } from "@mantine/core";
import { useSpeech } from "../locales";
import { isProblem } from "./problem";
import styles from "./Empty.module.css";

/** What went wrong, and another try. */
export function Trouble({ error, retry }: { error: Error; retry(): void }) {
  const { t } = useSpeech();
  return (
    <div className={styles.empty} role="alert">
      <h2>{t("trouble.title")}</h2>
      <p>{isProblem(error, "unreachable") ? t("trouble.unreachable") : error.message}</p>
      <Button variant="default" onClick={retry}>
        {t("tryAgain")}
      </Button>
    </div>
  );
}
