import { Button, Switch } from "@mantine/core";
import { useSpeech } from "../../locales";
import { Refused } from "../../shared/form";
import { Foot } from "./Foot";
import type { StepProps } from "./Import";
import styles from "./import.module.css";

/** What accepting would do, in numbers, and the button that does it. */
export function Accept({ state, journey }: StepProps) {
  const { t, count } = useSpeech();
  if (state.list === null) return null;
  const { plan, errors } = state.list.report;
  const blocked = errors.length > 0 && !state.skip;
  const gone = state.remove ? plan.missing : 0;
  const all = plan.added + plan.changed + gone;
  const numbers = [
    ["added", plan.added],
    ["changed", plan.changed],
    ["unchanged", plan.unchanged],
    ["missing", plan.missing],
  ] as const;
  return (
    <>
      <Refused error={state.error} />
      <ul className={styles.numbers}>
        {numbers.map(([name, number]) => (
          <li key={name}>
            <strong>{count(number)}</strong>
            <span>{t(`importing.number.${name}`)}</span>
            <span className="quiet small">
              {name === "missing" && state.remove
                ? t("importing.numberText.removed")
                : t(`importing.numberText.${name}`)}
            </span>
          </li>
        ))}
      </ul>
      <div className={styles.choices} aria-busy={state.doing === "look"}>
        {plan.missing > 0 && (
          <Switch
            label={t("importing.remove", { count: plan.missing })}
            description={t("importing.removeText")}
            checked={state.remove}
            onChange={(event) => void journey.change({ remove: event.target.checked })}
          />
        )}
        {blocked && (
          <Switch
            label={t("importing.skip")}
            description={t("importing.bad", { count: errors.length })}
            checked={state.skip}
            onChange={(event) => void journey.change({ skip: event.target.checked })}
          />
        )}
      </div>
      <Foot state={state} journey={journey}>
        {blocked && <span className="quiet small">{t("importing.blocked")}</span>}
        <Button
          disabled={blocked || state.doing === "look"}
          loading={state.doing === "accept"}
          onClick={() => void journey.accept()}
        >
          {all === 0 ? t("importing.acceptNothing") : t("importing.accept", { count: all })}
        </Button>
      </Foot>
    </>
  );
}
