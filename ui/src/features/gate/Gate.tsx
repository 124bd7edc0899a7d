import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { ask, useMay, useMe } from "../../api";
import { askDoor } from "../../api/gate";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";
import { isProblem } from "../../shared/problem";
import { Trouble } from "../../shared/Trouble";
import { Choose } from "./Choose";
import styles from "./Choose.module.css";
import { standingOf, useGateChoices } from "./gateChoices";
import { Kiosk } from "./Kiosk";
import { Over, Revoked } from "./OwnGate";
import { Staffed } from "./Staffed";
import { eventsForGate, isOn } from "./today";

/** The gate's page: first whose gate it is, then nothing but the door. */
export function Gate() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const may = useMay();
  const { event: asked, gate: askedGate, kiosk } = useSearch({ from: "/gate" });
  const [choices, change] = useGateChoices();
  const [choosing, setChoosing] = useState(false);
  const events = useQuery(ask.events());
  const [moment] = useState(() => Date.now());
  const possible = eventsForGate(events.data ?? [], moment);
  const on = possible.filter((known) => isOn(known, moment));
  const own = useMe()?.gate ?? null;
  const known = (id: string | null | undefined) => possible.find((event) => event.id === id)?.id ?? null;
  const [only, second] = on;
  // The one that was chosen last counts as long as it is on; the only one that is on needs no choice.
  const event = own?.event ?? known(asked) ?? on.find(({ id }) => id === choices.event)?.id ?? (second === undefined ? (only?.id ?? null) : null);
  const gate = own?.name ?? askedGate ?? choices.gate;
  const title = event === null ? t("gate.title") : `${gate} · ${events.data?.find(({ id }) => id === event)?.title ?? ""}`;
  useEffect(() => {
    document.title = title;
  }, [title]);

  // A device that the office enrolled as a kiosk is one each time it starts.
  const door = useQuery({ ...askDoor.door(event ?? "", gate), enabled: own !== null && event !== null });
  const [left, setLeft] = useState(false);
  const { refetch: askEvents } = events;
  const ended = isProblem(door.error, "scanner_revoked") || isProblem(door.error, "list_dropped");
  useEffect(() => {
    // Why it is none any more is told by what the events are answered with.
    if (ended) void askEvents();
  }, [ended, askEvents]);
  const leaveKiosk = useCallback(() => {
    setLeft(true);
    change({ kiosk: null });
    void navigate({
      to: "/gate",
      search: { ...(asked !== undefined && { event: asked }), ...(askedGate !== undefined && { gate: askedGate }) },
      replace: true,
    });
  }, [navigate, change, asked, askedGate]);
  if (!may("scan")) {
    return (
      <main className={styles.page} id="main">
        <p>{t("gate.mayNot")}</p>
      </main>
    );
  }
  if (isProblem(events.error, "scanner_revoked")) return <Revoked />;
  if (isProblem(events.error, "list_dropped")) return <Over />;
  if (events.isError && events.data === undefined) {
    return (
      <main className={styles.page} id="main">
        <Trouble error={events.error} retry={() => void events.refetch()} />
      </main>
    );
  }
  if (events.data === undefined) return <main className={styles.page} id="main" aria-busy />;
  if ((choosing && own === null) || event === null || gate === "") {
    return (
      <Choose
        events={possible}
        event={event}
        gate={gate}
        choose={(chosen, name) => {
          change({ event: chosen, gate: name });
          void platform().fillScreen(true);
          setChoosing(false);
          void navigate({ to: "/gate", search: { event: chosen, gate: name, ...(kiosk && { kiosk }) }, replace: true });
        }}
        leave={platform().kind === "browser" ? () => void navigate({ to: "/" }) : null}
      />
    );
  }
  const common = { event, gate, choices };
  const standing = standingOf(event, gate);
  const begun = kiosk === "1" || choices.kiosk === standing;
  // Guests may stand before it: until it is known who uses it, nothing is shown that staff alone may do.
  if (own !== null && door.data === undefined && !begun) {
    return (
      <main className={styles.page} id="main" aria-busy={!door.isError}>
        {door.isError && <Trouble error={door.error} retry={() => void door.refetch()} />}
      </main>
    );
  }
  const enrolled = own !== null && door.data?.kiosk === true && !left;
  if (enrolled || begun) {
    return <Kiosk key={standing} {...common} leave={leaveKiosk} />;
  }
  return (
    <Staffed
      key={standing}
      {...common}
      change={change}
      startKiosk={() => {
        setLeft(false);
        change({ kiosk: standing });
        void navigate({ to: "/gate", search: { event, gate, kiosk: "1" }, replace: true });
      }}
      fromKiosk={left}
      own={own !== null}
      leave={() => setChoosing(true)}
    />
  );
}
