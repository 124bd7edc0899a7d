import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEvent } from "../../../api";
import { type EntryRule, readRules } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { Empty } from "../../../shared/Empty";
import { usePlace } from "../../../shared/place";
import { Screen } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import { Trouble } from "../../../shared/Trouble";
import { GateTabs } from "../GateTabs";
import page from "../gates.module.css";
import { readLogic } from "./logic";
import { NewRulePane, RulePane } from "./RulePane";
import styles from "./rules.module.css";
import { useSay } from "./useSay";

/** What stands in the address while a rule is being added. */
const NEW = "new";

function Line({ rule, chosen, open }: { rule: EntryRule; chosen: boolean; open(): void }) {
  const { t } = useSpeech();
  const say = useSay();
  const sentence = readLogic(rule.logic);
  return (
    <li>
      <button type="button" className={styles.rule} aria-current={chosen} onClick={open}>
        <span className={styles.ruleHead}>
          <span className="strong">{rule.title}</span>
          <Status tone={rule.enabled ? "good" : "quiet"}>
            {t(rule.enabled ? "gates.rules.on" : "gates.rules.off")}
          </Status>
        </span>
        <span>{sentence === null ? t("gates.rules.ownLogic") : say(sentence)}</span>
        {rule.message !== null && (
          <span className="quiet small">{t("gates.rules.tells", { text: rule.message })}</span>
        )}
      </button>
    </li>
  );
}

/** The organizer's own rules for the door, each as a sentence. */
export function Rules() {
  const event = useEvent();
  const { t } = useSpeech();
  const allowed = useAllowed()(MANAGE_GATES);
  const { open, settle } = usePlace();
  const rules = useQuery({
    queryKey: ["event", event.id, "rules"],
    queryFn: () => readRules(event.id),
  });
  const items = rules.data?.body ?? [];
  const close = () => settle({ open: null });
  const add = (
    <Button {...allowed} onClick={() => settle({ open: NEW })}>
      {t("gates.rules.add")}
    </Button>
  );
  return (
    <Screen
      title={t("place.gates")}
      tabs={<GateTabs section="rules" />}
      tools={items.length > 0 && <span className={page.tools}>{add}</span>}
      pane={
        open === NEW ? (
          <NewRulePane close={close} made={(at) => settle({ open: String(at) })} />
        ) : (
          open !== null &&
          items[Number(open)] !== undefined && <RulePane key={open} place={Number(open)} close={close} />
        )
      }
    >
      {rules.isError && rules.data === undefined ? (
        <Trouble error={rules.error} retry={() => void rules.refetch()} />
      ) : rules.isSuccess && items.length === 0 && open !== NEW ? (
        <Empty title={t("gates.rules.emptyTitle")} step={add}>
          {t("gates.rules.emptyText")}
        </Empty>
      ) : (
        <div className={page.scroll}>
          <div className={page.page}>
            <p className="quiet">{t("gates.rules.text")}</p>
            <ul className={styles.rules}>
              {items.map((rule, at) => {
                const key = String(at);
                return (
                  <Line key={key} rule={rule} chosen={key === open} open={() => settle({ open: key })} />
                );
              })}
            </ul>
          </div>
        </div>
      )}
    </Screen>
  );
}
