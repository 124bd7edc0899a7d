import { formatDate, formatTime, useSpeech } from "../../locales";
import { Facts } from "../Facts";
import styles from "./ArrivalsArea.module.css";
import { type Minute, stepsOf } from "./arrivalSteps";

const WIDTH = 720;
const HEIGHT = 160;

/** The outline of the area: one point a step, from the ground and back to it. */
function outline(steps: readonly Minute[], most: number): string {
  const width = WIDTH / Math.max(1, steps.length - 1);
  const points = steps.map(
    ({ admitted }, index) => `${(index * width).toFixed(1)},${(HEIGHT * (1 - admitted / most)).toFixed(1)}`,
  );
  return points.join(" ");
}

/** How many came in when: the figures first, then the area, then minute by minute. */
export function ArrivalsArea({
  minutes: known,
  zone,
}: {
  /** Minutes with admissions, oldest first; undefined while nobody knows. */
  minutes: readonly Minute[] | undefined;
  /** The event's time zone. */
  zone: string;
}) {
  const { t, locale, count } = useSpeech();
  const minutes = known ?? [];
  const [first] = minutes;
  const last = minutes.at(-1);
  if (first === undefined || last === undefined) {
    return (
      <section className={styles.block} aria-labelledby="arrivals">
        <h2 id="arrivals">{t("arrivals.title")}</h2>
        {known !== undefined && <p className="quiet">{t("arrivals.none")}</p>}
      </section>
    );
  }
  const busiest = minutes.reduce((most, minute) => (minute.admitted > most.admitted ? minute : most));
  const { steps, minutesEach } = stepsOf(minutes);
  const most = Math.max(...steps.map(({ admitted }) => admitted));
  const time = (at: number) => formatTime(locale, zone, at);
  const moment = (at: number) =>
    last.at - first.at > 86_400_000 ? `${formatDate(locale, at, zone)}, ${time(at)}` : time(at);
  const points = outline(steps, most);
  return (
    <section className={styles.block} aria-labelledby="arrivals">
      <h2 id="arrivals">{t("arrivals.title")}</h2>
      <div className={styles.figures}>
        <Facts
          facts={[
            [
              t("arrivals.busiest"),
              t("arrivals.busiestMinute", { count: busiest.admitted, when: moment(busiest.at) }),
            ],
            [t("arrivals.first"), moment(first.at)],
            [t("arrivals.last"), moment(last.at)],
          ]}
        />
      </div>
      <figure className={styles.chart}>
        <span className={styles.most} aria-hidden="true">
          {count(most)}
        </span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <polygon className={styles.area} points={`0,${HEIGHT} ${points} ${WIDTH},${HEIGHT}`} />
          <polyline className={styles.edge} points={points} />
        </svg>
        <figcaption>
          <span>{moment(steps[0]?.at ?? first.at)}</span>
          <span>{t("arrivals.each", { count: minutesEach })}</span>
          <span>{moment(steps.at(-1)?.at ?? last.at)}</span>
        </figcaption>
      </figure>
      <details>
        <summary className="link">{t("arrivals.byMinute")}</summary>
        <div className={styles.table} tabIndex={0} role="region" aria-label={t("arrivals.byMinute")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("arrivals.minute")}</th>
                <th scope="col">{t("overview.wayAdmitted")}</th>
              </tr>
            </thead>
            <tbody>
              {minutes.map((minute) => (
                <tr key={minute.at}>
                  <td>{moment(minute.at)}</td>
                  <td>{count(minute.admitted)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}
