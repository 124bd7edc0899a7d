import { createContext, useContext } from "react";
import type { Plan } from "../plan";

export interface PlanForm {
  plan: Plan;
  change(patch: Partial<Plan>): void;
  /** What a field of the API was refused for. */
  error(field: string): string | null;
}

export const PlanContext = createContext<PlanForm | null>(null);

export function usePlan(): PlanForm {
  const form = useContext(PlanContext);
  if (form === null) throw new Error("usePlan outside of the wizard");
  return form;
}
