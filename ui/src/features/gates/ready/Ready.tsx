import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { client, content, useEvent } from "../../../api";
import { askGates, type PreflightLine } from "../../../api/gates";
import { askTickets } from "../../../api/askTickets";
import { formatTime, useSpeech } from "../../../locales";
import { useSending } from "../../../shared/form";
import { Screen } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import { Trouble } from "../../../shared/Trouble";
import styles from "../gates.module.css";
import { GateTabs } from "../GateTabs";
import { type CameraFinding, tryCamera } from "./cameraCheck";
import { canReadCodes, readCode } from "./codeCheck";
import { type Code, inOrder, isKnown, TONES } from "./lines";
import own from "./ready.module.css";
import { useDetail } from "./useDetail";

/** Where a line is mended. */
function Step({ code }: { code: Code }) {
  const { t } = useSpeech();
  const { id } = useEvent();
  const params = { event: id };
  const label = t(`gates.ready.step.${code}` as "gates.ready.step.devices_online");
  switch (code) {
    case "event_published":
      return (
        <Link className="link" to="/events/$event/overview" params={params}>
          {label}
        </Link>
      );
    case "tickets_issued":
      return (
        <Link className="link" to="/events/$event/invitations" params={params}>
          {label}
        </Link>
      );
    case "keys_active":
      return (
        <Link className="link" to="/settings/keys">
          {label}
        </Link>
      );
    case "devices_online":
    case "gate_clocks":
    case "roster_fresh":
      return (
        <Link className="link" to="/events/$event/gates" params={params} search={{ section: "devices" }}>
          {label}
        </Link>
      );
    case "gates_meet":
    case "network_listening":
    case "certificate_days":
      return (
        <Link className="link" to="/settings/network">
          {label}
        </Link>
      );
    case "kiosk_pin":
      return (
        <Link className="link" to="/events/$event/gates" params={params} search={{ section: "door" }}>
          {label}
        </Link>
      );
    case "door_list":
      return (
        <Link className="link" to="/events/$event/print" params={params}>
          {label}
        </Link>
      );
    default:
      return null;
  }
}

type State = PreflightLine["state"];

function LineRow({
  title,
  state,
  children,
  detail,
  step,
}: {
  title: string;
  state: State;
  children?: ReactNode;
  detail?: string | null;
  step?: ReactNode;
}) {
  const { t } = useSpeech();
  return (
    <li className={own.line}>
      <span className={own.state}>
        <Status tone={TONES[state]}>
          <span className="strong">{title}</span>
        </Status>
        {/* The shape alone would say nothing to those who don't see it. */}
        <span className={own.hidden}>{t(`gates.ready.state.${state}`)}</span>
      </span>
      <span className={own.detail}>{detail}</span>
      <span className={own.step}>{step}</span>
      {children !== undefined && <p className={`${own.text} quiet small`}>{children}</p>}
    </li>
  );
}

const CAMERA_STATES: Record<CameraFinding, State> = {
  ok: "ok",
  dark: "warning",
  refused: "failed",
  none: "failed",
  busy: "failed",
  insecure: "unknown",
};

/** Tells of a line that something was found on this machine. */
type Found = (code: Code, state: State) => void;

/** The camera of the machine that this page is on: good once its picture was looked at. */
function CameraLine({ line, tell }: { line: PreflightLine; tell: Found }) {
  const { t } = useSpeech();
  const cameras = useQuery(askGates.cameras());
  const [found, setFound] = useState<{ finding: CameraFinding; name: string | null } | null>(null);
  const [busy, setBusy] = useState(false);
  const known = cameras.data ?? null;
  const look = async () => {
    setBusy(true);
    const seen = await tryCamera();
    setFound(seen);
    tell("camera", CAMERA_STATES[seen.finding]);
    setBusy(false);
  };
  const title = t("gates.ready.code.camera");
  const state = found === null ? line.state : CAMERA_STATES[found.finding];
  return (
    <LineRow
      title={title}
      state={state}
      detail={found?.name ?? known?.[0]?.name ?? null}
      step={
        <Button size="compact-sm" variant="default" loading={busy} onClick={() => void look()}>
          {t("gates.ready.tryCamera")}
        </Button>
      }
    >
      {found === null
        ? state === "ok"
          ? undefined
          : t("gates.ready.cameraNotTried")
        : found.finding === "ok"
          ? undefined
          : t(`gates.ready.camera.${found.finding}`)}
    </LineRow>
  );
}

