import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useEvent } from "../../api";
import type { Imported } from "../../api/imports";
import { useSpeech } from "../../locales";
import { Status } from "../../shared/Status";
import styles from "./import.module.css";
import type { ImportJourney } from "./journey";

/** What the import wrote. */
export function Result({ result, journey }: { result: Imported; journey: ImportJourney }) {
  const event = useEvent();
  const { t, count } = useSpeech();
  const { plan, removed } = result;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const numbers = [
    ["added", plan.added],
    ["changed", plan.changed],
    ["unchanged", plan.unchanged],
    ["removed", removed],
  ] as const;
  return (
    <section className={styles.result}>
      <h2 ref={title} tabIndex={-1} className={styles.title}>
        <Status tone="came">{t("importing.doneTitle")}</Status>
      </h2>
      <ul className={styles.numbers}>
        {numbers.map(([name, number]) => (
          <li key={name}>
            <strong>{count(number)}</strong>
            <span>{t(`importing.number.${name}`)}</span>
          </li>
        ))}
      </ul>
      <p className={styles.next}>
        <Button renderRoot={(props) => <Link to="/events/$event/guests" params={{ event: event.id }} {...props} />}>
          {t("importing.seeGuests")}
        </Button>
        <Button variant="default" onClick={() => journey.restart()}>
          {t("importing.another")}
        </Button>
      </p>
    </section>
  );
}
