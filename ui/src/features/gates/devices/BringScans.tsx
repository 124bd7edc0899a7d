import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../../api";
import { bringScans, type CarriedScan, type Device } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import { Problem } from "../../../shared/problem";
import { useRefusal } from "../../../shared/useRefusal";

interface Carried {
  /** The device that saved them, where the file says so. */
  scannerId: string | null;
  scans: CarriedScan[];
}

/** What a file of scans holds, as a phone saves it; null where it is none. */
function readCarried(text: string): Carried | null {
  try {
    const { scannerId, scans } = JSON.parse(text) as { scannerId?: unknown; scans?: unknown };
    if (!Array.isArray(scans) || scans.length === 0) return null;
    return { scannerId: typeof scannerId === "string" ? scannerId : null, scans: scans as CarriedScan[] };
  } catch {
    return null;
  }
}

/** Brings in the scans that a phone could not send, from the file that it saved them in. */
export function BringScans({ device }: { device: Device }) {
  const event = useEvent();
  const { t, count } = useSpeech();
  const queries = useQueryClient();
  const refusal = useRefusal();
  const allowed = useAllowed()(MANAGE_GATES);
  const [busy, setBusy] = useState(false);

  const bring = async () => {
    const file = await platform().pickFile({ name: t("gates.bring.kinds"), endings: ["json"] });
    if (file === null) return;
    const carried = readCarried(await file.text());
    const wrong = carried === null ? "none" : carried.scannerId !== null && carried.scannerId !== device.id ? "other" : null;
    if (carried === null || wrong !== null) {
      notifications.show({ color: "red", message: t(`gates.bring.${wrong ?? "none"}`) });
      return;
    }
    setBusy(true);
    try {
      const { good, refused } = await bringScans(device.id, carried.scans);
      const message = t("gates.bring.done", { count: carried.scans.length, good: count(good), refused: count(refused) });
      notifications.show({ message });
    } catch (error) {
      const why = error instanceof Problem ? refusal({ code: error.code, message: error.message }) : t("gates.bring.away");
      notifications.show({ color: "red", message: t("gates.bring.broken", { why }) });
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
    }
  };

  return (
    <div>
      <Button size="compact-sm" variant="subtle" loading={busy} {...allowed} onClick={() => void bring()}>
        {t("gates.bring.go")}
      </Button>
    </div>
  );
}
