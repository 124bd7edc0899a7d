import { Button, Modal, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ask, deskKey, session, useMe } from "../api";
import { useSpeech } from "../locales";
import { SignInForm } from "./SignInForm";

/** Over whatever was being done when the session ended; what was typed beneath it stays. */
export function SignInDialog() {
  const { t } = useSpeech();
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const health = useQuery({ ...ask.health(), staleTime: 0 });
  // Without accounts nobody can sign in: the key of a program that has ended is good no more.
  const anew = deskKey() !== null && health.isFetchedAfterMount && health.data?.accounts === false;
  const leave = async () => {
    session.leave();
    await navigate({ to: "/sign-in" });
    queries.clear();
  };
  return (
    <Modal
      opened
      onClose={() => void leave()}
      title={anew ? t("signIn.anew") : t("signIn.again")}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="md">
        <p className="quiet">{anew ? t("signIn.anewText") : t("signIn.againText")}</p>
        {!anew && (
          <SignInForm
            first={false}
            {...(me === null ? {} : { email: me.account.email })}
            done={() => undefined}
          />
        )}
        <Button fullWidth variant="subtle" onClick={() => void leave()}>
          {t("signIn.leave")}
        </Button>
      </Stack>
    </Modal>
  );
}
