import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { ask, type EventSummary } from "../api";
import { formatDate, joined, useSpeech } from "../locales";
import { useOfferedCommands } from "../shared/commands";
import { usePlace } from "../shared/place";
import { SCHEMES, useScheme } from "../theme/scheme";
import styles from "./Palette.module.css";
import { SCHEME_WORDS } from "./Side";
import { usePlaces } from "./usePlaces";

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
  event,
  events,
  openHelp,
  close,
}: {
  /** Id of the event that is open. */
  event: string | null;
  events: readonly EventSummary[];
  openHelp(): void;
  close(): void;
}) {
  const { t, locale } = useSpeech();
  const { go } = usePlace();
  const places = usePlaces();
  const navigate = useNavigate();
  const [, chooseScheme] = useScheme();
  const commands = useOfferedCommands();
  const name = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useSettled(text.trim());
  const guests = useQuery({
    ...ask.fewGuests(event ?? "", wanted),
    enabled: event !== null && wanted !== "",
    placeholderData: keepPreviousData,
  });

  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);

  const matches = (title: string) => plain(title).includes(plain(text.trim()));
  const goals: Goal[] = [];
  if (event !== null) {
    for (const place of places) {
      goals.push({
        key: place,
        group: t("palette.places"),
        title: t(`place.${place}`),
        go: () => go(event, place),
      });
    }
  }
  goals.push({
    key: "events",
    group: t("palette.places"),
    title: t("frame.allEvents"),
    go: () => void navigate({ to: "/" }),
  });
  for (const known of events) {
    if (known.id === event) continue;
    goals.push({
      key: known.id,
      group: t("palette.events"),
      title: known.title,
      under: formatDate(locale, known.starts_at),
      go: () => go(known.id, "overview"),
    });
  }
  for (const { id, title, group, keys, run } of commands) {
    goals.push({ key: id, group, title, under: keys?.join(" "), go: run });
  }
  goals.push({
    key: "help",
    group: t("palette.actions"),
    title: t("frame.shortcuts"),
    under: "?",
    go: openHelp,
  });
  for (const scheme of SCHEMES) {
    goals.push({
      key: `theme ${scheme}`,
      group: t("palette.themes"),
      title: t(SCHEME_WORDS[scheme]),
      go: () => chooseScheme(scheme),
    });
  }
  const shown = goals.filter((goal) => matches(goal.title));
  if (text.trim() !== "" && event !== null) {
    // Search finds companies too; whoever has the name itself comes first.
    const found = (guests.data ?? []).toSorted(
      (a, b) => Number(matches(b.name)) - Number(matches(a.name)),
    );
    for (const guest of found.slice(0, MOST_GUESTS)) {
      shown.push({
        key: guest.id,
        group: t("palette.guests"),
        title: guest.name,
        under: joined([guest.company, guest.invitation], " · "),
        go: () => go(event, "guests", { q: guest.name, open: guest.id }),
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
      className={styles.palette}
      aria-label={t("palette.title")}
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
        aria-label={t("palette.hint")}
        placeholder={t("palette.hint")}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(change) => {
          setText(change.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div className={styles.goals} id={`${name}-goals`} role="listbox" aria-label={t("palette.title")}>
        {shown.map((goal, index) => (
          <div key={goal.key} role="presentation">
            {goal.group !== shown[index - 1]?.group && (
              <div className={styles.group} role="presentation">
                {goal.group}
              </div>
            )}
            <div
              id={`${name}-${index}`}
              role="option"
              aria-selected={index === chosen}
              className={styles.goal}
              onPointerMove={() => setAt(index)}
              onClick={() => choose(goal)}
            >
              <span className="clip">{goal.title}</span>
              {goal.under !== undefined && <span className="clip quiet small">{goal.under}</span>}
            </div>
          </div>
        ))}
        {shown.length === 0 && (
          <p className={`quiet ${styles.none}`}>{t("palette.nothing", { text: text.trim() })}</p>
        )}
      </div>
      <p className={`quiet small ${styles.keys}`}>{t("palette.keys")}</p>
    </dialog>
  );
}
