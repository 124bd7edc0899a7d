import "@fontsource-variable/inter/index.css";
import "./design/tokens.css";
import "./design/base.css";
import "./design/frame.css";
import "./design/list.css";
import "./design/overview.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem } from "./api/client";
import { Office } from "./app/Office";
import { SpeechProvider } from "./i18n/Speech";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the API refuses once it refuses again; only silence is worth another try.
      retry: (tries, error) => tries < 2 && error instanceof ApiProblem && error.status === 0,
      staleTime: 2_000,
    },
  },
});

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SpeechProvider>
        <Office />
      </SpeechProvider>
    </QueryClientProvider>
  </StrictMode>,
);
