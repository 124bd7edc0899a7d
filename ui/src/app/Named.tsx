import { MantineThemeProvider } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { useSpeech } from "../locales";

/** Gives the buttons that close something a name in the reader's language, wherever they are. */
export function Named({ children }: { children: ReactNode }) {
  const { t } = useSpeech();
  const named = useMemo(() => {
    const defaultProps = { closeButtonProps: { "aria-label": t("close") } };
    const parts = { Modal: { defaultProps }, Drawer: { defaultProps }, Notification: { defaultProps } };
    return { components: parts };
  }, [t]);
  return (
    <MantineThemeProvider theme={named} inherit>
      {children}
    </MantineThemeProvider>
  );
}
