import type { ReactNode } from "react";
import { type EventDetails, isWelcome, useColour, useEvent } from "../../api";
import {
  formatMoney,
  formatShare,
  formatSpan,
  formatTime,
  joined,
  nameLanguage,
  useSpeech,
} from "../../locales";
import { Bars } from "../../shared/Bars";
import { Facts } from "../../shared/Facts";
import { type PlaceName, usePlace } from "../../shared/place";
import { profileName } from "../../shared/profileName";
import { Page } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { TypeMark } from "../../shared/TypeMark";
import { Actions } from "./Actions";
import { Arrivals } from "./Arrivals";
import { ByType } from "./ByType";
import { GateAlerts } from "./GateAlerts";
import { Lacking } from "./Lacking";
import { Turnout } from "./Turnout";
import styles from "./Overview.module.css";

function Figure({
  value,
  label,
  note,
  onClick,
}: {
  value: string;
  label: string;
  note?: ReactNode;
  onClick(): void;
}) {
  return (
    <li>
      <button type="button" className={styles.figure} onClick={onClick}>
        <span className={styles.value}>{value}</span>
        <span className={styles.label}>{label}</span>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </button>
    </li>
  );
}

function Figures({ event }: { event: EventDetails }) {
  const { go } = usePlace();
  const { t, locale, count } = useSpeech();
  const { guests, invitations, tickets, admitted, voided } = event.progress;
  const to = (place: PlaceName) => () => go(event.id, place);
  return (
    <ul className={styles.figures}>
      <Figure value={count(guests)} label={t("overview.guests")} onClick={to("guests")} />
      <Figure
        value={count(invitations)}
        label={t("overview.invitations")}
        onClick={to("invitations")}
      />
      <Figure
        value={count(tickets)}
        label={t("overview.tickets")}
        note={voided > 0 ? t("overview.voided", { count: voided }) : undefined}
        onClick={to("tickets")}
      />
      <Figure
        value={count(admitted)}
        label={t("overview.admitted")}
        note={
          tickets > 0
            ? t("overview.ofTickets", { share: formatShare(locale, admitted, tickets) })
            : undefined
        }
        onClick={to("tickets")}
      />
    </ul>
  );
}

function Way({ event }: { event: EventDetails }) {
  const { t } = useSpeech();
  const { guests, invitations, tickets, admitted } = event.progress;
  return (
    <section className={styles.block} aria-labelledby="way">
      <h2 id="way">{t("overview.way")}</h2>
      <Bars
        bars={[
          { key: "guests", label: t("overview.wayGuests"), count: guests },
          { key: "invitations", label: t("overview.wayInvitations"), count: invitations },
          { key: "tickets", label: t("overview.wayTickets"), count: tickets },
          { key: "admitted", label: t("overview.wayAdmitted"), count: admitted, tone: "good" },
        ]}
      />
      {tickets > admitted && (
        <p className="quiet">{t("overview.stillToCome", { count: tickets - admitted })}</p>
      )}
    </section>
  );
}

function AtTheGates({ event }: { event: EventDetails }) {
  const { t } = useSpeech();
  const codes = event.scans_by_code.toSorted(
    (a, b) => Number(isWelcome(b.code)) - Number(isWelcome(a.code)) || b.count - a.count,
  );
  const scans = codes.reduce((sum, { count }) => sum + count, 0);
  return (
    <section className={styles.block} aria-labelledby="gates">
      <h2 id="gates">
        {t("overview.gates")}
        {scans > 0 && <span className="quiet"> · {t("overview.scans", { count: scans })}</span>}
      </h2>
      {scans === 0 ? (
        <p className="quiet">{t("overview.noScans")}</p>
      ) : (
        <Bars
          bars={codes.map(({ code, count }) => ({
            key: code,
            label: (
              <Status tone={isWelcome(code) ? "came" : "bad"}>
                {t(`verdict.${code}`, { defaultValue: code })}
              </Status>
            ),
            count,
            tone: isWelcome(code) ? ("good" as const) : ("bad" as const),
          }))}
        />
      )}
    </section>
  );
}

