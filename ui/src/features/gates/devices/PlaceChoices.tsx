import { NativeSelect, Switch } from "@mantine/core";
import { useEvent } from "../../../api";
import type { Direction } from "../../../api/gates";
import { useSpeech } from "../../../locales";
import { nameSession } from "./where";

/** Where a device stands and which way people pass it. */
export interface Placed {
  zone: string | null;
  session: string | null;
  direction: Direction;
}

const DIRECTIONS = ["entry", "exit"] as const satisfies readonly Direction[];

/** Chooses zone, session and direction; what the event has only one of is not asked. */
export function PlaceChoices({
  placed,
  error,
  onChange,
}: {
  placed: Placed;
  error?(field: string): string | null;
  onChange(change: Partial<Placed>): void;
}) {
  const { t, locale } = useSpeech();
  const event = useEvent();
  return (
    <>
      {event.zones.length > 0 && (
        <NativeSelect
          label={t("gates.zone")}
          description={t("gates.zoneText")}
          value={placed.zone ?? ""}
          error={error?.("zone")}
          data={[
            { value: "", label: t("gates.mainEntrance") },
            ...event.zones.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ target }) => onChange({ zone: target.value || null })}
        />
      )}
      {event.sessions.length > 1 && (
        <NativeSelect
          label={t("gates.session")}
          value={placed.session ?? ""}
          error={error?.("session")}
          data={[
            { value: "", label: t("gates.sessionToday") },
            ...event.sessions.map((session) => ({
              value: session.id,
              label: nameSession(locale, event.time_zone, session),
            })),
          ]}
          onChange={({ target }) => onChange({ session: target.value || null })}
        />
      )}
      <NativeSelect
        label={t("gates.direction.label")}
        value={placed.direction}
        error={error?.("direction")}
        data={DIRECTIONS.map((value) => ({ value, label: t(`gates.direction.${value}`) }))}
        onChange={({ target }) =>
          onChange({ direction: target.value === "exit" ? "exit" : "entry" })
        }
      />
    </>
  );
}

/** Says whether staff may turn a device round. */
export function TurnSwitch({ may, onChange }: { may: boolean; onChange(may: boolean): void }) {
  const { t } = useSpeech();
  return (
    <Switch
      label={t("gates.mayTurn")}
      description={t("gates.mayTurnText")}
      checked={may}
      onChange={({ target }) => onChange(target.checked)}
    />
  );
}
