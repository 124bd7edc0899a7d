import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { EventSummary } from "../api/types";
import { useSpeech } from "../i18n/Speech";
import { formatDate } from "../i18n/format";
import { Icon } from "../parts/Icon";
import type { Going } from "./address";

/** The event that is open, and the others to change to. */
export function EventSwitcher({
  events,
  chosen,
  go,
}: {
  events: readonly EventSummary[];
  chosen: string | null;
  go: Going["go"];
}) {
  const { words, locale } = useSpeech();
  const [shown, setShown] = useState(false);
  const menu = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const event = events.find(({ id }) => id === chosen);

  useEffect(() => {
    if (!shown) return;
    const current = box.current?.querySelector<HTMLElement>('[aria-checked="true"]');
    (current ?? box.current?.querySelector<HTMLElement>('[role="menuitemradio"]'))?.focus();
    const hide = (press: PointerEvent) => {
      if (!box.current?.contains(press.target as Node)) setShown(false);
    };
    document.addEventListener("pointerdown", hide);
    return () => document.removeEventListener("pointerdown", hide);
  }, [shown]);

  const press = (key: KeyboardEvent) => {
    if (!shown) return;
    if (key.key === "Escape" || key.key === "Tab") {
      setShown(false);
      if (key.key === "Escape") {
        key.preventDefault();
        button.current?.focus();
      }
    } else if (key.key === "ArrowDown" || key.key === "ArrowUp") {
      key.preventDefault();
      const items = [...(box.current?.querySelectorAll<HTMLElement>('[role="menuitemradio"]') ?? [])];
      const at = items.indexOf(document.activeElement as HTMLElement);
      const next = at + (key.key === "ArrowDown" ? 1 : -1);
      items[(next + items.length) % items.length]?.focus();
    }
  };

  return (
    <div className="switcher" ref={box} onKeyDown={press}>
      <button
        type="button"
        ref={button}
        aria-haspopup="menu"
        aria-expanded={shown}
        aria-controls={shown ? menu : undefined}
        title={words.frame.changeEvent}
        onClick={() => setShown(!shown)}
      >
        <span className="switcher-text">
          <span className="clip strong">{event?.title ?? words.product}</span>
          {event !== undefined && (
            <span className="clip quiet small">
              {formatDate(locale, event.starts_at)} · {words.eventStatus[event.status]}
            </span>
          )}
        </span>
        <Icon name="switch" />
      </button>
      {shown && (
        <div className="menu" id={menu} role="menu" aria-label={words.frame.events}>
          {events.length === 0 && <p className="quiet small">{words.events.emptyTitle}</p>}
          {events.map(({ id, title, starts_at, status }) => (
            <button
              key={id}
              type="button"
              role="menuitemradio"
              aria-checked={id === chosen}
              tabIndex={-1}
              onClick={() => {
                setShown(false);
                button.current?.focus();
                go({ event: id, place: "overview", text: "", open: null });
              }}
            >
              <span className="switcher-text">
                <span className="clip">{title}</span>
                <span className="clip quiet small">
                  {formatDate(locale, starts_at)} · {words.eventStatus[status]}
                </span>
              </span>
              {id === chosen && <Icon name="tick" />}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
