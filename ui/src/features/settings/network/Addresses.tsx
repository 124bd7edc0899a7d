import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import { QrCode } from "../../../shared/qr";
import styles from "./network.module.css";

/** Where other machines open the office. */
export function Addresses({ addresses }: { addresses: readonly string[] }) {
  const { t } = useSpeech();
  const first = addresses[0];
  const copy = async (address: string) => {
    try {
      await platform().copyText(address);
      notifications.show({ message: t("network.copied") });
    } catch {
      notifications.show({ color: "red", message: t("network.notCopied") });
    }
  };
  return (
    <section className={styles.addresses} aria-labelledby="addresses">
      <div className={styles.part}>
        <h3 id="addresses">{t("network.addresses")}</h3>
        <p className="quiet">{t("network.addressesText")}</p>
        <ul className={styles.list}>
          {addresses.map((address) => (
            <li key={address}>
              <bdi className={styles.address} dir="ltr">
                {address}
              </bdi>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t("network.copyOne", { address })}
                onClick={() => void copy(address)}
              >
                {t("network.copy")}
              </Button>
            </li>
          ))}
        </ul>
      </div>
      {first !== undefined && (
        <figure className={styles.figure}>
          <QrCode text={first} label={t("network.codeOf", { address: first })} />
          <figcaption className="quiet small">{t("network.codeText")}</figcaption>
        </figure>
      )}
    </section>
  );
}
