import { Button, Group, Loader, Modal, NativeSelect, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useEvent } from "../../../api";
import { askGates, makeToken, type RegistrationToken, type WantedDevice } from "../../../api/gates";
import { useSpeech } from "../../../locales";
import { sayLeft, useSecondsLeft } from "../../../shared/countdown";
import { Refused, useSending } from "../../../shared/form";
import { QrCode } from "../../../shared/qr";
import { CopyLine } from "./CopyLine";
import styles from "./devices.module.css";
import { NetworkNote } from "./NetworkNote";
import { PlaceChoices, TurnSwitch } from "./PlaceChoices";

const KINDS = ["gate", "kiosk", "scanner"] as const satisfies readonly WantedDevice["kind"][];
const MINUTES = [5, 15, 30, 60];

const FIELDS = ["kind", "zone", "session", "direction", "mayTurn", "validityMinutes"];

/** What makes a laptop a gate; the quotation marks hold the code together in every shell. */
const gateLine = (code: string) => `gatehouse gate --data gate --enrol "${code}" --source camera`;

/** The code that makes a device, until one took it or its time is over. */
function Code({
  token,
  kind,
  again,
  busy,
  show,
  another,
  close,
}: {
  token: RegistrationToken;
  kind: WantedDevice["kind"];
  again(): void;
  busy: boolean;
  show(device: string): void;
  another(): void;
  close(): void;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  // By this machine's clock alone, which may differ from the office's.
  const [expires] = useState(() => Date.now() + token.validityMinutes * 60_000);
  const left = useSecondsLeft(expires);
  const over = left === 0;
  const standing = useQuery({ ...askGates.token(token.token), enabled: !over });
  const used = standing.data?.used === true;
  const made = standing.data?.scannerId ?? null;
  useEffect(() => {
    if (used) void queries.invalidateQueries({ queryKey: ["event", event.id, "devices"] });
  }, [used, queries, event.id]);
  if (used) {
    return (
      <>
        <div className={styles.done} role="status">
          <p>✓ {t("gates.adding.done", { name: standing.data?.scannerName ?? "" })}</p>
          <p>{t("gates.adding.doneText")}</p>
        </div>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={another}>
            {t("gates.adding.another")}
          </Button>
          {made !== null ? (
            <Button data-autofocus onClick={() => show(made)}>
              {t("gates.adding.show")}
            </Button>
          ) : (
            <Button onClick={close}>{t("close")}</Button>
          )}
        </Group>
      </>
    );
  }
  return (
    <>
      <div className={styles.code}>
        <div className={`${styles.picture} ${over ? styles.over : ""}`}>
          <QrCode text={token.qrText} label={t("gates.adding.codeOf")} />
          {over && (
            <div className={styles.again} role="alert">
              <p className="strong">{t("gates.adding.over")}</p>
              <Button loading={busy} onClick={again}>
                {t("gates.adding.again")}
              </Button>
            </div>
          )}
        </div>
        <div className={styles.beside}>
          <ol className={styles.steps}>
            {kind === "scanner" ? (
              <li>{t("gates.adding.scannerStep")}</li>
            ) : (
              <>
                <li>{t("gates.adding.gateStep1")}</li>
                <li>{t("gates.adding.gateStep2")}</li>
              </>
            )}
            <li>{t("gates.adding.lastStep")}</li>
          </ol>
          <div>
            <p className="quiet small">{t("gates.adding.left")}</p>
            <p className={styles.left} role="timer" aria-live="off">
              {sayLeft(left)}
            </p>
          </div>
          {!over && (
            <p className={styles.waiting} role="status">
              <Loader size={16} aria-hidden="true" />
              {t("gates.adding.waiting")}
            </p>
          )}
        </div>
      </div>
      {!over &&
        (kind === "scanner" ? (
          <CopyLine label={t("gates.adding.typed")} text={token.qrText} />
        ) : (
          <CopyLine label={t("gates.adding.line")} text={gateLine(token.qrText)} />
        ))}
      <p className="quiet small">{t("gates.adding.once")}</p>
    </>
  );
}

/** A new gate, kiosk or scanner: what it is for, then the code that it reads. */
export function AddDevice({ close, show }: { close(): void; show(device: string): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const sending = useSending();
  const [wanted, want] = useState<WantedDevice>({
    kind: "gate",
    zone: null,
    session: null,
    direction: "entry",
    mayTurn: true,
    validityMinutes: 5,
  });
  const [token, setToken] = useState<RegistrationToken | null>(null);
  const change = (part: Partial<WantedDevice>) => {
    sending.clear();
    want({ ...wanted, ...part });
  };
  const make = () => sending.send(async () => setToken(await makeToken(event.id, wanted)));
  return (
    <Modal opened onClose={close} title={t("gates.add")} size={token === null ? "md" : "lg"}>
      <Stack gap="md">
        <NetworkNote />
        <Refused error={sending.error} fields={token === null ? FIELDS : []} />
        {token === null ? (
          <form
            onSubmit={(submitted) => {
              submitted.preventDefault();
              void make();
            }}
          >
            <Stack gap="md">
              <NativeSelect
                label={t("gates.kind.label")}
                description={t(`gates.kindText.${wanted.kind}`)}
                data-autofocus
                value={wanted.kind}
                error={sending.of("kind")}
                data={KINDS.map((value) => ({ value, label: t(`gates.kind.${value}`) }))}
                onChange={({ target }) => {
                  const kind = KINDS.find((known) => known === target.value) ?? "gate";
                  // Guests turn no kiosk.
                  change({ kind, mayTurn: kind !== "kiosk" });
                }}
              />
              <PlaceChoices placed={wanted} error={sending.of} onChange={change} />
              {wanted.kind !== "kiosk" && (
                <TurnSwitch may={wanted.mayTurn} onChange={(mayTurn) => change({ mayTurn })} />
              )}
              <NativeSelect
                label={t("gates.adding.validity")}
                value={String(wanted.validityMinutes)}
                error={sending.of("validityMinutes")}
                data={MINUTES.map((value) => ({
                  value: String(value),
                  label: t("gates.minutes", { count: value }),
                }))}
                onChange={({ target }) => change({ validityMinutes: Number(target.value) })}
              />
              <Group justify="flex-end" gap="sm">
                <Button variant="default" onClick={close}>
                  {t("cancel")}
                </Button>
                <Button type="submit" loading={sending.busy}>
                  {t("gates.adding.make")}
                </Button>
              </Group>
            </Stack>
          </form>
        ) : (
          <Code
            key={token.token}
            token={token}
            kind={wanted.kind}
            busy={sending.busy}
            again={() => void make()}
            another={() => setToken(null)}
            show={show}
            close={close}
          />
        )}
      </Stack>
    </Modal>
  );
}
