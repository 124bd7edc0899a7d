import { Alert, Button, Stepper } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { client, content, useMay } from "../../../api";
import { useSpeech } from "../../../locales";
import { Empty } from "../../../shared/Empty";
import { type FieldProblem, Problem } from "../../../shared/problem";
import { Page } from "../../../shared/Screen";
import { draftOf, type Plan, type Step, stepOf, STEPS } from "../plan";
import { changePlan, forgetPlan, goToStep, nameRequestAnew, usePlanning } from "../planMemory";
import styles from "../planning.module.css";
import { useRefusal } from "../../../shared/useRefusal";
import { Basics } from "./Basics";
import { Dates } from "./Dates";
import { PlaceStep } from "./PlaceStep";
import { PlanContext } from "./planContext";
import { Review } from "./Review";
import { Types } from "./Types";

/** The fields of the API that a part of the plan is told in. */
const FIELDS: Partial<Record<keyof Plan, string>> = {
  once: "schedule",
  days: "schedule",
  first: "schedule",
  series: "schedule",
  kind: "schedule",
  types: "ticket_types",
};

/** What is still missing says so on its own step; elsewhere it would only disturb. */
const isOf = (step: Step) => (problem: FieldProblem) => stepOf(problem.field) === step;

function useErrors(plan: Plan) {
  const [errors, setErrors] = useState<readonly FieldProblem[]>([]);
  const change = useCallback((patch: Partial<Plan>) => {
    changePlan(patch);
    const changed = Object.keys(patch).map((key) => FIELDS[key as keyof Plan] ?? key);
    setErrors((old) => {
      const left = old.filter(({ field }) => !changed.some((head) => field.startsWith(head)));
      return left.length === old.length ? old : left;
    });
  }, []);
  const say = useRefusal();
  const form = useMemo(
    () => ({
      plan,
      change,
      error(field: string) {
        const found = errors.find((problem) => problem.field === field);
        return found === undefined ? null : say(found);
      },
    }),
    [plan, change, errors, say],
  );
  return { errors, setErrors, form };
}

/** Plans an event in five steps; what is typed is kept until the event is made. */
export function Wizard() {
  const { t, language } = useSpeech();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay();
  const { plan, step, request } = usePlanning(language, t("planning.firstType"));
  const { errors, setErrors, form } = useErrors(plan);
  const say = useRefusal();
  const [trouble, setTrouble] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  /** How often something was refused; each time leads to where it is. */
  const [refusals, setRefusals] = useState(0);
  const body = useRef<HTMLFormElement>(null);
  const at = STEPS.indexOf(step);
  const last = step === "review";

  // The first thing to type of each step, or the first that was refused.
  useEffect(() => {
    const find = (what: string) => body.current?.querySelector<HTMLElement>(what) ?? null;
    const field = find('[aria-invalid="true"]') ?? find("input:checked") ?? find("input, textarea");
    // A field that opens a calendar would cover what else there is to see.
    if (field !== null && !field.hasAttribute("data-dates-input")) field.focus();
  }, [step, refusals]);

  /** Runs something; tells whether it went well. What was refused stands at its fields. */
  const attempt = async (act: () => Promise<unknown>, relevant: (field: FieldProblem) => boolean) => {
    setBusy(true);
    setTrouble(null);
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const found = error.fields.filter(relevant);
      if (error.fields.length > 0 && found.length === 0) return true;
      setErrors(error.fields.length > 0 ? found : []);
      if (found.length === 0) setTrouble(error);
      const [first] = found;
      if (first !== undefined) goToStep(stepOf(first.field));
      setRefusals((times) => times + 1);
      return false;
    } finally {
      setBusy(false);
    }
  };

  const goOn = async () => {
    const preview = () => content(client.POST("/api/events/preview", { body: draftOf(plan) }));
    const next = STEPS[at + 1];
    if (next !== undefined && (await attempt(preview, isOf(step)))) goToStep(next);
  };

  const make = () =>
    attempt(
      async () => {
        const headers = { "idempotency-key": request };
        const answer = client.POST("/api/events", { body: draftOf(plan), headers });
        const made = await content(answer).catch((error: unknown) => {
          if (error instanceof Problem && error.status > 0) nameRequestAnew();
          throw error;
        });
        queries.setQueryData(["event", made.id], made);
        await queries.invalidateQueries({ queryKey: ["events"] });
        await navigate({ to: "/events/$event/overview", params: { event: made.id } });
        notifications.show({ message: t("planning.made", { title: made.title }) });
        forgetPlan();
      },
      () => true,
    );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) void (last ? make() : goOn());
  };

  if (!may("plan_events")) {
    return (
      <Page>
        <Empty title={t("planning.heading")}>{t("planning.mayNot")}</Empty>
      </Page>
    );
  }
  const elsewhere = errors.filter(isOf("review"));
  const wrongAt = (known: Step) => errors.some(isOf(known));
  return (
    <Page busy={busy}>
      <div className={styles.wizard}>
        <header className={styles.head}>
          <h1>{t("planning.heading")}</h1>
          <p className="quiet">{plan.title.trim() || t("planning.kept")}</p>
        </header>
        <nav aria-label={t("planning.steps")} className={styles.steps}>
          <Stepper
            active={at}
            size="sm"
            wrap={false}
            onStepClick={(index) => goToStep(STEPS[index] ?? "basics")}
          >
            {STEPS.map((known) => (
              <Stepper.Step
                key={known}
                label={t(`planning.step.${known}`)}
                aria-current={known === step ? "step" : undefined}
                {...(wrongAt(known) && known !== "review"
                  ? { color: "red", description: t("planning.wrong") }
                  : {})}
              />
            ))}
          </Stepper>
        </nav>
        <form ref={body} noValidate onSubmit={submit} aria-label={t(`planning.step.${step}`)}>
          {(trouble !== null || elsewhere.length > 0) && (
            <Alert color="red" variant="light" role="alert" className={styles.alert}>
              {trouble !== null && (
                <p>{trouble.code === "unreachable" ? t("signIn.unreachable") : trouble.message}</p>
              )}
              {elsewhere.map((problem) => (
                <p key={problem.field + problem.code}>{say(problem)}</p>
              ))}
            </Alert>
          )}
          <PlanContext value={form}>
            {step === "basics" && <Basics />}
            {step === "dates" && <Dates />}
            {step === "place" && <PlaceStep />}
            {step === "types" && <Types />}
            {last && <Review go={goToStep} />}
          </PlanContext>
          <footer className={styles.foot}>
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                forgetPlan();
                void navigate({ to: "/" });
              }}
            >
              {t("planning.discard")}
            </Button>
            <span className={styles.space} />
            {at > 0 && (
              <Button variant="default" onClick={() => goToStep(STEPS[at - 1] ?? "basics")}>
                {t("planning.back")}
              </Button>
            )}
            <Button type="submit" loading={busy}>
              {last ? t("planning.make") : t("planning.next")}
            </Button>
          </footer>
        </form>
      </div>
    </Page>
  );
}