/** Sessions that are shown at once. */
const SHOWN = 8;

/** The sessions that are on or to come, or the last ones of an event that is over. */
function nextSessions({ sessions }: EventDetails) {
  const now = Date.now();
  const left = sessions.filter(({ ends_at }) => ends_at > now);
  return left.length > 0 ? left.slice(0, SHOWN) : sessions.slice(-SHOWN);
}

function AboutEvent({ event }: { event: EventDetails }) {
  const { t, locale } = useSpeech();
  const colour = useColour();
  const zone = event.time_zone;
  const sessions = nextSessions(event);
  const more = event.sessions.length - sessions.length;
  return (
    <section className={`${styles.block} ${styles.wide}`} aria-labelledby="about">
      <h2 id="about">{t("overview.facts")}</h2>
      <Facts
        wide
        facts={[
          [t("overview.organizer"), event.organizer],
          [t("overview.where"), event.place_line],
          [
            t("overview.sessions"),
            <ul className={styles.plain} key="sessions">
              {sessions.map((session) => (
                <li key={session.id}>
                  {session.title !== null && <strong><bdi>{session.title}</bdi> </strong>}
                  {formatSpan(locale, zone, session.starts_at, session.ends_at)}
                  {session.doors_at < session.starts_at && (
                    <span className="quiet">
                      {" · "}
                      {t("overview.doors", {
                        time: formatTime(locale, zone, session.doors_at),
                      })}
                    </span>
                  )}
                  {session.status !== "scheduled" && (
                    <Status tone="bad">{t(`sessionStatus.${session.status}`)}</Status>
                  )}
                </li>
              ))}
              {more > 0 && <li className="quiet">{t("overview.moreSessions", { count: more })}</li>}
            </ul>,
          ],
          [t("overview.zone"), zone.replaceAll("_", " ")],
          [
            t("overview.types"),
            <ul className={styles.plain} key="types">
              {event.ticket_types.filter(({ scope }) => scope !== "session").map((type) => (
                <li key={type.id} className={styles.typeLine}>
                  <TypeMark name={type.name} colour={colour(type.name)} />
                  <span className="quiet">
                    {type.price_minor === 0
                      ? t("overview.free")
                      : formatMoney(locale, type.price_minor, event.currency)}
                    {" · "}
                    {type.capacity === null
                      ? t("overview.unlimited")
                      : t("overview.upTo", { n: type.capacity })}
                  </span>
                </li>
              ))}
            </ul>,
          ],
          [t("overview.zones"), joined(event.zones.map((place) => place.name), ", ")],
          [t("overview.language"), nameLanguage(locale, event.language)],
          [
            t("overview.keys"),
            event.keys.length > 0 && (
              <ul className={styles.plain} key="keys">
                {event.keys.map((key) => (
                  <li key={key.kid}>
                    {t("overview.keyVersion", { n: key.version })}{" "}
                    <span className="quiet">
                      {profileName(key.profile)} · {t(`keyStatus.${key.status}`)}
                    </span>
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
    </section>
  );
}

export function Overview() {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const first = event.sessions[0];
  const last = event.sessions.at(-1);
  return (
    <Page>
      <header className={styles.head}>
        <div>
          <h1>{event.title}</h1>
          <p className="quiet">
            {first !== undefined &&
              last !== undefined &&
              formatSpan(locale, event.time_zone, first.starts_at, last.ends_at)}
            {event.place_line !== "" && <> · <bdi>{event.place_line}</bdi></>}
            {" · "}
            {t(`eventStatus.${event.status}`)}
          </p>
          {event.tagline !== "" && <p>{event.tagline}</p>}
        </div>
        <Actions />
      </header>
      <Lacking />
      <GateAlerts />
      <Figures event={event} />
      <div className={styles.blocks}>
        <Way event={event} />
        <Turnout />
        <AtTheGates event={event} />
        <Arrivals />
        <ByType />
        <AboutEvent event={event} />
      </div>
    </Page>
  );
}
