import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useEvent } from "../../../api";
import { askGates, type MeshGate, type MeshView, writeOffRoom } from "../../../api/gates";
import { askNetwork } from "../../../api/network";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { formatShortMoment, isolate, useSpeech } from "../../../locales";
import { ConfirmDialog } from "../../../shared/form";
import { Note } from "../../../shared/Note";
import { Status } from "../../../shared/Status";
import styles from "../gates.module.css";
import look from "./mesh.module.css";
import { gatesThatMeet, sayClock, sayPresence, sayRoster, sayRoundTrip, someTalkToOfficeAlone } from "./words";

/** Why the office meets nobody, and what changes that. */
function NotMet() {
  const { t } = useSpeech();
  const network = useQuery(askNetwork.network());
  return (
    <Note title={t("gates.mesh.off")}>
      {t("gates.mesh.offText")}{" "}
      {network.data?.available === true ? (
        <Link className="link" to="/settings/network">
          {t("gates.networkTurnOn")}
        </Link>
      ) : (
        t("gates.mesh.offServed")
      )}
    </Note>
  );
}

/** The middle of the map: this office, and who is with it. */
function Office({ view, here, all }: { view: MeshView; here: number; all: number }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  const since = view.alone_since === null ? null : formatShortMoment(locale, time_zone, view.alone_since);
  return (
    <div className={look.office}>
      <span className={look.hub} data-on={view.on} aria-hidden="true" />
      <div>
        <h2>
          <span role="status">
            {all === 0
            ? t("gates.mesh.noGate")
            : here > 0
              ? t("gates.mesh.hereOf", { count: here, all })
              : since === null
                ? t("gates.mesh.nobody")
                : t("gates.mesh.aloneSince", { when: since })}
          </span>
        </h2>
        <p className="quiet small">
          {view.listens_on !== null && (
            <>
              {t("gates.mesh.metAt")} <bdi dir="ltr">{view.listens_on}</bdi>
            </>
          )}
        </p>
      </div>
    </div>
  );
}

type Line = readonly [label: string, value: ReactNode];

/** What is known of a gate: while it is there how it goes, afterwards what it left. */
function useLines(gate: MeshGate, roster: number): Line[] {
  const { t, locale, count } = useSpeech();
  const { time_zone } = useEvent();
  const lines: (Line | null)[] = [];
  const told = ({ tone, words }: ReturnType<typeof sayClock>) =>
    tone === "good" ? words : <Status tone={tone}>{words}</Status>;
  if (gate.here) {
    const { round_trip_ms: way, skew_ms: skew } = gate;
    lines.push(
      way === null ? null : [t("gates.mesh.roundTrip"), sayRoundTrip(locale, t, way)],
      skew === null ? null : [t("gates.mesh.clock.label"), told(sayClock(locale, t, skew))],
      gate.roster === null ? null : [t("gates.mesh.list.label"), told(sayRoster(t, gate.roster, roster))],
      [
        t("gates.mesh.scans.label"),
        gate.same ? t("gates.mesh.scans.same") : <Status tone="wait">{t("gates.mesh.scans.differ")}</Status>,
      ],
    );
  } else {
    lines.push(
      gate.last_seen_at === null
        ? null
        : [t("gates.mesh.lastHeard"), formatShortMoment(locale, time_zone, gate.last_seen_at)],
      gate.pending === null || gate.pending === 0
        ? null
        : [
            t("gates.mesh.scans.label"),
            <Status key="pending" tone="wait">
              {t("gates.mesh.scans.pending", { count: gate.pending })}
            </Status>,
          ],
    );
  }
  lines.push(
    [t("gates.mesh.presented"), t("gates.mesh.presentedOf", { n: count(gate.scans), admitted: count(gate.admitted) })],
    gate.version === "" ? null : [t("gates.mesh.version"), <bdi key="version">{gate.version}</bdi>],
  );
  return lines.filter((line) => line !== null);
}

function GateRow({ gate, view, writeOff }: { gate: MeshGate; view: MeshView; writeOff(): void }) {
  const { t } = useSpeech();
  const lines = useLines(gate, view.roster);
  const allowed = useAllowed()(MANAGE_GATES);
  const { tone, words } = sayPresence(t, gate, view.on);
  const state = gate.status === "revoked" ? "revoked" : gate.here ? (gate.silent ? "silent" : "here") : "away";
  return (
    <li className={look.gate} data-state={state}>
      <div className={look.who}>
        <h3>{gate.name}</h3>
        <Status tone={tone}>{words}</Status>
        {gate.kind === "kiosk" && <span className="quiet small">{t("gates.kind.kiosk")}</span>}
        {gate.address !== null && (
          <bdi className="quiet small" dir="ltr">
            {gate.address}
          </bdi>
        )}
        {view.on && !gate.here && (
          <Button
            className={look.act ?? ""}
            size="compact-sm"
            variant="default"
            aria-label={`${t("gates.mesh.writeOff")}: ${gate.name}`}
            {...allowed}
            onClick={writeOff}
          >
            {t("gates.mesh.writeOff")}
          </Button>
        )}
      </div>
      <dl className={look.facts}>
        {lines.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

/** The office and its gates: who is there, how far away, and whether they know the same. */
export function MeshMap({ view }: { view: MeshView }) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [writing, write] = useState<MeshGate | null>(null);
  const gates = gatesThatMeet(view);
  const standing = gates.filter(({ status }) => status === "active");
  const here = standing.filter((gate) => gate.here).length;
  const writeOff = async (gate: MeshGate) => {
    queries.setQueryData(askGates.mesh(event.id).queryKey, await writeOffRoom(gate.id));
    notifications.show({ message: t("gates.mesh.writeOffDone", { gate: isolate(gate.name) }) });
  };
  return (
    <section className={styles.part} aria-label={t("gates.mesh.map")}>
      {view.on || standing.length === 0 ? (
        <Office view={view} here={here} all={standing.length} />
      ) : (
        <>
          <h2>{t("gates.mesh.map")}</h2>
          <NotMet />
        </>
      )}
      {gates.length > 0 && (
        <ul className={look.gates} data-on={view.on}>
          {gates.map((gate) => (
            <GateRow key={gate.id} gate={gate} view={view} writeOff={() => write(gate)} />
          ))}
        </ul>
      )}
      {someTalkToOfficeAlone(view) && <p className="quiet small">{t("gates.mesh.othersText")}</p>}
      {writing !== null && (
        <ConfirmDialog
          title={t("gates.mesh.writeOffTitle", { gate: isolate(writing.name) })}
          text={t("gates.mesh.writeOffText")}
          submit={t("gates.mesh.writeOff")}
          act={() => writeOff(writing)}
          close={() => write(null)}
        />
      )}
    </section>
  );
}
