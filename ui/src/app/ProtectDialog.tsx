import { Modal, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { ask, session } from "../api";
import { useSpeech } from "../locales";
import { SignInForm } from "./SignInForm";

/** Makes the office's first account; whoever sits at the desk works on with it. */
export function ProtectDialog({ close }: { close(): void }) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const finish = () => {
    close();
    void queries.invalidateQueries({ queryKey: ask.health().queryKey });
    const { standing } = session.state();
    const name = standing.kind === "signed_in" ? standing.me.account.name : "";
    notifications.show({ message: t("protect.done", { name }) });
  };
  return (
    <Modal opened onClose={close} title={t("protect.title")}>
      <Stack gap="md">
        <p className="quiet">{t("protect.text")}</p>
        <SignInForm first done={finish} />
      </Stack>
    </Modal>
  );
}
