import { Link } from "@tanstack/react-router";
import { useEvent } from "../../../api";
import { useSpeech } from "../../../locales";
import { usePlace } from "../../../shared/place";
import { Screen } from "../../../shared/Screen";
import { Tabs } from "../../../shared/Tabs";
import { DatesPart, NEW } from "./DatesPart";
import { Details } from "./Details";
import { Entry } from "./Entry";
import { HandOver } from "./HandOver";
import { HostNotices } from "./HostNotices";
import { Photos } from "./photos/Photos";
import { PlacePart } from "./PlacePart";
import { Questions } from "./questions/Questions";
import { NewSessionPane, SessionPane } from "./SessionPane";
import { Reminders } from "./Reminders";
import styles from "./setup.module.css";
import { NewTypePane, TypePane } from "./TypePane";
import { TypesPart } from "./TypesPart";
import { Zones } from "./Zones";

const SECTIONS = ["details", "dates", "place", "types", "zones", "photos", "questions", "messages", "host", "entry", "hand_over"] as const;
type Section = (typeof SECTIONS)[number];

const PARTS: Record<Section, () => React.JSX.Element> = {
  details: Details,
  dates: DatesPart,
  place: PlacePart,
  types: TypesPart,
  zones: Zones,
  photos: Photos,
  questions: Questions,
  messages: Reminders,
  host: HostNotices,
  entry: Entry,
  hand_over: HandOver,
};

/** The settings of the event that is open, part by part. */
export function Setup() {
  const { t } = useSpeech();
  const event = useEvent();
  const { view, open, settle } = usePlace();
  const section = SECTIONS.find((known) => known === view.section) ?? "details";
  const Part = PARTS[section];
  const close = () => settle({ open: null });
  const pane = () => {
    if (open === null) return undefined;
    if (section === "dates") {
      if (open === NEW) return <NewSessionPane close={close} />;
      const session = event.sessions.find(({ id }) => id === open);
      return session && <SessionPane key={session.id} session={session} close={close} />;
    }
    if (section !== "types") return undefined;
    if (open === NEW) return <NewTypePane close={close} />;
    const type = event.ticket_types.find(({ id }) => id === open);
    return type && <TypePane key={type.id} type={type} close={close} />;
  };
  return (
    <Screen title={t("place.setup")} counts={event.title} pane={pane()}>
      <div className={styles.body}>
        <Tabs label={t("place.setup")}>
          {SECTIONS.map((known) => (
            <Link
              key={known}
              to="/events/$event/setup"
              params={{ event: event.id }}
              search={{ section: known }}
              activeProps={{}}
              aria-current={known === section ? "page" : undefined}
            >
              {t(`setup.section.${known}`)}
            </Link>
          ))}
        </Tabs>
        <Part key={section} />
      </div>
    </Screen>
  );
}
