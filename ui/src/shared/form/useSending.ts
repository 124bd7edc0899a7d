import { useState } from "react";
import { Problem } from "../problem";
import { useRefusal } from "../useRefusal";

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
  const say = useRefusal();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return {
    busy,
    error,
    of(field) {
      if (!(error instanceof Problem)) return null;
      const found = error.fields.find((one) => one.field === field);
      return found === undefined ? null : say(found);
    },
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
