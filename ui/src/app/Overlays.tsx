import { MantineThemeProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { useSpeech } from "../locales";

/** What floats above every screen: questions that wait for an answer, and short news. */
export function Overlays() {
  const { t } = useSpeech();
  const named = useMemo(() => {
    const defaultProps = { closeButtonProps: { "aria-label": t("close") } };
    return { components: { Modal: { defaultProps }, Notification: { defaultProps } } };
  }, [t]);
  return (
    <MantineThemeProvider theme={named} inherit>
      <ModalsProvider labels={{ confirm: t("confirm"), cancel: t("cancel") }}>{null}</ModalsProvider>
      <Notifications position="bottom-center" limit={3} autoClose={6_000} />
    </MantineThemeProvider>
  );
}
