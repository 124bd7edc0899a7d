import { useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Arrivals as ArrivalsRow, ask, useEvent, useMay } from "../../../api";
import { askGates, type Device, type DoorView } from "../../../api/gates";
import { MANAGE_GATES } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { ArrivalsArea } from "../../../shared/arrivals";
import { Bars } from "../../../shared/Bars";
import { Screen } from "../../../shared/Screen";
import { Trouble } from "../../../shared/Trouble";
import styles from "../gates.module.css";
import { GateTabs } from "../GateTabs";
import { AlertList } from "./AlertList";
import look from "./live.module.css";

const MINUTE = 60_000;

/** The minute that it is, as its start in UTC ms; told anew as it goes by. */
function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / MINUTE) * MINUTE);
  useEffect(() => {
    const timer = setInterval(() => setMinute(Math.floor(Date.now() / MINUTE) * MINUTE), 1_000);
    return () => clearInterval(timer);
  }, []);
  return minute;
}

function Figures({ counts, minutes }: { counts: DoorView["counts"]; minutes: readonly ArrivalsRow[] }) {
  const { t, count } = useSpeech();
  const minute = useMinute();
  const { inside, capacity, expected, admitted, refused } = counts;
  const now = minutes.findLast(({ at }) => at === minute)?.admitted ?? 0;
  const figures = [
    [inside, t("gates.live.inside"), capacity],
    [admitted, t("gates.live.admitted"), expected],
    [refused, t("gates.live.refused"), null],
    [now, t("gates.live.thisMinute"), null],
  ] as const;
  return (
    <ul className={look.figures}>
      {figures.map(([value, label, of]) => (
        <li key={label}>
          <span className={look.value}>
            {count(value)}
            {of !== null && <small> / {count(of)}</small>}
          </span>
          <span className="quiet">{label}</span>
        </li>
      ))}
    </ul>
  );
}

/** From here on a zone is nearly full. */
const NEARLY = 0.9;

function Fill({ inside, capacity }: { inside: number; capacity: number | null }) {
  if (capacity === null || capacity === 0) return <span />;
  const share = inside / capacity;
  const tone = share >= 1 ? look.full : share >= NEARLY ? look.near : "";
  return (
    <span className={look.track} aria-hidden="true">
      <span className={tone} style={{ width: `${Math.min(1, share) * 100}%` }} />
    </span>
  );
}

/** Who is inside each zone that a gate stands at. */
function Zones({ devices }: { devices: readonly Device[] }) {
  const event = useEvent();
  const { t, count } = useSpeech();
  // One gate of a zone speaks for the zone.
  const zones = event.zones.flatMap((zone) => {
    const gate = devices.find((device) => device.zone === zone.id && device.status === "active");
    return gate === undefined ? [] : [{ zone, gate: gate.id }];
  });
  const scans = useMay()("scan");
  const doors = useQueries({
    queries: zones.map(({ gate }) => ({ ...askGates.deviceDoor(event.id, gate), enabled: scans })),
  });
  if (event.zones.length === 0) return null;
  return (
    <section aria-labelledby="live-zones">
      <h2 id="live-zones">{t("gates.live.zones")}</h2>
      {zones.length === 0 && <p className="quiet">{t("gates.live.noZoneGate")}</p>}
      <ul className={look.zones}>
        {zones.map(({ zone }, index) => {
          const counts = doors[index]?.data?.counts;
          if (counts === undefined) return null;
          const { inside, capacity } = counts;
          return (
            <li key={zone.id}>
              <span className="clip strong">{zone.name}</span>
              <Fill inside={inside} capacity={capacity} />
              <span>
                {capacity === null
                  ? t("gates.live.insideOnly", { count: inside })
                  : t("gates.live.insideOf", { n: count(inside), most: count(capacity) })}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function ByGate({ devices }: { devices: readonly Device[] }) {
  const { t } = useSpeech();
  const busy = devices.filter(({ scans }) => scans > 0).toSorted((a, b) => b.admitted - a.admitted);
  return (
    <section aria-labelledby="live-gates">
      <h2 id="live-gates">{t("gates.live.byGate")}</h2>
      {busy.length === 0 ? (
        <p className="quiet">{t("gates.live.noScans")}</p>
      ) : (
        <Bars
          bars={busy.map(({ id, name, admitted }) => ({
            key: id,
            label: <span className="clip">{name}</span>,
            count: admitted,
            tone: "good" as const,
          }))}
        />
      )}
    </section>
  );
}

function Alerts() {
  const event = useEvent();
  const { t } = useSpeech();
  const [all, showAll] = useState(false);
  const alerts = useQuery(askGates.alerts(event.id));
  const items = alerts.data ?? [];
  const open = items.filter(({ resolved_at }) => resolved_at === null);
  const resolved = items.length - open.length;
  return (
    <section aria-labelledby="live-alerts">
      <div className={look.head}>
        <h2 id="live-alerts">{t("gates.alerts.title")}</h2>
        {resolved > 0 && (
          <button type="button" className="link" aria-expanded={all} onClick={() => showAll(!all)}>
            {all ? t("gates.alerts.hideResolved") : t("gates.alerts.showResolved", { count: resolved })}
          </button>
        )}
      </div>
      {alerts.isSuccess && open.length === 0 && <p className="quiet">{t("gates.alerts.none")}</p>}
      <AlertList alerts={all ? items : open} />
      <p className="quiet small">{t("gates.alerts.thresholds")}</p>
    </section>
  );
}

/** Who is inside, who comes, and what somebody should look at. */
export function Live() {
  const event = useEvent();
  const { t } = useSpeech();
  const may = useMay();
  const manages = may(MANAGE_GATES);
  const door = useQuery({ ...askGates.door(event.id), enabled: may("scan") });
  const devices = useQuery({ ...askGates.devices(event.id), enabled: manages });
  const arrivals = useQuery(ask.arrivals(event.id));
  return (
    <Screen title={t("place.gates")} tabs={<GateTabs section="live" />}>
      <div className={styles.scroll}>
        {door.isError && door.data === undefined ? (
          <Trouble error={door.error} retry={() => void door.refetch()} />
        ) : (
          <div className={styles.page}>
            {door.data !== undefined && <Figures counts={door.data.counts} minutes={arrivals.data ?? []} />}
            {manages && <Alerts />}
            {devices.data !== undefined && (
              <div className={look.blocks}>
                <Zones devices={devices.data} />
                <ByGate devices={devices.data} />
              </div>
            )}
            <ArrivalsArea minutes={arrivals.data} zone={event.time_zone} />
          </div>
        )}
      </div>
    </Screen>
  );
}
