import { Button, NumberInput, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isWelcome, useEvent, useMay } from "../../../api";
import { askGates, changeDevice, type Device, revokeDevice } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { formatDate, formatShortMoment, formatTime, joined, useSpeech } from "../../../locales";
import { EditForm, type Source } from "../../../shared/editing";
import { Facts } from "../../../shared/Facts";
import { ConfirmDialog } from "../../../shared/form";
import { Pane } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import { offerUndo } from "../../../shared/undo";
import { AlertList } from "../live/AlertList";
import styles from "../gates.module.css";
import { BringScans } from "./BringScans";
import { PlaceChoices, TurnSwitch } from "./PlaceChoices";
import { presenceOf } from "./presence";
import { nameSession } from "./where";

type Fields = Pick<Device, "name" | "zone" | "session" | "direction" | "may_turn" | "settings">;

const fieldsOf = ({ name, zone, session, direction, may_turn, settings }: Device): Fields => ({
  name,
  zone,
  session,
  direction,
  may_turn,
  settings,
});

const NAMES = [
  "name",
  "zone",
  "session",
  "direction",
  "may_turn",
  "sync_interval_minutes",
  "max_offline_hours",
  "spare_gates",
  "walk_ins",
].flatMap((name) => [name, `settings.${name}`]).concat("deviceName");

const WHOLE = { allowDecimal: false, allowNegative: false, clampBehavior: "blur" } as const;

function Settings({ device }: { device: Device }) {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()(MANAGE_GATES);
  const again = () => queries.invalidateQueries({ queryKey: ["event", event.id, "devices"] });
  const source: Source<Fields> = {
    async read() {
      const devices = await queries.fetchQuery({ ...askGates.devices(event.id), staleTime: 0 });
      return { body: fieldsOf(devices.find(({ id }) => id === device.id) ?? device), version: null };
    },
    async write(change) {
      const before = fieldsOf(device);
      const saved = await changeDevice(device.id, change);
      await again();
      offerUndo({
        done: t("gates.saved", { name: saved.body.name }),
        async undo() {
          const keys = Object.keys(change) as (keyof Fields)[];
          await changeDevice(device.id, Object.fromEntries(keys.map((key) => [key, before[key]])));
          await again();
          await queries.invalidateQueries({ queryKey: ["edited", "device", device.id] });
        },
      });
      return { body: fieldsOf(saved.body), version: saved.version };
    },
    saved: () => undefined,
  };
  const zoneName = (id: string | null) =>
    event.zones.find((zone) => zone.id === id)?.name ?? t("gates.mainEntrance");
  const sessionName = (id: string | null) => {
    const session = event.sessions.find((known) => known.id === id);
    return session === undefined
      ? t("gates.sessionToday")
      : nameSession(locale, event.time_zone, session);
  };
  return (
    <EditForm
      name={["device", device.id]}
      label={t("gates.settings")}
      source={source}
      held={allowed.disabled ? (allowed.title ?? t("allowed.not")) : null}
      note={t("gates.settingsReach")}
      fields={NAMES}
      show={{
        name: { label: t("gates.name"), say: (name) => name },
        zone: { label: t("gates.zone"), say: zoneName },
        session: { label: t("gates.session"), say: sessionName },
        direction: { label: t("gates.direction.label"), say: (way) => t(`gates.direction.${way}`) },
        may_turn: { label: t("gates.mayTurn"), say: (may) => t(may ? "gates.door.yes" : "gates.door.no") },
        settings: {
          label: t("gates.offline"),
          say({ offline_mode, max_offline_hours }) {
            if (!offline_mode) return t("gates.offlineNever");
            return max_offline_hours === null
              ? t("gates.untilOver")
              : t("gates.hours", { count: max_offline_hours });
          },
        },
      }}
    >
      {({ typed, of, change }) => {
        const set = (part: Partial<Device["settings"]>) =>
          change({ settings: { ...typed.settings, ...part } });
        const { offline_mode, sync_interval_minutes, max_offline_hours } = typed.settings;
        const { spare_gates = 0, walk_ins = 0 } = typed.settings;
        return (
          <div className={styles.fields}>
            <TextInput
              label={t("gates.name")}
              maxLength={80}
              value={typed.name}
              error={of("deviceName") ?? of("name")}
              onChange={({ target }) => change({ name: target.value })}
            />
            <PlaceChoices placed={typed} error={of} onChange={change} />
            {device.kind !== "kiosk" && (
              <TurnSwitch may={typed.may_turn} onChange={(may_turn) => change({ may_turn })} />
            )}
            {device.kind !== "office" && (
              <>
                <Switch
                  label={t("gates.offlineAllowed")}
                  description={t("gates.offlineText")}
                  checked={offline_mode}
                  onChange={({ target }) => set({ offline_mode: target.checked })}
                />
                {offline_mode && (
                  <NumberInput
                    {...WHOLE}
                    label={t("gates.maxOffline")}
                    description={t("gates.maxOfflineText")}
                    min={1}
                    max={8_760}
                    placeholder={t("gates.untilOver")}
                    value={max_offline_hours ?? ""}
                    error={of("max_offline_hours")}
                    onChange={(value) =>
                      set({ max_offline_hours: value === "" ? null : Number(value) })
                    }
                  />
                )}
                <NumberInput
                  {...WHOLE}
                  label={t("gates.interval")}
                  description={t("gates.intervalText", { count: sync_interval_minutes })}
                  min={1}
                  max={1_440}
                  value={sync_interval_minutes}
                  error={of("sync_interval_minutes")}
                  onChange={(value) => set({ sync_interval_minutes: Number(value) })}
                />
              </>
            )}
            {(device.kind === "gate" || device.kind === "kiosk") && (
              <>
                <NumberInput
                  {...WHOLE}
                  label={t("gates.spareGates")}
                  description={t("gates.spareGatesText")}
                  min={0}
                  max={8}
                  value={spare_gates}
                  error={of("spare_gates")}
                  onChange={(value) => set({ spare_gates: Number(value) })}
                />
                <NumberInput
                  {...WHOLE}
                  label={t("gates.walkIns")}
                  description={t("gates.walkInsText")}
                  min={0}
                  max={200}
                  value={walk_ins}
                  error={of("walk_ins")}
                  onChange={(value) => set({ walk_ins: Number(value) })}
                />
              </>
            )}
            {typed.name.trim() !== "" && device.scans > 0 && typed.zone !== device.zone && (
              <p className="quiet small">{t("gates.zoneMoves", { n: count(device.scans) })}</p>
            )}
          </div>
        );
      }}
    </EditForm>
  );
}

