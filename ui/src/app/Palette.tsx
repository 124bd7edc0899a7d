import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { ask } from "../api/client";
import type { EventSummary } from "../api/types";
import { useSpeech } from "../i18n/Speech";
import { formatDate } from "../i18n/format";
import { fill } from "../i18n/language";
import { type Address, type Going, PLACES } from "./address";
import { THEMES, type Theme } from "./theme";

const PAUSE_MS = 120;
/** Guests shown at a time. */
const MOST_GUESTS = 8;

interface Goal {
  key: string;
  group: string;
  title: string;
  under?: string | undefined;
  go(): void;
}

/** Letters as compared: without case and accents. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function useSettled(text: string): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** ⌘K: type where to go. */
export function Palette({
  address,
  go,
  events,
  chooseTheme,
  close,
}: {
  address: Address;
  go: Going["go"];
  events: readonly EventSummary[];
  chooseTheme(theme: Theme): void;
  close(): void;
}) {
  const { words, locale } = useSpeech();
  const name = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useSettled(text.trim());
  const guests = useQuery({
    ...ask.fewGuests(address.event ?? "", wanted),
    enabled: address.event !== null && wanted !== "",
    placeholderData: keepPreviousData,
  });

  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);

  const themeWords: Record<Theme, string> = {
    system: words.frame.themeSystem,
    light: words.frame.themeLight,
    dark: words.frame.themeDark,
  };
  const matches = (title: string) => plain(title).includes(plain(text.trim()));
  const goals: Goal[] = [];
  if (address.event !== null) {
    for (const place of PLACES) {
      goals.push({
        key: place,
        group: words.palette.places,
        title: words.place[place],
        go: () => go({ place, text: "", open: null }),
      });
    }
  }
  for (const event of events) {
    if (event.id === address.event) continue;
    goals.push({
      key: event.id,
      group: words.palette.events,
      title: event.title,
      under: formatDate(locale, event.starts_at),
      go: () => go({ event: event.id, place: "overview", text: "", open: null }),
    });
  }
  for (const theme of THEMES) {
    goals.push({
      key: `theme ${theme}`,
      group: words.palette.themes,
      title: themeWords[theme],
      go: () => chooseTheme(theme),
    });
  }
  const shown = goals.filter((goal) => matches(goal.title));
  if (text.trim() !== "") {
    // Search finds companies too; whoever has the name itself comes first.
    const found = (guests.data ?? []).toSorted(
      (a, b) => Number(matches(b.name)) - Number(matches(a.name)),
    );
    for (const guest of found.slice(0, MOST_GUESTS)) {
      shown.push({
        key: guest.id,
        group: words.palette.guests,
        title: guest.name,
        under: [guest.company, guest.invitation].filter(Boolean).join(" · "),
        go: () => go({ place: "guests", text: guest.name, open: guest.id }),
      });
    }
  }
  const chosen = Math.min(at, shown.length - 1);

  useEffect(() => {
    document.getElementById(`${name}-${chosen}`)?.scrollIntoView?.({ block: "nearest" });
  }, [name, chosen]);

  const choose = (goal: Goal | undefined) => {
    if (goal === undefined) return;
    close();
    goal.go();
  };

  const press = (key: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[key.key];
    if (step !== undefined && shown.length > 0) {
      key.preventDefault();
      setAt((chosen + step + shown.length) % shown.length);
    } else if (key.key === "Enter") {
      key.preventDefault();
      choose(shown[chosen]);
    } else if (key.key === "Escape") {
      key.preventDefault();
      close();
    }
  };

  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={words.palette.title}
      onCancel={close}
      onClick={(click) => {
        if (click.target === dialog.current) close();
      }}
    >
      <input
        autoFocus
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${name}-goals`}
        aria-activedescendant={chosen >= 0 ? `${name}-${chosen}` : undefined}
        aria-label={words.palette.hint}
        placeholder={words.palette.hint}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div className="goals" id={`${name}-goals`} role="listbox" aria-label={words.palette.title}>
        {shown.map((goal, index) => (
          <div key={goal.key} role="presentation">
            {goal.group !== shown[index - 1]?.group && (
              <div className="goal-group" role="presentation">
                {goal.group}
              </div>
            )}
            <div
              id={`${name}-${index}`}
              role="option"
              aria-selected={index === chosen}
              className="goal"
              onPointerMove={() => setAt(index)}
              onClick={() => choose(goal)}
            >
              <span className="clip">{goal.title}</span>
              {goal.under !== undefined && <span className="clip quiet small">{goal.under}</span>}
            </div>
          </div>
        ))}
        {shown.length === 0 && (
          <p className="quiet goal-none">{fill(words.palette.nothing, { text: text.trim() })}</p>
        )}
      </div>
      <p className="quiet small palette-keys">{words.palette.keys}</p>
    </dialog>
  );
}
