import { useState } from "react";
import { Problem } from "../problem";

export interface Sending {
  busy: boolean;
  error: unknown;
  /** What one field was refused for. */
  of(field: string): string | null;
  /** Does something; tells whether it went well. What was refused stays to be shown. */
  send(act: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
}

/** Something that is sent to the office and may be refused. */
export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return {
    busy,
    error,
    of: (field) => (error instanceof Problem ? (error.byField()[field] ?? null) : null),
    async send(act) {
      setBusy(true);
      setError(null);
      try {
        await act();
        return true;
      } catch (refusal) {
        setError(refusal);
        return false;
      } finally {
        setBusy(false);
      }
    },
    clear: () => setError(null),
  };
}
