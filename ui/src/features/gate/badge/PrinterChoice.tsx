import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import type { GateChoices } from "../gateChoices";

/** Which printer of this machine prints badges and receipts; a page has none to choose. */
export function PrinterChoice({
  printer,
  change,
}: {
  printer: string | null;
  change(some: Partial<GateChoices>): void;
}) {
  const { t } = useSpeech();
  const id = useId();
  const printers = useQuery({
    queryKey: ["printers"],
    queryFn: () => platform().printers(),
    retry: false,
    gcTime: 0,
  });
  if (platform().kind === "browser") {
    return (
      <fieldset>
        <legend>{t("gate.badge.printer")}</legend>
        <p className="quiet small">{t("gate.badge.tabText")}</p>
      </fieldset>
    );
  }
  const known = (printers.data ?? []).map(({ name }) => name);
  // One that was unplugged stays chosen: it comes back.
  const names = printer === null || known.includes(printer) ? known : [...known, printer];
  return (
    <div>
      <label htmlFor={id}>{t("gate.badge.printer")}</label>
      <select
        id={id}
        value={printer ?? ""}
        onChange={({ target }) => change({ printer: target.value === "" ? null : target.value })}
      >
        <option value="">{t("gate.badge.usual")}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {printers.isSuccess && known.length === 0 && <p className="quiet small">{t("gate.badge.printersNone")}</p>}
    </div>
  );
}
