import type { ReactNode } from "react";
import type { EventDetails } from "../../api/types";
import type { Going, Place } from "../../app/address";
import { useEvent } from "../../app/event";
import { useSpeech } from "../../i18n/Speech";
import {
  formatMoney,
  formatShare,
  formatSpan,
  formatTime,
  nameLanguage,
} from "../../i18n/format";
import { fill } from "../../i18n/language";
import { Bars } from "../../parts/Bars";
import { Facts } from "../../parts/Facts";
import { Status } from "../../parts/Status";
import { isWelcome } from "../../parts/tones";
import { TypeMark } from "../../parts/TypeMark";

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
      <button type="button" className="figure" onClick={onClick}>
        <span className="value">{value}</span>
        <span className="label">{label}</span>
        {note !== undefined && <span className="note">{note}</span>}
      </button>
    </li>
  );
}

function Figures({ event, go }: { event: EventDetails; go: Going["go"] }) {
  const { words, locale, count, many } = useSpeech();
  const { guests, invitations, tickets, admitted, voided } = event.progress;
  const to = (place: Place) => () => go({ place, text: "", open: null });
  return (
    <ul className="figures">
      <Figure value={count(guests)} label={words.overview.guests} onClick={to("guests")} />
      <Figure
        value={count(invitations)}
        label={words.overview.invitations}
        onClick={to("invitations")}
      />
      <Figure
        value={count(tickets)}
        label={words.overview.tickets}
        note={voided > 0 ? many(words.overview.voided, voided) : undefined}
        onClick={to("tickets")}
      />
      <Figure
        value={count(admitted)}
        label={words.overview.admitted}
        note={
          tickets > 0
            ? fill(words.overview.ofTickets, { share: formatShare(locale, admitted, tickets) })
            : undefined
        }
        onClick={to("tickets")}
      />
    </ul>
  );
}

function Way({ event }: { event: EventDetails }) {
  const { words, many } = useSpeech();
  const { guests, invitations, tickets, admitted } = event.progress;
  return (
    <section className="block" aria-labelledby="way">
      <h2 id="way">{words.overview.way}</h2>
      <Bars
        bars={[
          { key: "guests", label: words.overview.wayGuests, count: guests },
          { key: "invitations", label: words.overview.wayInvitations, count: invitations },
          { key: "tickets", label: words.overview.wayTickets, count: tickets },
          { key: "admitted", label: words.overview.wayAdmitted, count: admitted, tone: "good" },
        ]}
      />
      {tickets > admitted && (
        <p className="quiet">{many(words.overview.stillToCome, tickets - admitted)}</p>
      )}
    </section>
  );
}

function AtTheGates({ event }: { event: EventDetails }) {
  const { words, many } = useSpeech();
  const codes = event.scans_by_code.toSorted(
    (a, b) => Number(isWelcome(b.code)) - Number(isWelcome(a.code)) || b.count - a.count,
  );
  const scans = codes.reduce((sum, { count }) => sum + count, 0);
  return (
    <section className="block" aria-labelledby="gates">
      <h2 id="gates">
        {words.overview.gates}
        {scans > 0 && <span className="quiet"> · {many(words.overview.scans, scans)}</span>}
      </h2>
      {scans === 0 ? (
        <p className="quiet">{words.overview.noScans}</p>
      ) : (
        <Bars
          bars={codes.map(({ code, count }) => ({
            key: code,
            label: (
              <Status tone={isWelcome(code) ? "came" : "bad"}>
                {words.verdict[code] ?? code}
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
  const { words, locale, count, many } = useSpeech();
  const zone = event.time_zone;
  const sessions = nextSessions(event);
  const more = event.sessions.length - sessions.length;
  return (
    <section className="block wide" aria-labelledby="about">
      <h2 id="about">{words.overview.facts}</h2>
      <Facts
        facts={[
          [words.overview.organizer, event.organizer],
          [words.overview.where, event.place],
          [
            words.overview.sessions,
            <ul className="plain" key="sessions">
              {sessions.map((session) => (
                <li key={session.id}>
                  {session.title !== null && <strong>{session.title} </strong>}
                  {formatSpan(locale, zone, session.starts_at, session.ends_at)}
                  {session.doors_at < session.starts_at && (
                    <span className="quiet">
                      {" · "}
                      {fill(words.overview.doors, {
                        time: formatTime(locale, zone, session.doors_at),
                      })}
                    </span>
                  )}
                  {session.status !== "scheduled" && (
                    <Status tone="bad">{words.sessionStatus[session.status]}</Status>
                  )}
                </li>
              ))}
              {more > 0 && <li className="quiet">{many(words.overview.moreSessions, more)}</li>}
            </ul>,
          ],
          [words.overview.zone, zone.replaceAll("_", " ")],
          [
            words.overview.types,
            <ul className="plain" key="types">
              {event.ticket_types.filter(({ scope }) => scope !== "session").map((type) => (
                <li key={type.id} className="type-line">
                  <TypeMark name={type.name} />
                  <span className="quiet">
                    {type.price_minor === 0
                      ? words.overview.free
                      : formatMoney(locale, type.price_minor, event.currency)}
                    {" · "}
                    {type.capacity === null
                      ? words.overview.unlimited
                      : fill(words.overview.upTo, { n: count(type.capacity) })}
                  </span>
                </li>
              ))}
            </ul>,
          ],
          [words.overview.zones, event.zones.map((place) => place.name).join(", ")],
          [words.overview.language, nameLanguage(locale, event.language)],
          [
            words.overview.keys,
            event.keys.length > 0 && (
              <ul className="plain" key="keys">
                {event.keys.map((key) => (
                  <li key={key.kid}>
                    {fill(words.overview.keyVersion, { n: key.version })}{" "}
                    <span className="quiet">
                      {key.profile} · {words.keyStatus[key.status]}
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

export function Overview({ go }: Going) {
  const event = useEvent();
  const { words, locale } = useSpeech();
  const first = event.sessions[0];
  const last = event.sessions.at(-1);
  return (
    <main className="screen overview" id="main">
      <header className="overview-head">
        <h1>{event.title}</h1>
        <p className="quiet">
          {first !== undefined &&
            last !== undefined &&
            formatSpan(locale, event.time_zone, first.starts_at, last.ends_at)}
          {event.place !== "" && <> · {event.place}</>}
          {" · "}
          {words.eventStatus[event.status]}
        </p>
      </header>
      <Figures event={event} go={go} />
      <div className="blocks">
        <Way event={event} />
        <AtTheGates event={event} />
        <AboutEvent event={event} />
      </div>
    </main>
  );
}
