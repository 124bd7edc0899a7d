import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useEvent } from "../../../api";
import type { MeshDouble } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { formatDate, formatSecond, formatShortMoment, isolate, joined, useSpeech } from "../../../locales";
import { Status } from "../../../shared/Status";
import styles from "../gates.module.css";
import { DoubleNote } from "./DoubleNote";
import look from "./mesh.module.css";
import { isOpen, sayLength } from "./words";

/** Names whose ticket it is. */
export function useWho(): (double: Pick<MeshDouble, "name" | "number">) => string {
  const { t } = useSpeech();
  return ({ name, number }) =>
    joined([name, number !== null && `#${number}`], " · ") || t("gates.mesh.doubles.unknown");
}

function Side({ label, side }: { label: string; side: MeshDouble["first"] }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <time>{formatSecond(locale, time_zone, side.at)}</time>{" "}
        <span className="strong">
          {joined([side.gate === "" ? t("gates.mesh.unknownDevice") : side.gate, side.zone], " · ")}
        </span>
        <br />
        <span className="quiet small">{t(`gates.mesh.mode.${side.mode}`)}</span>
      </dd>
    </div>
  );
}

function DoubleLine({ double, decide }: { double: MeshDouble; decide(): void }) {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const who = useWho()(double);
  const allowed = useAllowed()(MANAGE_GATES);
  const open = isOpen(double);
  const label = open ? t("gates.mesh.doubles.decide") : t("gates.mesh.doubles.addNote");
  return (
    <li className={look.double}>
      <div className={look.who}>
        <h3>
          <Status tone={open ? "wait" : "quiet"}>
            <Link
              className="link"
              to="/events/$event/tickets"
              params={{ event: event.id }}
              search={{ open: double.ticket }}
            >
              {who}
            </Link>
          </Status>
        </h3>
        <span>{t("gates.mesh.doubles.apart", { time: sayLength(locale, double.distance_ms) })}</span>
        <span className="quiet small">{formatDate(locale, double.second.at, event.time_zone)}</span>
        <Button
          className={look.act ?? ""}
          size="compact-sm"
          variant="default"
          aria-label={`${label}: ${who}`}
          {...allowed}
          onClick={decide}
        >
          {label}
        </Button>
      </div>
      <dl className={look.sides}>
        <Side label={t("gates.mesh.doubles.first")} side={double.first} />
        <Side label={t("gates.mesh.doubles.second")} side={double.second} />
      </dl>
      {double.order_uncertain && <p className="quiet small">{t("gates.mesh.doubles.uncertain")}</p>}
      {double.notes.length > 0 && (
        <ol className={look.notes}>
          {double.notes.map(({ at, device, outcome, note }, index) => (
            <li key={`${at} ${index}`} data-holds={index === double.notes.length - 1}>
              <span className="strong">{t(`gates.mesh.outcome.${outcome}`)}</span>
              {note !== "" && <span>{isolate(note)}</span>}
              <span className="quiet small">
                {joined([formatShortMoment(locale, event.time_zone, at), device], " · ")}
              </span>
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}

/** Who came in twice on one ticket: those that nobody decided on first, the newest before. */
export function Doubles({ doubles }: { doubles: readonly MeshDouble[] }) {
  const { t } = useSpeech();
  const [all, showAll] = useState(false);
  const [deciding, decide] = useState<string | null>(null);
  const open = doubles.filter(isOpen);
  const settled = doubles.filter((double) => !isOpen(double));
  const shown = all ? [...open, ...settled] : open;
  const asked = doubles.find(({ double }) => double === deciding);
  return (
    <section className={styles.part} aria-labelledby="mesh-doubles">
      <div className={look.head}>
        <h2 id="mesh-doubles">{t("gates.mesh.doubles.title")}</h2>
        {settled.length > 0 && (
          <button type="button" className="link" aria-expanded={all} onClick={() => showAll(!all)}>
            {all ? t("gates.mesh.doubles.hideSettled") : t("gates.mesh.doubles.showSettled", { count: settled.length })}
          </button>
        )}
      </div>
      {open.length === 0 && (
        <p className="quiet">
          {settled.length === 0 ? t("gates.mesh.doubles.none") : t("gates.mesh.doubles.noneOpen")}
        </p>
      )}
      <ul className={look.doubles}>
        {shown.map((double) => (
          <DoubleLine key={double.double} double={double} decide={() => decide(double.double)} />
        ))}
      </ul>
      {asked !== undefined && <DoubleNote double={asked} close={() => decide(null)} />}
    </section>
  );
}
