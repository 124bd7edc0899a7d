import { Button, Group } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask, useMay } from "../../api";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";
import { Empty } from "../../shared/Empty";
import { Refused } from "../../shared/form";
import styles from "./Events.module.css";
import { makeSample } from "./makeSample";

/** An office without events: a greeting, and the two ways to begin. */
export function Welcome() {
  const { t } = useSpeech();
  const may = useMay();
  const health = useQuery(ask.health());
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);
  const open = (event: string) => void navigate({ to: "/events/$event/overview", params: { event } });
  const begin = async () => {
    setBusy(true);
    setTrouble(null);
    try {
      open(await makeSample(queries, open));
    } catch (error) {
      setTrouble(error);
      setBusy(false);
    }
  };
  const workspace = health.data?.workspace ?? t("signIn.office");
  if (!may("plan_events")) {
    return <Empty title={t("firstRun.welcome", { workspace })}>{t("firstRun.mayNot")}</Empty>;
  }
  return (
    <div className={styles.welcome}>
      <Refused error={trouble} />
      <Empty
        title={t("firstRun.welcome", { workspace })}
        step={
          <>
            <Group gap="sm">
              <Button onClick={() => void navigate({ to: "/plan" })}>{t("planning.heading")}</Button>
              <Button variant="default" loading={busy} onClick={() => void begin()}>
                {t("firstRun.sample")}
              </Button>
            </Group>
            <p className="small">{t("firstRun.sampleText")}</p>
            {may("manage_workspace") && (
              <button
                type="button"
                className="link"
                onClick={() =>
                  void navigate({ to: "/settings/backup", search: { section: "restore" } })
                }
              >
                {t("firstRun.restore")}
              </button>
            )}
            {may("manage_workspace") && platform().kind === "desktop" && (
              <button type="button" className="link" onClick={() => void navigate({ to: "/become-gate" })}>
                {t("becomeGate.offer")}
              </button>
            )}
          </>
        }
      >
        {t("firstRun.text")}
      </Empty>
    </div>
  );
}
