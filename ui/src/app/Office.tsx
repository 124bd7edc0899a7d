import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { ApiProblem, ask } from "../api/client";
import { Guests } from "../features/guests/Guests";
import { History } from "../features/history/History";
import { Invitations } from "../features/invitations/Invitations";
import { Overview } from "../features/overview/Overview";
import { Tickets } from "../features/tickets/Tickets";
import { useSpeech } from "../i18n/Speech";
import { Empty } from "../parts/Empty";
import { Trouble } from "../parts/Trouble";
import { type Going, type Place, useAddress } from "./address";
import { EventContext } from "./event";
import { useFreshLists } from "./freshness";
import { useShortcuts } from "./keys";
import { recall, remember } from "./memory";
import { Palette } from "./Palette";
import { Side } from "./Side";
import { useTheme } from "./theme";

const SCREENS: Record<Place, (going: Going) => ReactNode> = {
  overview: Overview,
  guests: Guests,
  invitations: Invitations,
  tickets: Tickets,
  history: History,
};

/** The event's screen, or why there is none. */
function Room({ going, event }: { going: Going; event: string }) {
  const { words } = useSpeech();
  const details = useQuery(ask.event(event));
  useFreshLists(details.data);
  const title = details.data?.title;
  const place = words.place[going.address.place];
  const id = details.data?.id;
  useEffect(() => {
    if (id !== undefined) remember("event", id);
  }, [id]);
  useEffect(() => {
    document.title = title === undefined ? "Gatehouse" : `${place} · ${title} · Gatehouse`;
  }, [title, place]);

  if (details.data !== undefined) {
    const Screen = SCREENS[going.address.place];
    return (
      <EventContext value={details.data}>
        <Screen {...going} />
      </EventContext>
    );
  }
  if (details.isError) {
    const unknown =
      details.error instanceof ApiProblem && details.error.code === "event_unknown";
    return (
      <main className="screen" id="main">
        {unknown ? (
          <Empty title={words.events.unknownTitle}>{words.events.unknownText}</Empty>
        ) : (
          <Trouble error={details.error} retry={() => void details.refetch()} />
        )}
      </main>
    );
  }
  return (
    <main className="screen" id="main" aria-busy="true">
      <p className="waiting" role="status">
        {words.loading}
      </p>
    </main>
  );
}

/** Before an event is chosen. */
function Lobby() {
  const { words } = useSpeech();
  const events = useQuery(ask.events());
  return (
    <main className="screen" id="main">
      {events.isError ? (
        <Trouble error={events.error} retry={() => void events.refetch()} />
      ) : events.isSuccess ? (
        <Empty title={words.events.emptyTitle} command="gatehouse demo">
          {words.events.emptyText}
        </Empty>
      ) : (
        <p className="waiting" role="status">
          {words.loading}
        </p>
      )}
    </main>
  );
}

export function Office() {
  const going = useAddress();
  const { words } = useSpeech();
  const { address, go, settle } = going;
  const [theme, chooseTheme] = useTheme();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const events = useQuery(ask.events());

  // Where nobody says which event: the one that was open last, else the newest.
  const kept = recall("event");
  const usual = (events.data?.find(({ id }) => id === kept) ?? events.data?.[0])?.id;
  useEffect(() => {
    if (address.event === null && usual !== undefined) settle({ event: usual });
  }, [address.event, usual, settle]);

  const openPalette = useCallback(() => setPaletteOpen(true), []);
  const closePalette = useCallback(() => setPaletteOpen(false), []);
  const leave = useCallback(() => {
    const pane = document.querySelector(".pane");
    if (pane === null) return;
    if (pane.contains(document.activeElement)) document.getElementById("list")?.focus();
    settle({ open: null });
  }, [settle]);
  useShortcuts({ openPalette, leave });

  return (
    <div className="office">
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <Side
        address={address}
        go={go}
        events={events.data ?? []}
        theme={theme}
        chooseTheme={chooseTheme}
        openPalette={openPalette}
      />
      {address.event === null ? (
        <Lobby />
      ) : (
        <Room key={address.event} going={going} event={address.event} />
      )}
      {paletteOpen && (
        <Palette
          address={address}
          go={go}
          events={events.data ?? []}
          chooseTheme={chooseTheme}
          close={closePalette}
        />
      )}
    </div>
  );
}
