import { useQueryClient } from "@tanstack/react-query";
import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { readMail, writeMail } from "../../../api/askMail";
import type { MailView } from "../../../api/deliveryTypes";
import { useSpeech } from "../../../locales";
import type { Source } from "../../../shared/editing";
import type { Versioned } from "../../../shared/versioned";
import { giveMail, type MailFields, takeMail } from "./mailFields";

/** Where the page keeps which secrets there are. */
export const MAIL_KEPT = ["mail", "settings"] as const;

/** Reads and writes how the workspace sends, by its version. Secrets can't be read, so nothing is undone. */
export function useMailSource(): Source<MailFields> {
  const { t } = useSpeech();
  const queries = useQueryClient();
  return useMemo(() => {
    // The API takes all fields at once; the form says only which were changed.
    let known: MailFields | null = null;
    const kept = ({ body, version }: Versioned<MailView>): Versioned<MailFields> => {
      queries.setQueryData(MAIL_KEPT, body);
      known = takeMail(body);
      return { body: known, version };
    };
    const read = async () => kept(await readMail());
    return {
      read,
      async write(change, version) {
        const before = known ?? (await read()).body;
        return kept(await writeMail(giveMail({ ...before, ...change }), version));
      },
      saved() {
        notifications.show({ message: t("mail.saved") });
        void queries.invalidateQueries({ queryKey: ["mail", "state"] });
      },
    };
  }, [t, queries]);
}
