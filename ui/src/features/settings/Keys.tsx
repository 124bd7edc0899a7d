import { Button, NativeSelect } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, client, content, done, type SigningKey } from "../../api";
import { askOffice } from "../../api/askOffice";
import { useSpeech } from "../../locales";
import { recall } from "../../platform";
import { Empty } from "../../shared/Empty";
import { ConfirmDialog, Refused, useSending } from "../../shared/form";
import { profileName } from "../../shared/profileName";
import { Status, type Tone } from "../../shared/Status";
import { Trouble } from "../../shared/Trouble";
import { SettingsPage } from "./SettingsPage";
import styles from "./settings.module.css";

/** Algorithms and sizes, the usual one first. */
const PROFILES = ["rsa-2048", "rsa-3072", "rsa-4096", "ed25519"] as const;
type Profile = (typeof PROFILES)[number];

const TONES: Record<SigningKey["status"], Tone> = { active: "good", rotated: "wait", revoked: "bad" };

function KeysOf({ event }: { event: string }) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const keys = useQuery(askOffice.keys(event));
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [profile, setProfile] = useState<Profile>("rsa-2048");
  const [revoking, setRevoking] = useState<SigningKey | null>(null);
  const sending = useSending();
  const changed = async (message: string) => {
    notifications.show({ message });
    await queries.invalidateQueries({ queryKey: ["event", event] });
  };
  const rotate = () =>
    sending.send(async () => {
      const params = { path: { id: event } };
      const headers = { "Idempotency-Key": key };
      const made = await content(
        client.POST("/api/events/{id}/keys", { params, headers, body: { profile } }),
      );
      setKey(crypto.randomUUID());
      await changed(t("keys.made", { n: made.version }));
    });
  const revoke = async ({ kid, version }: SigningKey) => {
    const params = { path: { id: event, kid } };
    await done(client.POST("/api/events/{id}/keys/{kid}/revoke", { params }));
    await changed(t("keys.revoked", { n: version }));
  };
  if (keys.isError && keys.data === undefined) {
    return <Trouble error={keys.error} retry={() => void keys.refetch()} />;
  }
  return (
    <>
      <ul>
        {(keys.data ?? []).toReversed().map((known) => (
          <li key={known.kid} className={styles.row}>
            <div>
              <p className="strong">
                {t("overview.keyVersion", { n: known.version })} · {profileName(known.profile)}
              </p>
              <p className={`quiet small ${styles.kid}`}>{known.kid}</p>
            </div>
            <span className={styles.standing}>
              <Status tone={TONES[known.status]}>{t(`keyStatus.${known.status}`)}</Status>
            </span>
            <Button
              size="compact-sm"
              variant="light"
              color="red"
              aria-label={t("keys.revokeOne", { n: known.version })}
              {...(known.status === "rotated"
                ? {}
                : { disabled: true, title: t(known.status === "active" ? "keys.signsNow" : "keys.isRevoked") })}
              onClick={() => setRevoking(known)}
            >
              {t("keys.revoke")}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className={styles.form}
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void rotate();
        }}
      >
        <Refused error={sending.error} fields={["profile"]} />
        <NativeSelect
          label={t("keys.profile")}
          description={t("keys.profileText")}
          value={profile}
          error={sending.of("profile")}
          data={PROFILES.map((value) => ({ value, label: t(`keyProfile.${value}`) }))}
          onChange={(change) =>
            setProfile(PROFILES.find((known) => known === change.target.value) ?? profile)
          }
        />
        <Button type="submit" loading={sending.busy}>
          {t("keys.rotate")}
        </Button>
      </form>
      {revoking !== null && (
        <ConfirmDialog
          title={t("keys.revokeOne", { n: revoking.version })}
          text={t("keys.revokeText")}
          submit={t("keys.revoke")}
          act={() => revoke(revoking)}
          close={() => setRevoking(null)}
        />
      )}
    </>
  );
}

/** The keys that sign each event's tickets. */
export function Keys() {
  const { t } = useSpeech();
  const events = useQuery(ask.events());
  const [chosen, choose] = useState(() => recall("event"));
  const rows = events.data ?? [];
  const event = rows.find(({ id }) => id === chosen) ?? rows[0];
  return (
    <SettingsPage title={t("settings.keys")}>
      <p className="quiet">{t("keys.text")}</p>
      {events.isSuccess && rows.length === 0 && (
        <Empty title={t("events.emptyTitle")}>{t("events.emptyText")}</Empty>
      )}
      {event !== undefined && (
        <>
          <NativeSelect
            label={t("events.name")}
            value={event.id}
            data={rows.map(({ id, title }) => ({ value: id, label: title }))}
            onChange={(change) => choose(change.target.value)}
          />
          <KeysOf key={event.id} event={event.id} />
        </>
      )}
    </SettingsPage>
  );
}
