import { useSyncExternalStore } from "react";
import { newPlan, type Plan, type Step } from "./plan";

/** What is being planned, kept beside the screens so that leaving one loses nothing. */
export interface Planning {
  plan: Plan;
  step: Step;
  /** Names the request that makes it, so that sent twice it is made once. */
  request: string;
}

let planning: Planning | null = null;
const listeners = new Set<() => void>();

function change(next: Planning | null): void {
  planning = next;
  for (const hear of listeners) hear();
}

function begin(language: string, typeName: string): Planning {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    plan: newPlan(language, zone, typeName),
    step: "basics",
    request: crypto.randomUUID(),
  };
}

/** The plan that is being typed; one is begun where there is none. */
export function usePlanning(language: string, typeName: string): Planning {
  return useSyncExternalStore(
    (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    () => (planning ??= begin(language, typeName)),
  );
}

export function changePlan(patch: Partial<Plan>): void {
  if (planning !== null) change({ ...planning, plan: { ...planning.plan, ...patch } });
}

export function goToStep(step: Step): void {
  if (planning !== null) change({ ...planning, step });
}

/** A request that was refused is another one when it is sent again. */
export function nameRequestAnew(): void {
  if (planning !== null) change({ ...planning, request: crypto.randomUUID() });
}

/** After it was made, or to begin again. */
export function forgetPlan(): void {
  change(null);
}
