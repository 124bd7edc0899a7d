import i18next from "i18next";
import type { WordingFinding, WordingPart } from "../../../api/deliveryTypes";
import { useSpeech } from "../../../locales";
import { Status } from "../../../shared/Status";
import styles from "./letter.module.css";

/** What a finding says; in the API's own code where there are no words for it. */
export function useFindingWords(): (finding: WordingFinding) => string {
  const { t } = useSpeech();
  return ({ code, detail }) => {
    const key = `finding.${code.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}`;
    return i18next.exists(key) ? t(key as "finding.linkKind", { detail }) : `${code} ${detail}`.trim();
  };
}

const PARTS = ["subject", "mjml", "text"] as const satisfies readonly WordingPart[];

/** What should be looked at before a wording is sent. */
export function Findings({
  findings,
  go,
}: {
  findings: readonly WordingFinding[];
  /** Leads to the place in the wording, where it is beside. */
  go?: (finding: WordingFinding) => void;
}) {
  const { t } = useSpeech();
  const say = useFindingWords();
  if (findings.length === 0) return null;
  return (
    <section aria-label={t("wording.findings")}>
      <ul className={styles.findings}>
        {findings.map((finding) => {
          const { code, part, line, detail, blocks } = finding;
          const where = t(`wording.part.${PARTS.find((known) => known === part) ?? "mjml"}`);
          const place = line > 0 ? t("wording.line", { part: where, n: line }) : where;
          return (
            <li key={`${code} ${part} ${line} ${detail}`}>
              <Status tone={blocks ? "bad" : "wait"}>{say(finding)}</Status>
              {go === undefined ? (
                <span className="quiet small">{place}</span>
              ) : (
                <span>
                  <button type="button" className="text-button small" onClick={() => go(finding)}>
                    {place}
                  </button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
