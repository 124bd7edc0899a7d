import { useQuery } from "@tanstack/react-query";
import { ask } from "../api/client";
import type { EventSummary } from "../api/types";
import { useSpeech } from "../i18n/Speech";
import { isLanguage, LANGUAGES } from "../i18n/language";
import { Icon } from "../parts/Icon";
import { type Address, type Going, PLACES, writeAddress } from "./address";
import { EventSwitcher } from "./EventSwitcher";
import { THEMES, type Theme } from "./theme";

const isMac = () => /mac|iphone|ipad/i.test(navigator.userAgent);

interface SideProps {
  address: Address;
  go: Going["go"];
  events: readonly EventSummary[];
  theme: Theme;
  chooseTheme(theme: Theme): void;
  openPalette(): void;
}

/** The side: which event, which place, and how the office looks and speaks. */
export function Side({ address, go, events, theme, chooseTheme, openPalette }: SideProps) {
  const { words, language, speak } = useSpeech();
  const health = useQuery(ask.health());
  const themeWords: Record<Theme, string> = {
    system: words.frame.themeSystem,
    light: words.frame.themeLight,
    dark: words.frame.themeDark,
  };
  return (
    <div className="side">
      <EventSwitcher events={events} chosen={address.event} go={go} />
      <nav aria-label={words.frame.places}>
        <ul>
          {PLACES.map((place) => {
            const there: Address = { ...address, place, text: "", open: null };
            return (
              <li key={place}>
                <a
                  href={writeAddress(there)}
                  aria-current={address.event !== null && address.place === place ? "page" : undefined}
                  onClick={(click) => {
                    if (click.metaKey || click.ctrlKey || click.shiftKey || click.button !== 0) return;
                    click.preventDefault();
                    go(there);
                  }}
                >
                  <Icon name={place} />
                  {words.place[place]}
                </a>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className="side-foot">
        <button type="button" className="anything" onClick={openPalette}>
          <Icon name="search" />
          <span>{words.frame.anything}</span>
          <kbd>{isMac() ? "⌘K" : "Ctrl K"}</kbd>
        </button>
        <div className="choices">
          <select
            aria-label={words.frame.language}
            value={language}
            onChange={(event) => {
              if (isLanguage(event.target.value)) speak(event.target.value);
            }}
          >
            {Object.entries(LANGUAGES).map(([tag, name]) => (
              <option key={tag} value={tag} lang={tag}>
                {name}
              </option>
            ))}
          </select>
          <select
            aria-label={words.frame.theme}
            value={theme}
            onChange={(event) => {
              const chosen = THEMES.find((known) => known === event.target.value);
              if (chosen !== undefined) chooseTheme(chosen);
            }}
          >
            {THEMES.map((known) => (
              <option key={known} value={known}>
                {themeWords[known]}
              </option>
            ))}
          </select>
        </div>
        <p className="quiet small">
          {words.product} {health.data?.version} · {words.readOnly}
        </p>
      </div>
    </div>
  );
}
