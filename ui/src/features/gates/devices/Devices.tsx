import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useEvent } from "../../../api";
import { askGates, type Device } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { formatShortMoment, useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import { Empty } from "../../../shared/Empty";
import { usePlace } from "../../../shared/place";
import { Screen } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import { type Column, ColumnChooser, RowList, useList } from "../../../shared/table";
import { Trouble } from "../../../shared/Trouble";
import { GateTabs } from "../GateTabs";
import { AddDevice } from "./AddDevice";
import { DevicePane } from "./DevicePane";
import { NewLink } from "./NewLink";
import { presenceOf, sayFor } from "./presence";
import { useWhere } from "./where";

function useColumns(): Column<Device>[] {
  const { t, locale, count } = useSpeech();
  const { time_zone } = useEvent();
  const where = useWhere();
  return useMemo(() => {
    const when = (at: number) => formatShortMoment(locale, time_zone, at);
    return [
      {
        key: "name",
        title: t("gates.name"),
        track: "minmax(140px, 1.6fr)",
        narrow: "minmax(0, 1.2fr)",
        fixed: true,
        order: (device) => device.name,
        show: (device) => <span className="clip strong">{device.name}</span>,
      },
      {
        key: "kind",
        title: t("gates.kind.label"),
        track: "minmax(96px, 0.8fr)",
        spare: true,
        order: (device) => t(`gates.kind.${device.kind}`),
        show: (device) => <span className="clip">{t(`gates.kind.${device.kind}`)}</span>,
      },
      {
        key: "presence",
        title: t("gates.presence"),
        track: "minmax(160px, 1.4fr)",
        narrow: "minmax(0, 1.4fr)",
        fixed: true,
        order: (device) => (device.online ? 0 : (device.last_seen_at ?? 1)),
        show(device) {
          const { tone, words } = presenceOf(device, t, (at) =>
            t("gates.silentFor", { time: sayFor(locale, Date.now() - at) }),
          );
          return <Status tone={tone}>{words}</Status>;
        },
      },
      {
        key: "place",
        title: t("gates.place"),
        track: "minmax(120px, 1.2fr)",
        narrow: "minmax(0, 0.8fr)",
        order: where,
        show: (device) => <span className="clip">{where(device)}</span>,
      },
      {
        key: "pending",
        title: t("gates.pending"),
        track: "minmax(72px, 0.5fr)",
        narrow: "56px",
        numeric: true,
        order: (device) => device.pending,
        show: (device) => (device.pending === null ? "–" : count(device.pending)),
      },
      {
        key: "synced",
        title: t("gates.synced"),
        track: "minmax(120px, 0.9fr)",
        spare: true,
        order: (device) => device.last_synced_at,
        show: (device) => (
          <time className="clip">{device.last_synced_at === null ? "–" : when(device.last_synced_at)}</time>
        ),
      },
      {
        key: "scans",
        title: t("gates.scans"),
        track: "minmax(72px, 0.5fr)",
        narrow: "56px",
        numeric: true,
        order: (device) => device.scans,
        show: (device) => count(device.scans),
      },
    ];
  }, [t, locale, count, time_zone, where]);
}

const NONE: Device[] = [];
const idOf = (device: Device) => device.id;

/** Everything that admits people to the event, and how to have one more. */
export function Devices() {
  const event = useEvent();
  const { t, count } = useSpeech();
  const allowed = useAllowed()(MANAGE_GATES);
  const mayScan = useAllowed()("scan");
  const { open, settle } = usePlace();
  const [adding, add] = useState<"device" | "link" | null>(null);
  const result = useQuery(askGates.devices(event.id));
  const rows = result.data ?? NONE;
  const columns = useColumns();
  const list = useList({ name: "devices", columns, rows, complete: result.isSuccess, idOf });
  const chosen = rows.find((device) => device.id === open);
  const here = rows.filter(({ online }) => online).length;
  const silent = rows.filter(({ online, status }) => !online && status === "active").length;
  const show = (device: string) => {
    add(null);
    settle({ open: device });
  };
  const addGate = (
    <Button {...allowed} onClick={() => add("device")}>
      {t("gates.add")}
    </Button>
  );
  const openHere = (
    <Button variant="default" {...mayScan} onClick={() => void platform().openGate(event.id)}>
      {t("gates.openHere")}
    </Button>
  );
  return (
    <Screen
      title={t("place.gates")}
      counts={
        rows.length > 0 && (
          <>
            <strong>{t("gates.count", { count: rows.length })}</strong> · {t("gates.countOnline", { n: count(here) })}
            {silent > 0 && <> · {t("gates.countSilent", { n: count(silent) })}</>}
          </>
        )
      }
      tabs={<GateTabs section="devices" />}
      tools={
        <>
          {rows.length > 0 && <ColumnChooser list={list} />}
          {rows.length > 0 && openHere}
          <Button variant="default" {...allowed} onClick={() => add("link")}>
            {t("gates.link.add")}
          </Button>
          {addGate}
        </>
      }
      pane={chosen && <DevicePane key={chosen.id} device={chosen} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={t("gates.emptyTitle")} step={openHere}>
          {t("gates.emptyText")}
        </Empty>
      ) : (
        <RowList
          label={t("place.gates")}
          list={list}
          total={result.isSuccess ? rows.length : null}
          open={open}
          onOpen={(id) => settle({ open: id })}
        />
      )}
      {adding === "device" && <AddDevice close={() => add(null)} show={show} />}
      {adding === "link" && <NewLink close={() => add(null)} />}
    </Screen>
  );
}
