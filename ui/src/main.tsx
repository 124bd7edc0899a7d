import "./theme/layers.css";
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@fontsource-variable/inter/wght.css";
import "virtual:theme.css";
import "./theme/base.css";
import "./theme/types.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { session, takeKey } from "./api";
import { App } from "./app/App";
import { fetchAhead, fetchFirst } from "./app/fetchAhead";
import { makeQueries } from "./app/queries";
import { makeRouter } from "./app/router";
import { startSpeech } from "./locales";
import { findPlatform } from "./platform";

// Before anything reads the address, so that the key is in no history.
takeKey();
const found = findPlatform();
// Asked while the rest comes; whoever needs the answer is told of its failure.
found.then(() => session.start()).catch(() => undefined);
const queries = makeQueries();
const router = makeRouter(queries);
fetchFirst(router);
await Promise.all([found, startSpeech()]);

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App queries={queries} router={router} />
  </StrictMode>,
);
fetchAhead(router);