function LastScans({ device }: { device: Device }) {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const may = useMay();
  const door = useQuery({ ...askGates.deviceDoor(event.id, device.id), enabled: may("scan") });
  const lines = door.data?.recent ?? [];
  return (
    <section aria-labelledby="device-scans">
      <h3 id="device-scans">{t("tickets.scans")}</h3>
      <p className="quiet">
        {t("gates.scansOf", { count: device.scans, admitted: count(device.admitted) })}
      </p>
      <ul className={styles.lines}>
        {lines.slice(0, 8).map((line) => (
          <li key={line.scan}>
            <Status tone={isWelcome(line.code) ? "came" : "bad"}>
              {joined([line.name, t(`verdict.${line.code}`, { defaultValue: line.code })], " · ")}
            </Status>
            <time className="quiet small">{formatTime(locale, event.time_zone, line.at)}</time>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One device: how it stands, where it is, what it may do without the office, and its end. */
export function DevicePane({ device, close }: { device: Device; close(): void }) {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const may = useMay();
  const queries = useQueryClient();
  const allowed = useAllowed()(MANAGE_GATES);
  const [revoking, setRevoking] = useState(false);
  const alerts = useQuery({ ...askGates.alerts(event.id), enabled: may(MANAGE_GATES) });
  const when = (at: number) => formatShortMoment(locale, event.time_zone, at);
  const { tone, words } = presenceOf(device, t, (at) => t("gates.silentSince", { when: when(at) }));
  const own = alerts.data?.filter((alert) => alert.device === device.id) ?? [];
  const { info } = device;
  const revoke = async () => {
    await revokeDevice(device.id);
    notifications.show({ message: t("gates.revokeDone", { name: device.name }) });
    await queries.invalidateQueries({ queryKey: ["event", event.id] });
  };
  return (
    <Pane title={device.name} under={t(`gates.kind.${device.kind}`)} close={close}>
      <p>
        <Status tone={tone}>{words}</Status>
      </p>
      {device.status === "revoked" && <p className="quiet">{t("gates.revokedText")}</p>}
      <Facts
        facts={[
          [t("gates.pending"), device.pending === null ? null : count(device.pending)],
          [t("gates.synced"), device.last_synced_at === null ? null : when(device.last_synced_at)],
          [t("gates.machine"), joined([info.model, info.osVersion, info.appVersion], " · ")],
          [t("gates.registered"), formatDate(locale, device.created_at, event.time_zone)],
          [
            t("gates.expires"),
            device.expires_at === null ? null : formatDate(locale, device.expires_at, event.time_zone),
          ],
        ]}
      />
      {device.status === "active" && (
        <section aria-labelledby="device-settings">
          <h3 id="device-settings">{t("gates.settings")}</h3>
          <Settings device={device} />
        </section>
      )}
      <LastScans device={device} />
      {(device.kind === "browser" || device.kind === "scanner") && <BringScans device={device} />}
      {own.length > 0 && (
        <section aria-labelledby="device-alerts">
          <h3 id="device-alerts">{t("gates.alerts.title")}</h3>
          <AlertList alerts={own} />
        </section>
      )}
      {device.status === "active" && device.kind !== "office" && (
        <section className={styles.danger}>
          <Button
            size="compact-sm"
            variant="light"
            color="red"
            {...allowed}
            onClick={() => setRevoking(true)}
          >
            {t("gates.revoke")}
          </Button>
        </section>
      )}
      {revoking && (
        <ConfirmDialog
          title={t("gates.revokeTitle", { name: device.name })}
          text={
            <>
              {t(device.kind === "browser" ? "gates.revokeLinkText" : "gates.revokeText")}
              {(device.pending ?? 0) > 0 && (
                <>
                  {" "}
                  <strong>{t("gates.revokePending", { count: device.pending ?? 0 })}</strong>
                </>
              )}
            </>
          }
          submit={t("gates.revoke")}
          act={revoke}
          close={() => setRevoking(false)}
        />
      )}
    </Pane>
  );
}
