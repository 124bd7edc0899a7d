import type { ReactNode } from "react";
import { formatMoney, formatSlot, nameLanguage, joined, useSpeech } from "../../../locales";
import { Facts } from "../../../shared/Facts";
import { TypeMark } from "../../../shared/TypeMark";
import { draftOf, scheduleOf, type Step } from "../plan";
import styles from "../planning.module.css";
import { usePlan } from "./planContext";
import { usePreview } from "./usePreview";

const SHOWN = 6;

function Part({
  step,
  go,
  children,
}: {
  step: Exclude<Step, "review">;
  go(step: Step): void;
  children: ReactNode;
}) {
  const { t } = useSpeech();
  return (
    <section className={styles.reviewPart} aria-labelledby={`review-${step}`}>
      <h2 id={`review-${step}`}>{t(`planning.step.${step}`)}</h2>
      <button
        type="button"
        className="text-button"
        aria-label={`${t("planning.change")}: ${t(`planning.step.${step}`)}`}
        onClick={() => go(step)}
      >
        {t("planning.change")}
      </button>
      {children}
    </section>
  );
}

/** Everything once more, before the event is made. */
export function Review({ go }: { go(step: Step): void }) {
  const { t, locale, count } = useSpeech();
  const { plan } = usePlan();
  const preview = usePreview(plan.time_zone, scheduleOf(plan));
  const sessions = preview.isError ? [] : (preview.data?.sessions ?? []);
  const draft = draftOf(plan);
  const { venue, meeting } = draft.place ?? {};
  const where = joined([venue?.name, venue?.address, venue?.city, venue?.country], ", ");
  return (
    <div className={styles.review}>
      <Part step="basics" go={go}>
        <Facts
          wide
          facts={[
            [t("planning.title"), draft.title || <em className="quiet">{t("planning.none")}</em>],
            [t("planning.tagline"), draft.tagline],
            [t("planning.description"), draft.description],
            [t("planning.organizer"), draft.organizer],
            [t("planning.category"), draft.category],
            [t("planning.tags"), joined(plan.tags, ", ")],
            [t("planning.language"), nameLanguage(locale, plan.language)],
            [t("planning.currency"), plan.currency],
          ]}
        />
      </Part>
      <Part step="dates" go={go}>
        <Facts
          wide
          facts={[
            [
              t(`eventKind.${plan.kind}`),
              sessions.length === 0 ? (
                <em className="quiet">{t("planning.noDates")}</em>
              ) : (
                <ul className={styles.plain}>
                  {sessions.slice(0, SHOWN).map(({ starts_at, ends_at }) => (
                    <li key={starts_at}>{formatSlot(locale, plan.time_zone, starts_at, ends_at)}</li>
                  ))}
                  {sessions.length > SHOWN && (
                    <li className="quiet">
                      {t("overview.moreSessions", { count: sessions.length - SHOWN })}
                    </li>
                  )}
                </ul>
              ),
            ],
            [t("planning.zone"), plan.time_zone.replaceAll("_", " ")],
            [t("planning.most"), typeof draft.capacity === "number" && count(draft.capacity)],
          ]}
        />
      </Part>
      <Part step="place" go={go}>
        <Facts
          wide
          facts={[
            [t("planning.mode"), t(`placeMode.${plan.place.mode}`)],
            [t("planning.venue"), where],
            [t("planning.meeting"), meeting?.link],
          ]}
        />
      </Part>
      <Part step="types" go={go}>
        <ul className={styles.plain}>
          {draft.ticket_types?.map((type, index) => (
            <li key={plan.types[index]?.key} className={styles.typeLine}>
              <TypeMark name={type.name || t("planning.none")} colour={index} />
              <span className="quiet">
                {type.price_minor
                  ? formatMoney(locale, type.price_minor, plan.currency)
                  : t("overview.free")}
                {" · "}
                {typeof type.capacity === "number"
                  ? t("overview.upTo", { n: type.capacity })
                  : t("overview.unlimited")}
              </span>
            </li>
          ))}
          {plan.types.length === 0 && <li className="quiet">{t("planning.typesMissing")}</li>}
        </ul>
        {plan.zones.length > 0 && (
          <p className="quiet">
            {t("planning.zones")}: {joined(plan.zones, ", ")}
          </p>
        )}
      </Part>
    </div>
  );
}
