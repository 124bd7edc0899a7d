import { Button, Checkbox, NativeSelect, Radio, Stack, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../../api";
import { addMailing, askDelivery } from "../../../api/askDelivery";
import { askTickets } from "../../../api/askTickets";
import { useAllowed } from "../../../api/useAllowed";
import { formatMoment, formatSlot, useSpeech } from "../../../locales";
import { DayField, TimeField, today } from "../../../shared/dates";
import { KindCards, Refused, useSending } from "../../../shared/form";
import { takeInvitations } from "../../../shared/handedInvitations";
import { usePlace } from "../../../shared/place";
import { Screen } from "../../../shared/Screen";
import { DeliveryTabs } from "../DeliveryTabs";
import { GROUPS, KINDS } from "../kinds";
import { Preview } from "../letter/Preview";
import { Standing } from "../Standing";
import { audienceOf, draftOf, isNeeded, messagesOf, needsWords, type TypedMailing, usualGroup } from "./draft";
import styles from "./newMailing.module.css";
import { ReachLine } from "./ReachLine";

/** The longest words of the organizer's own. */
const LONGEST_WORDS = 5_000;

type Change = (patch: Partial<TypedMailing>) => void;

function Whom({ typed, change }: { typed: TypedMailing; change: Change }) {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const batches = useQuery(askTickets.batches(event.id));
  const { ticket_types: types, sessions, time_zone } = event;
  const chosen = typed.invitations.length;
  const any = { value: "", label: t("newMailing.any") };
  return (
    <fieldset className={styles.part}>
      <legend>{t("newMailing.whom")}</legend>
      {chosen > 0 && (
        <p className={styles.chosen}>
          {t("newMailing.named", { count: chosen })}{" "}
          <button type="button" className="text-button" onClick={() => change({ invitations: [] })}>
            {t("newMailing.notOnly")}
          </button>
        </p>
      )}
      <NativeSelect
        aria-label={t("newMailing.whom")}
        data={GROUPS.map((value) => ({ value, label: t(`audience.${value}`) }))}
        value={typed.group}
        onChange={({ target }) => change({ group: GROUPS.find((known) => known === target.value) ?? "all" })}
      />
      <div className={styles.pair}>
        {types.length > 1 && (
          <NativeSelect
            label={t("guests.type")}
            data={[any, ...types.map(({ id, name }) => ({ value: id, label: name }))]}
            value={typed.type ?? ""}
            onChange={({ target }) => change({ type: target.value || null })}
          />
        )}
        {sessions.length > 1 && (
          <NativeSelect
            label={t("delivery.session")}
            data={[
              any,
              ...sessions.map(({ id, title, starts_at, ends_at }) => ({
                value: id,
                label: title ?? formatSlot(locale, time_zone, starts_at, ends_at),
              })),
            ]}
            value={typed.session ?? ""}
            onChange={({ target }) => change({ session: target.value || null })}
          />
        )}
        {(batches.data?.length ?? 0) > 0 && (
          <NativeSelect
            label={t("batches.batch")}
            data={[any, ...(batches.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
            value={typed.batch ?? ""}
            onChange={({ target }) => change({ batch: target.value || null })}
          />
        )}
      </div>
      <ReachLine typed={typed} />
    </fieldset>
  );
}

function When({ typed, change, error }: { typed: TypedMailing; change: Change; error: string | null }) {
  const event = useEvent();
  const { t } = useSpeech();
  return (
    <div className={styles.part}>
      <Radio.Group
        label={t("newMailing.when")}
        value={typed.later ? "later" : "now"}
        onChange={(value) => change({ later: value === "later" })}
      >
        <Stack gap="xs" mt={4}>
          <Radio value="now" label={t("newMailing.now")} />
          <Radio value="later" label={t("newMailing.later")} />
        </Stack>
      </Radio.Group>
      {typed.later && (
        <div className={styles.pair}>
          <DayField
            label={t("planning.day")}
            day={typed.day}
            least={today()}
            error={error}
            onChange={(day) => change({ day })}
          />
          <TimeField
            label={t("newMailing.time")}
            note={t("newMailing.zone", { zone: event.time_zone.replaceAll("_", " ") })}
            time={typed.time}
            onChange={(time) => change({ time })}
          />
        </div>
      )}
    </div>
  );
}

/** A new mailing: what, to whom, with which words, when; and beside it what arrives. */
export function NewMailing() {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const queries = useQueryClient();
  const { settle } = usePlace();
  const allowed = useAllowed()("issue_tickets");
  const sending = useSending();
  const [key] = useState(() => crypto.randomUUID());
  const [handed] = useState(takeInvitations);
  const [typed, setTyped] = useState<TypedMailing>({
    kind: "invitation",
    group: handed.length > 0 ? "all" : usualGroup("invitation"),
    type: null,
    session: null,
    batch: null,
    invitations: handed,
    words: "",
    needed: false,
    later: false,
    day: null,
    time: "",
  });
  const draft = draftOf(typed, event.time_zone);
  const reach = useQuery({
    ...askDelivery.reach(event.id, typed.kind, audienceOf(typed), isNeeded(typed)),
    placeholderData: keepPreviousData,
  });
  const messages = reach.data === undefined ? null : messagesOf(reach.data);
  const change: Change = (patch) => {
    sending.clear();
    setTyped((old) => ({ ...old, ...patch }));
  };
  const close = () => settle({ open: null });
  const send = () =>
    sending.send(async () => {
      if (draft === undefined) return;
      const made = await addMailing(event.id, draft, key);
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
      notifications.show({
        message:
          made.status === "scheduled"
            ? t("newMailing.scheduled", { when: formatMoment(locale, event.time_zone, made.due_at) })
            : t("newMailing.sent", { count: made.counts.reduce((sum, one) => sum + one.count, 0) }),
      });
      settle({ open: made.id });
    });
  const nobody = messages === 0 && !typed.later;
  return (
    <Screen title={t("newMailing.title")} tabs={<DeliveryTabs section="mailings" />}>
      <div className={styles.scroll}>
        <Standing />
        <div className={styles.split}>
          <div className={styles.fields}>
            <KindCards
              legend={t("newMailing.kind")}
              kinds={KINDS}
              chosen={typed.kind}
              name={(kind) => t(`messageKind.${kind}`)}
              say={(kind) => t(`messageKindText.${kind}`)}
              choose={(kind) => change({ kind, group: typed.invitations.length > 0 ? "all" : usualGroup(kind) })}
            />
            <Whom typed={typed} change={change} />
            <Textarea
              label={t("newMailing.words")}
              description={t(needsWords(typed.kind) ? "newMailing.wordsNeeded" : "newMailing.wordsText")}
              autosize
              minRows={3}
              maxRows={14}
              maxLength={LONGEST_WORDS}
              value={typed.words}
              error={sending.of("message")}
              onChange={({ target }) => change({ words: target.value })}
            />
            {typed.kind === "announcement" && (
              <Checkbox
                label={t("newMailing.needed")}
                description={t("newMailing.neededText")}
                checked={typed.needed}
                onChange={({ target }) => change({ needed: target.checked })}
              />
            )}
            <When typed={typed} change={change} error={sending.of("due_at")} />
          </div>
          <div className={styles.beside}>
            <Preview kind={typed.kind} wording={null} message={typed.words} />
          </div>
        </div>
        <div className={styles.foot}>
          <Refused error={sending.error} fields={["message", "due_at"]} />
          {nobody && <p className="quiet">{t("newMailing.nobody")}</p>}
          <Button variant="default" onClick={close}>
            {t("cancel")}
          </Button>
          <Button
            loading={sending.busy}
            {...(draft === undefined || nobody ? { disabled: true } : allowed)}
            onClick={() => void send()}
          >
            {typed.later
              ? t("newMailing.schedule")
              : messages === null
                ? t("newMailing.send")
                : t("newMailing.sendTo", { n: count(messages), count: messages })}
          </Button>
        </div>
      </div>
    </Screen>
  );
}
