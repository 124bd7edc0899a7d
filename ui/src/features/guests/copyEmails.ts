import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import type { Guest } from "../../api";
import { platform } from "../../platform";

/** Puts the guests' addresses where they can be pasted, each once, one a line. */
export async function copyEmails(guests: readonly Guest[]): Promise<void> {
  const addresses = new Set(guests.flatMap(({ email }) => (email === null ? [] : [email])));
  if (addresses.size === 0) {
    notifications.show({ message: i18next.t("guests.noEmails") });
    return;
  }
  try {
    await platform().copyText([...addresses].join("\n"));
    notifications.show({ message: i18next.t("guests.copied", { count: addresses.size }) });
  } catch {
    notifications.show({ color: "red", message: i18next.t("guests.notCopied") });
  }
}
