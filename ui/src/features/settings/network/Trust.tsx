import { Button } from "@mantine/core";
import { useId } from "react";
import { keepAuthority } from "../../../api/network";
import { useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";
import { groupsOf } from "./fingerprint";
import styles from "./network.module.css";

/** Windows opens a certificate by this ending only; the other systems read it too. */
const FILE = "gatehouse-authority.crt";

/** Where any device fetches the certificate without signing in. */
const PATH = "api/network/authority";

const SYSTEMS = ["windows", "apple", "android"] as const;

/** What another device has to trust once, and how. */
export function Trust({ fingerprint, first }: { fingerprint: string; first: string | null }) {
  const { t } = useSpeech();
  const id = useId();
  const sending = useSending();
  return (
    <section className={styles.part} aria-labelledby="trust">
      <h3 id="trust">{t("network.trust")}</h3>
      <p className="quiet">{t("network.trustText")}</p>
      <Refused error={sending.error} />
      <div>
        <Button
          variant="default"
          loading={sending.busy}
          onClick={() => void sending.send(() => keepAuthority(FILE))}
        >
          {t("network.download")}
        </Button>
      </div>
      {first !== null && (
        <p>
          {t("network.fetch")}{" "}
          <bdi className={styles.path} dir="ltr">
            {first}
            {PATH}
          </bdi>
        </p>
      )}
      <p id={id}>{t("network.compare")}</p>
      <ul className={styles.fingerprint} aria-labelledby={id} dir="ltr">
        {groupsOf(fingerprint).map((group, index) => (
          <li key={`${index} ${group}`}>{group}</li>
        ))}
      </ul>
      <dl className={styles.systems}>
        {SYSTEMS.map((system) => (
          <div key={system}>
            <dt>{t(`network.system.${system}`)}</dt>
            <dd>{t(`network.how.${system}`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
