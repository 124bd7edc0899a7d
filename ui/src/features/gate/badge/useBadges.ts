import { useCallback, useEffect, useRef, useState } from "react";
import { type BadgeSettings, badgePdf, type Door, printBadge } from "../../../api/gate";
import { isolate, useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import { Problem } from "../../../shared/problem";
import { useRefusal } from "../../../shared/useRefusal";
import type { PresentingState } from "../presenting";
import { arrivalAt, arrivals, type Arrival } from "./arrivals";

type Kind = Exclude<BadgeSettings["kind"], "nothing">;

export interface Badges {
  /** Whether the event prints anything here. */
  on: boolean;
  kind: Kind;
  /** Whose badge a press prints: the last who came; null for nobody. */
  next: Arrival | null;
  /** Prints one after those that wait; what goes wrong is told, and nothing else waits for it. */
  print(of: Arrival): Promise<void>;
  /** What went wrong last, until something is printed. */
  trouble: string | null;
}

/** Refusals that are said otherwise to whoever stands at the gate. */
const WHY = {
  printer_unknown: "gate.badge.printerGone",
  printing_failed: "gate.badge.printerRefused",
} as const;

/** Badges and receipts of a gate: by themselves with an admission, or on a press. */
export function useBadges({
  event,
  gate,
  printer,
  door,
  state,
  say,
}: {
  event: string;
  gate: string;
  printer: string | null;
  door: Door | undefined;
  state: PresentingState;
  say(text: string): void;
}): Badges {
  const { t } = useSpeech();
  const refusal = useRefusal();
  const [trouble, setTrouble] = useState<string | null>(null);
  const settings = door?.badge;
  const on = settings !== undefined && settings.kind !== "nothing";
  const waiting = useRef(Promise.resolve());

  const whyOf = useCallback(
    (error: unknown): string => {
      if (!(error instanceof Problem) || error.status === 0) return t("gate.badge.unknown");
      if (error.code in WHY) return t(WHY[error.code as keyof typeof WHY]);
      return refusal({ code: error.code, message: error.message });
    },
    [t, refusal],
  );

  const send = useCallback(
    async ({ ticket, name }: Arrival) => {
      const who = isolate(name);
      try {
        if (platform().kind === "desktop") {
          const took = await printBadge({ event, ticket, gate }, printer);
          say(took === null ? t("gate.badge.opened", { name: who }) : t("gate.badge.sent", { name: who, printer: took }));
        } else {
          const pdf = await badgePdf(event, ticket, gate);
          say(t(platform().showPdf(pdf) ? "gate.badge.shown" : "gate.badge.held", { name: who }));
        }
        setTrouble(null);
      } catch (error) {
        // Said at once, over what was said before; it stays until something is printed again.
        const failed = t("gate.badge.failed", { name: who, why: whyOf(error) });
        say(failed);
        setTrouble(failed);
      }
    },
    [event, gate, printer, say, t, whyOf],
  );
  const print = useCallback(
    (of: Arrival) => {
      waiting.current = waiting.current.then(() => send(of));
      return waiting.current;
    },
    [send],
  );

  // Everybody who came while this gate stood open, each once.
  const printed = useRef(new Set<string>());
  const atOnce = on && settings.at_once;
  useEffect(() => {
    for (const came of arrivals(state)) {
      if (printed.current.has(came.scan)) continue;
      printed.current.add(came.scan);
      if (!atOnce || !came.first) continue;
      // A browser would open a tab over the gate, and the next code would be typed into that.
      if (platform().kind === "desktop") void print(came);
      else say(t("gate.badge.ready", { name: isolate(came.name) }));
    }
  }, [state, atOnce, print, say, t]);

  const [shown] = arrivals(state);
  const line = door?.recent.find((known) => arrivalAt(known) !== null);
  const listed = line === undefined ? null : arrivalAt(line);
  return { on, kind: settings?.kind === "receipt" ? "receipt" : "badge", next: shown ?? listed, print, trouble };
}
