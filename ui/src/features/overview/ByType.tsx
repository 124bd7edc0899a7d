import { useQueries } from "@tanstack/react-query";
import { ask, useColour, useEvent } from "../../api";
import { formatShare, useSpeech } from "../../locales";
import { TypeMark } from "../../shared/TypeMark";
import styles from "./ByType.module.css";

/** Types that are counted at once; each is asked for by itself. */
const MOST = 12;

/** How many of each ticket type are on the list, and how many of them came. */
export function ByType() {
  const { t, locale, count } = useSpeech();
  const event = useEvent();
  const colour = useColour();
  const types = event.ticket_types.filter(({ scope }) => scope !== "session").slice(0, MOST);
  const counts = useQueries({ queries: types.map(({ id }) => ask.guestsOfType(event.id, id)) });
  if (types.length === 0) return null;
  return (
    <section className={styles.block} aria-labelledby="by-type">
      <h2 id="by-type">{t("byType.title")}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("byType.type")}</th>
            <th scope="col">{t("byType.listed")}</th>
            <th scope="col">{t("overview.wayAdmitted")}</th>
            <th scope="col">{t("byType.share")}</th>
            <th scope="col">{t("byType.room")}</th>
          </tr>
        </thead>
        <tbody>
          {types.map((type, index) => {
            const { listed, came } = counts[index]?.data ?? { listed: null, came: null };
            return (
              <tr key={type.id}>
                <th scope="row">
                  <TypeMark name={type.name} colour={colour(type.name)} />
                </th>
                <td>{listed === null ? "" : count(listed)}</td>
                <td>{came === null ? "" : count(came)}</td>
                <td>{listed ? formatShare(locale, came ?? 0, listed) : ""}</td>
                <td className="quiet">
                  {type.capacity === null ? t("overview.unlimited") : count(type.capacity)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
