import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ask, type EventSummary, useMay } from "../api";
import { LANGUAGES, ownName, speak, useSpeech } from "../locales";
import { useCommands } from "../shared/commands";
import { Icon } from "../shared/Icon";
import { Keys } from "../shared/Screen";
import { type Scheme, SCHEMES, useScheme } from "../theme/scheme";
import { AccountMenu } from "./AccountMenu";
import { EventSwitcher } from "./EventSwitcher";
import styles from "./Frame.module.css";
import { usePlaces } from "./usePlaces";

export const SCHEME_WORDS = {
  auto: "frame.themeSystem",
  light: "frame.themeLight",
  dark: "frame.themeDark",
} as const satisfies Record<Scheme, string>;

function Choices() {
  const { t, language } = useSpeech();
  const [scheme, chooseScheme] = useScheme();
  useCommands(
    LANGUAGES.map((tag) => ({
      id: `language ${tag}`,
      title: ownName(tag),
      group: t("frame.language"),
      run: () => void speak(tag),
    })),
  );
  return (
    <div className={styles.choices}>
      <select
        aria-label={t("frame.language")}
        value={language}
        onChange={(event) => void speak(event.target.value)}
      >
        {(LANGUAGES.includes(language) ? LANGUAGES : [...LANGUAGES, language]).map((tag) => (
          <option key={tag} value={tag} lang={tag}>
            {ownName(tag)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("frame.theme")}
        value={scheme}
        onChange={(event) => {
          const chosen = SCHEMES.find((known) => known === event.target.value);
          if (chosen !== undefined) chooseScheme(chosen);
        }}
      >
        {SCHEMES.map((known) => (
          <option key={known} value={known}>
            {t(SCHEME_WORDS[known])}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The side: which event, which place, and how the office looks and speaks. */
export function Side({
  events,
  openPalette,
  openHelp,
}: {
  events: readonly EventSummary[];
  openPalette(): void;
  openHelp(): void;
}) {
  const { t } = useSpeech();
  const { event = null } = useParams({ strict: false });
  const may = useMay();
  const places = usePlaces();
  const navigate = useNavigate();
  useCommands([
    ...(may("invite_officially")
      ? [
          {
            id: "official",
            title: t("place.official"),
            group: t("office"),
            run: () => void navigate({ to: "/official" }),
          },
        ]
      : []),
    {
      id: "settings",
      title: t("place.settings"),
      group: t("office"),
      run: () => void navigate({ to: "/settings" }),
    },
  ]);
  const health = useQuery(ask.health());
  return (
    <div className={styles.side} role="region" aria-label={t("office")}>
      <EventSwitcher events={events} chosen={event} />
      <nav aria-label={t("frame.places")} className={styles.places}>
        <ul>
          {event === null ? (
            <li>
              <Link to="/">
                <Icon name="events" />
                {t("place.events")}
              </Link>
            </li>
          ) : (
            places.map((place) => (
              <li key={place}>
                <Link to={`/events/$event/${place}`} params={{ event }}>
                  <Icon name={place} />
                  {t(`place.${place}`)}
                </Link>
              </li>
            ))
          )}
        </ul>
      </nav>
      <nav aria-label={t("office")} className={`${styles.places} ${styles.officePlaces}`}>
        <ul>
          {may("invite_officially") && (
            <li>
              <Link to="/official">
                <Icon name="official" />
                <span className="clip">{t("place.official")}</span>
              </Link>
            </li>
          )}
          <li>
            <Link to="/settings">
              <Icon name="settings" />
              <span className="clip">{t("place.settings")}</span>
            </Link>
          </li>
        </ul>
      </nav>
      <div className={styles.foot}>
        <button type="button" className={styles.anything} onClick={openPalette}>
          <Icon name="search" />
          <span>{t("frame.anything")}</span>
          <Keys keys={["Mod", "K"]} />
        </button>
        <AccountMenu />
        <Choices />
        <p className={`${styles.about} quiet small`}>
          <span>
            {t("product")} {health.data?.version}
          </span>
          <button type="button" className="link" onClick={openHelp}>
            {t("frame.shortcuts")}
          </button>
        </p>
      </div>
    </div>
  );
}
