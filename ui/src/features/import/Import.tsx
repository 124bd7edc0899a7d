import { Button, Stepper } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useEvent } from "../../api";
import { useAllowed } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { DropAnywhere } from "../../shared/DropAnywhere";
import { Empty } from "../../shared/Empty";
import { takeFile } from "../../shared/handedFile";
import { Accept } from "./Accept";
import { Columns } from "./Columns";
import { FileStep } from "./FileStep";
import styles from "./import.module.css";
import { type ImportJourney, type ImportState, STEPS, useImportJourney } from "./journey";
import { Problems } from "./Problems";
import { Result } from "./Result";

export interface StepProps {
  state: ImportState;
  journey: ImportJourney;
}

function Steps({ state, journey }: StepProps) {
  const { t } = useSpeech();
  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef(state.step);
  useEffect(() => {
    // Whoever reads by ear or by keyboard is led to where the next step begins.
    if (before.current !== state.step) title.current?.focus();
    before.current = state.step;
  }, [state.step]);
  return (
    <>
      <Stepper
        active={STEPS.indexOf(state.step)}
        onStepClick={(at) => journey.go(STEPS[at] ?? "file")}
        size="sm"
        className={styles.steps}
      >
        {STEPS.map((step) => (
          <Stepper.Step
            key={step}
            label={t(`importing.step.${step}`)}
            allowStepSelect={step === "file" || state.list !== null}
          />
        ))}
      </Stepper>
      <h2 ref={title} tabIndex={-1} className={styles.title}>
        {t(`importing.title.${state.step}`)}
      </h2>
      {state.news !== null && (
        <p role="status" className={styles.news}>
          {t(`importing.news.${state.news}`)}
        </p>
      )}
      {state.step === "file" && <FileStep state={state} journey={journey} />}
      {state.step === "columns" && <Columns state={state} journey={journey} />}
      {state.step === "problems" && <Problems state={state} journey={journey} />}
      {state.step === "accept" && <Accept state={state} journey={journey} />}
    </>
  );
}

/** A guest list on its way in: looked at, corrected, accepted. */
export function Import() {
  const event = useEvent();
  const { t } = useSpeech();
  const allowed = useAllowed()("edit_guests");
  const [state, journey] = useImportJourney(event.id);
  useEffect(() => {
    const file = takeFile();
    if (file !== null) void journey.choose(file);
  }, [journey]);

  return (
    <main className={styles.screen} id="main" tabIndex={-1}>
      <header className={styles.head}>
        <h1>{t("guests.import")}</h1>
        {(state.list ?? state.file) !== null && state.result === null && (
          <p className="quiet clip">{state.list?.file_name ?? state.file?.name}</p>
        )}
        <span className={styles.away}>
          {state.list !== null && (
            <Button variant="subtle" onClick={() => journey.restart()}>
              {t("importing.restart")}
            </Button>
          )}
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/events/$event/guests" params={{ event: event.id }} {...props} />}
          >
            {t("importing.toGuests")}
          </Button>
        </span>
      </header>
      {allowed.disabled ? (
        <Empty title={t("importing.notAllowed")}>{allowed.title}</Empty>
      ) : (
        <>
          <DropAnywhere
            title={t("guests.dropTitle")}
            text={t("guests.dropText")}
            take={(file) => void journey.choose(file)}
          />
          <div className={styles.body}>
            {state.result !== null ? (
              <Result result={state.result} journey={journey} />
            ) : (
              <Steps state={state} journey={journey} />
            )}
          </div>
        </>
      )}
    </main>
  );
}
