/** Makes the demo's workspace once; each file of journeys works on a copy of its own. */
import type { TestProject } from "vitest/node";
import { canServe, Premises } from "./serving";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder that is copied; none where an office is served already. */
    demo: string | null;
  }
}

export default function makeDemo(project: TestProject): (() => void) | undefined {
  project.provide("demo", null);
  if (process.env["GATEHOUSE_URL"] !== undefined || !canServe) return undefined;
  const premises = new Premises();
  premises.makeDemo(300);
  project.provide("demo", premises.folder);
  return () => premises.clear();
}
