import { Button, NumberInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useEvent, type Zone } from "../../../api";
import { askDoorSettings, setZoneCapacity } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";
import { offerUndo } from "../../../shared/undo";
import styles from "../gates.module.css";
import own from "./door.module.css";

function Capacity({ zone, capacity: kept }: { zone: Zone; capacity: number | null }) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()(MANAGE_GATES);
  const sending = useSending();
  const [typed, type] = useState<number | string>(kept ?? "");
  const wanted = typed === "" ? null : Number(typed);
  const put = async (capacity: number | null) => {
    await setZoneCapacity(event.id, zone.id, capacity);
    await queries.invalidateQueries({ queryKey: ["event", event.id] });
  };
  const save = () =>
    sending.send(async () => {
      await put(wanted);
      offerUndo({
        done: t("gates.door.capacitySaved", { name: zone.name }),
        undo: () => put(kept),
      });
    });
  return (
    <li>
      <form
        className={own.capacity}
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (wanted !== kept) void save();
        }}
      >
        <span className="clip strong">{zone.name}</span>
        <NumberInput
          aria-label={t("gates.door.capacityOf", { name: zone.name })}
          placeholder={t("overview.unlimited")}
          min={0}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          disabled={allowed.disabled}
          value={typed}
          error={sending.of("capacity")}
          onChange={(value) => {
            sending.clear();
            type(value);
          }}
        />
        <Button
          type="submit"
          variant="default"
          aria-label={`${t("save")}: ${t("gates.door.capacityOf", { name: zone.name })}`}
          loading={sending.busy}
          disabled={allowed.disabled || wanted === kept}
        >
          {t("save")}
        </Button>
      </form>
      <Refused error={sending.error} fields={["capacity"]} />
    </li>
  );
}

/** How many people each zone takes. */
export function Capacities() {
  const event = useEvent();
  const { t } = useSpeech();
  const settings = useQuery(askDoorSettings(event.id));
  const known = settings.data?.body.zones;
  return (
    <section className={styles.part} aria-labelledby="capacities">
      <h2 id="capacities">{t("gates.door.capacities")}</h2>
      {event.zones.length === 0 ? (
        <p className="quiet">
          {t("gates.door.noZones")}{" "}
          <Link
            className="link"
            to="/events/$event/setup"
            params={{ event: event.id }}
            search={{ section: "zones" }}
          >
            {t("setup.addZone")}
          </Link>
        </p>
      ) : (
        <>
          <p className="quiet">{t("gates.door.capacitiesText")}</p>
          <ul className={own.capacities}>
            {known !== undefined &&
              event.zones.map((zone) => {
                const capacity = known.find((one) => one.zone === zone.id)?.capacity ?? null;
                return <Capacity key={`${zone.id} ${capacity}`} zone={zone} capacity={capacity} />;
              })}
          </ul>
        </>
      )}
    </section>
  );
}
