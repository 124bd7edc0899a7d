import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { ask, useMay } from "../api";
import { useSpeech } from "../locales";
import { useCommands } from "../shared/commands";
import { usePlace } from "../shared/place";
import { Tray } from "../shared/tray";
import { Away } from "./Away";
import styles from "./Frame.module.css";
import { useShortcuts } from "./keys";
import { Palette } from "./Palette";
import { Side } from "./Side";
import { useTitle } from "./title";
import { useLedFocus } from "./useLedFocus";

const ShortcutsPage = lazy(async () => ({
  default: (await import("./ShortcutsPage")).ShortcutsPage,
}));

const NONE: [] = [];

/** The office around every screen. */
export function Frame() {
  const { t } = useSpeech();
  const { event = null } = useParams({ strict: false });
  const { settle } = usePlace();
  const events = useQuery(ask.events());
  const [shown, show] = useState<"palette" | "help" | null>(null);
  const openPalette = useCallback(() => show("palette"), []);
  const openHelp = useCallback(() => show("help"), []);
  const close = useCallback(() => show(null), []);
  const closePane = useCallback(() => settle({ open: null }), [settle]);
  useShortcuts({ openPalette, openHelp, closePane });
  useTitle();
  useLedFocus();
  const may = useMay();
  const navigate = useNavigate();
  const plan = {
    id: "plan",
    title: t("planning.heading"),
    group: t("palette.actions"),
    run: () => void navigate({ to: "/plan" }),
  };
  useCommands(may("plan_events") ? [plan] : []);

  return (
    <div className={styles.office}>
      <a
        className={styles.skip}
        href="#main"
        onClick={(click) => {
          // The address stays as it is: what stands after # is no place of the office.
          click.preventDefault();
          (document.getElementById("list") ?? document.getElementById("main"))?.focus();
        }}
      >
        {t("skip")}
      </a>
      <Side events={events.data ?? NONE} openPalette={openPalette} openHelp={openHelp} />
      <div className={styles.room}>
        <Away />
        <div className={styles.screen}>
          <Outlet />
        </div>
        <Tray />
      </div>
      {shown === "palette" && (
        <Palette event={event} events={events.data ?? NONE} openHelp={openHelp} close={close} />
      )}
      <Suspense fallback={null}>{shown === "help" && <ShortcutsPage close={close} />}</Suspense>
    </div>
  );
}
