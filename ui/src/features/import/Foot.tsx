import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useSpeech } from "../../locales";
import type { StepProps } from "./Import";
import styles from "./import.module.css";
import { STEPS } from "./journey";

/** The way on and back; the numbers of the plan stay in sight beside it. */
export function Foot({ state, journey, children }: StepProps & { children?: ReactNode }) {
  const { t, count } = useSpeech();
  const at = STEPS.indexOf(state.step);
  const before = STEPS[at - 1];
  const next = STEPS[at + 1];
  const plan = state.list?.report.plan;
  return (
    <footer className={styles.foot}>
      {before !== undefined && (
        <Button variant="default" onClick={() => journey.go(before)}>
          {t("importing.back")}
        </Button>
      )}
      {plan !== undefined && state.step !== "accept" && (
        <p role="status" className="quiet">
          {t("importing.plan", { added: count(plan.added), changed: count(plan.changed), unchanged: count(plan.unchanged) })}
        </p>
      )}
      <span className={styles.on}>
        {children ??
          (next !== undefined && (
            <Button onClick={() => journey.go(next)} disabled={state.doing === "look"}>
              {t("importing.next")}
            </Button>
          ))}
      </span>
    </footer>
  );
}
