import { Button, Progress } from "@mantine/core";
import { useId } from "react";
import { formatShare, useSpeech } from "../../locales";
import { platform } from "../../platform";
import { Refused } from "../../shared/form";
import { Icon } from "../../shared/Icon";
import type { StepProps } from "./Import";
import styles from "./import.module.css";

/** Which list: chosen or dropped, and on its way. */
export function FileStep({ state, journey }: StepProps) {
  const { t, locale } = useSpeech();
  const id = useId();
  const pick = async () => {
    const kinds = { name: t("importing.kinds"), endings: ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods"] };
    const file = await platform().pickFile(kinds);
    if (file !== null) await journey.choose(file);
  };
  if (state.doing === "send") {
    const sent = state.sent >= 1;
    return (
      <section className={styles.zone} aria-busy="true">
        <p id={id} role="status">
          {sent
            ? t("importing.reading", { name: state.file?.name ?? "" })
            : t("importing.sendingShare", {
                name: state.file?.name ?? "",
                share: formatShare(locale, state.sent, 1),
              })}
        </p>
        <Progress
          className={styles.progress}
          aria-labelledby={id}
          value={sent ? 100 : state.sent * 100}
          animated={sent}
        />
        <Button variant="default" onClick={() => journey.stop()}>
          {t("cancel")}
        </Button>
      </section>
    );
  }
  return (
    <>
      <Refused error={state.error} />
      <section className={styles.zone}>
        <span className={styles.glyph}>
          <Icon name="guests" />
        </span>
        <p>
          <strong>{t("importing.drop")}</strong>
        </p>
        <p className="quiet">{t("importing.dropText")}</p>
        <Button onClick={() => void pick()} data-autofocus>
          {t("importing.choose")}
        </Button>
        {state.file !== null && (
          <Button variant="default" onClick={() => state.file !== null && void journey.choose(state.file)}>
            {t("importing.again", { name: state.file.name })}
          </Button>
        )}
      </section>
    </>
  );
}
