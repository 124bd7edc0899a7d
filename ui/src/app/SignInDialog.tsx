import { Button, Modal, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { session, useMe } from "../api";
import { useSpeech } from "../locales";
import { SignInForm } from "./SignInForm";

/** Over whatever was being done when the session ended; what was typed beneath it stays. */
export function SignInDialog() {
  const { t } = useSpeech();
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const leave = async () => {
    session.leave();
    await navigate({ to: "/sign-in" });
    queries.clear();
  };
  return (
    <Modal
      opened
      onClose={() => void leave()}
      title={t("signIn.again")}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="md">
        <p className="quiet">{t("signIn.againText")}</p>
        <SignInForm
          first={false}
          {...(me === null ? {} : { email: me.account.email })}
          done={() => undefined}
        />
        <Button fullWidth variant="subtle" onClick={() => void leave()}>
          {t("signIn.leave")}
        </Button>
      </Stack>
    </Modal>
  );
}
