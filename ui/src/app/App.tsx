import { DirectionProvider, MantineProvider, useDirection } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import i18next from "i18next";
import { useEffect } from "react";
import { useSpeech } from "../locales";
import { schemeMemory } from "../theme/scheme";
import { theme } from "../theme/theme";
import type { Router } from "./router";

/** Turns the page the way its language is read. */
function Direction() {
  const { language } = useSpeech();
  const { setDirection } = useDirection();
  useEffect(() => {
    document.documentElement.lang = language;
    setDirection(i18next.dir(language));
  }, [language, setDirection]);
  return null;
}

export function App({ queries, router }: { queries: QueryClient; router: Router }) {
  return (
    <DirectionProvider initialDirection={i18next.dir()} detectDirection={false}>
      {/* The variables and classes come as a style sheet of the build: see vite/themeStyles.ts. */}
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={schemeMemory}
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <QueryClientProvider client={queries}>
          <Direction />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