/** Whether a gate read a ticket's code; one that is drawn and read back here tells of this machine alone. */
function CodeLine({ line, tell }: { line: PreflightLine; tell: Found }) {
  const { t, count } = useSpeech();
  const told = useDetail()(line);
  const event = useEvent();
  const sending = useSending();
  const [took, setTook] = useState<number | null | undefined>(undefined);
  const first = useQuery({
    queryKey: ["event", event.id, "tickets", "first"],
    queryFn: async () => {
      const params = { path: { id: event.id }, query: { limit: 1, status: "active" as const } };
      const page = await content(client.GET("/api/events/{id}/tickets", { params }));
      return page.items[0] ?? null;
    },
    enabled: canReadCodes(),
  });
  const code = useQuery({
    ...askTickets.code(first.data?.id ?? "", first.data?.version ?? 0),
    enabled: first.data !== undefined && first.data !== null,
  });
  const picture = code.data;
  const read = () =>
    sending.send(async () => {
      if (picture === undefined) return;
      const ms = await readCode(picture);
      setTook(ms);
      tell("test_ticket", ms === null ? "failed" : line.state);
    });
  const state: State = took === null ? "failed" : line.state;
  return (
    <LineRow
      title={t("gates.ready.code.test_ticket")}
      state={state}
      detail={typeof took === "number" ? t("gates.ready.readIn", { n: count(Math.round(took)) }) : told}
      step={
        picture !== undefined && (
          <Button size="compact-sm" variant="default" loading={sending.busy} onClick={() => void read()}>
            {t("gates.ready.readHere")}
          </Button>
        )
      }
    >
      {state === "ok" ? undefined : t("gates.ready.mend.test_ticket")}
    </LineRow>
  );
}

/** Whether the doors can open: each line green, or what to do. */
export function Ready() {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const detail = useDetail();
  const result = useQuery(askGates.preflight(event.id));
  const lines = inOrder(result.data?.items ?? []);
  const [here, setHere] = useState<Partial<Record<string, State>>>({});
  const tell: Found = (code, state) => setHere((known) => ({ ...known, [code]: state }));
  const standing = (wanted: State) => lines.filter(({ code, state }) => (here[code] ?? state) === wanted).length;
  const [bad, warned] = [standing("failed"), standing("warning")];
  const checked = result.dataUpdatedAt;
  return (
    <Screen
      title={t("place.gates")}
      tabs={<GateTabs section="ready" />}
      tools={
        <span className={styles.tools}>
          <Button variant="default" loading={result.isFetching} onClick={() => void result.refetch()}>
            {t("gates.ready.again")}
          </Button>
        </span>
      }
    >
      <div className={styles.scroll}>
        {result.isError && result.data === undefined ? (
          <Trouble error={result.error} retry={() => void result.refetch()} />
        ) : (
          result.data !== undefined && (
            <div className={styles.page}>
              <div className={own.verdict} data-standing={bad > 0 ? "no" : warned > 0 ? "almost" : "yes"} role="status">
                <h2>
                  {bad > 0
                    ? t("gates.ready.no", { count: bad })
                    : warned > 0
                      ? t("gates.ready.almost", { count: warned })
                      : t("gates.ready.yes")}
                </h2>
                <p>{t("gates.ready.checkedAt", { when: formatTime(locale, event.time_zone, checked) })}</p>
              </div>
              <ul className={own.lines}>
                {lines.map((line) => {
                  const { code, state } = line;
                  if (code === "camera") return <CameraLine key={code} line={line} tell={tell} />;
                  if (code === "test_ticket") return <CodeLine key={code} line={line} tell={tell} />;
                  if (!isKnown(code)) {
                    return <LineRow key={code} title={code.replaceAll("_", " ")} state={state} />;
                  }
                  return (
                    <LineRow
                      key={code}
                      title={t(`gates.ready.code.${code}`)}
                      state={state}
                      detail={detail(line)}
                      step={(state === "failed" || state === "warning" || code === "door_list") && <Step code={code} />}
                    >
                      {state === "ok" ? undefined : t(`gates.ready.mend.${code}`)}
                    </LineRow>
                  );
                })}
              </ul>
            </div>
          )
        )}
      </div>
    </Screen>
  );
}
