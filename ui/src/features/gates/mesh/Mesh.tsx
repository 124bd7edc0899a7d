import { useQuery } from "@tanstack/react-query";
import { useEvent } from "../../../api";
import { askGates, type MeshFlag, type MeshView } from "../../../api/gates";
import { isolate, useSpeech } from "../../../locales";
import { Screen } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import { Trouble } from "../../../shared/Trouble";
import styles from "../gates.module.css";
import { GateTabs } from "../GateTabs";
import { Doubles } from "./Doubles";
import look from "./mesh.module.css";
import { MeshMap } from "./MeshMap";
import { flagOf } from "./words";

/** How often it is asked who is there while somebody looks, ms. */
const LOOK_MS = 2_000;

function FlagLine({ flag }: { flag: MeshFlag }) {
  const { t } = useSpeech();
  const code = flagOf(flag.code);
  const gate = isolate(flag.name ?? t("gates.mesh.unknownDevice"));
  return (
    <li>
      <Status tone="bad">{t(`gates.mesh.flag.${code}`, { gate })}</Status>
      <p className="quiet small">{t(`gates.mesh.step.${code}`, { code: flag.code })}</p>
    </li>
  );
}

function Flags({ flags, strangers }: Pick<MeshView, "flags"> & { strangers: number }) {
  const { t } = useSpeech();
  if (flags.length === 0 && strangers === 0) return null;
  return (
    <section className={styles.part} aria-labelledby="mesh-flags">
      <h2 id="mesh-flags">{t("gates.mesh.flags")}</h2>
      <ul className={look.flags}>
        {flags.map((flag) => (
          <FlagLine key={`${flag.code} ${flag.device}`} flag={flag} />
        ))}
        {strangers > 0 && (
          <li>
            <Status tone="quiet">{t("gates.mesh.strangers", { count: strangers })}</Status>
            <p className="quiet small">{t("gates.mesh.strangersText")}</p>
          </li>
        )}
      </ul>
    </section>
  );
}

/** Which gates are in touch, who came in twice, and what can't be right. */
export function Mesh() {
  const event = useEvent();
  const { t } = useSpeech();
  const mesh = useQuery({ ...askGates.mesh(event.id), refetchInterval: LOOK_MS });
  const view = mesh.data;
  return (
    <Screen title={t("place.gates")} tabs={<GateTabs section="mesh" />}>
      <div className={styles.scroll}>
        {mesh.isError && view === undefined ? (
          <Trouble error={mesh.error} retry={() => void mesh.refetch()} />
        ) : (
          view !== undefined && (
            <div className={styles.page}>
              <MeshMap view={view} />
              <Doubles doubles={view.doubles} />
              <Flags flags={view.flags} strangers={view.strangers_refused} />
            </div>
          )
        )}
      </div>
    </Screen>
  );
}
