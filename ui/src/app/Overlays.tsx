import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { useSpeech } from "../locales";

/** What floats above every screen: questions that wait for an answer, and short news. */
export function Overlays() {
  const { t } = useSpeech();
  return (
    <>
      <ModalsProvider labels={{ confirm: t("confirm"), cancel: t("cancel") }}>{null}</ModalsProvider>
      <Notifications position="bottom-center" limit={3} autoClose={6_000} />
    </>
  );
}
