import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { askDoor } from "../../../api/gate";
import { useSpeech } from "../../../locales";
import type { GateChoices } from "../gateChoices";

/** Which serial scanner of this machine is listened to; nothing where the machine offers none. */
export function SerialChoice({ port, change }: { port: string | null; change(some: Partial<GateChoices>): void }) {
  const { t } = useSpeech();
  const id = useId();
  const ports = useQuery(askDoor.ports());
  if (ports.data === undefined && port === null) return null;
  const known = ports.data ?? [];
  // One that was unplugged stays chosen: it comes back.
  const all = port === null || known.some((one) => one.id === port) ? known : [...known, { id: port, name: port }];
  return (
    <div>
      <label htmlFor={id}>{t("gate.serial.port")}</label>
      <select
        id={id}
        value={port ?? ""}
        onChange={({ target }) => change({ serial: target.value === "" ? null : target.value })}
      >
        <option value="">{t("gate.serial.none")}</option>
        {all.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </div>
  );
}
