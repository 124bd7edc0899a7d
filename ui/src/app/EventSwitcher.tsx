import { Menu } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { EventSummary } from "../api";
import { formatDate, useSpeech } from "../locales";
import { Icon } from "../shared/Icon";
import styles from "./Frame.module.css";

/** The event that is open, and the others to change to. */
export function EventSwitcher({
  events,
  chosen,
}: {
  events: readonly EventSummary[];
  chosen: string | null;
}) {
  const { t, locale } = useSpeech();
  const navigate = useNavigate();
  const event = events.find(({ id }) => id === chosen);
  const under = ({ starts_at, status }: EventSummary) =>
    `${formatDate(locale, starts_at)} · ${t(`eventStatus.${status}`)}`;
  return (
    <Menu position="bottom-start" width={304} offset={4}>
      <Menu.Target>
        <button type="button" className={styles.switcher} title={t("frame.changeEvent")}>
          <span className={styles.switcherText}>
            <span className="clip strong">{event?.title ?? t("product")}</span>
            <span className="clip quiet small">
              {event === undefined ? t("frame.allEvents") : under(event)}
            </span>
          </span>
          <Icon name="switch" />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={styles.menu}>
        <Menu.RadioGroup
          value={chosen}
          onChange={(id) => void navigate({ to: "/events/$event/overview", params: { event: id } })}
        >
          {events.map((known) => (
            <Menu.RadioItem key={known.id} value={known.id} closeMenuOnClick>
              <span className="clip">{known.title}</span>
              <span className="clip quiet small">{under(known)}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {events.length > 0 && <Menu.Divider />}
        <Menu.Item onClick={() => void navigate({ to: "/" })}>{t("frame.allEvents")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
