import type { Door } from "../../api/gate";
import { formatSecond, isolate, joined, sayLength, useSpeech } from "../../locales";
import look from "./Peers.module.css";
import { Sheet } from "./Sheet";

const SECOND = 1_000;

/** The way to another gate and back: `12 ms`, `1.2 sec`. */
function sayWay(locale: string, ms: number): string {
  if (ms >= SECOND) return sayLength(locale, ms);
  return new Intl.NumberFormat(locale, { style: "unit", unit: "millisecond", unitDisplay: "short" }).format(ms);
}

/** The other gates: how many answer and how quickly, and whom one of them let in as well. */
export function Peers({
  peers,
  zone,
  side,
  close,
}: {
  peers: NonNullable<Door["peers"]>;
  /** The event's time zone. */
  zone: string;
  side: "left" | "right";
  close(): void;
}) {
  const { t, locale } = useSpeech();
  const { here, alone_since, slowest_ms, doubles } = peers;
  const at = (moment: number) => formatSecond(locale, zone, moment);
  return (
    <Sheet title={t("gate.peersTitle")} side={side} close={close}>
      <div className={look.peers}>
        <p>
          {here > 0
            ? t("gate.peers", { count: here })
            : alone_since === null
              ? t("gate.mode.alone")
              : t("gate.aloneSince", { time: at(alone_since) })}
          {here > 0 && slowest_ms !== null && (
            <span className="quiet"> · {t("gate.slowest", { time: sayWay(locale, slowest_ms) })}</span>
          )}
        </p>
        <h3>{t("gate.doublesTitle")}</h3>
        {doubles.length === 0 ? (
          <p className="quiet">{t("gate.doublesNone")}</p>
        ) : (
          <>
            <p className="quiet">{t("gate.doublesText")}</p>
            <ul className={look.doubles}>
              {doubles.map((double) => (
                <li key={double.double}>
                  <strong>
                    {joined([double.name, double.number !== null && `#${double.number}`], " · ") || t("gate.doublesUnknown")}
                  </strong>
                  <span>{t("gate.doublesApart", { time: sayLength(locale, Math.abs(double.at - double.other_at)) })}</span>
                  <dl>
                    {[
                      { where: t("gate.doublesHere"), moment: double.at },
                      { where: double.other_gate === "" ? t("gate.doublesElsewhere") : double.other_gate, moment: double.other_at },
                    ]
                      .toSorted((a, b) => a.moment - b.moment)
                      .map(({ where, moment }) => (
                        <div key={where}>
                          <dt>{isolate(where)}</dt>
                          <dd>
                            <time>{at(moment)}</time>
                          </dd>
                        </div>
                      ))}
                  </dl>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Sheet>
  );
}
