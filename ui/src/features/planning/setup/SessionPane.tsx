import { Button, NumberInput, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { client, content, ifMatch, type Session, useEvent, versioned } from "../../../api";
import { offerLastEdit } from "../../../api/lastEdit";
import { formatSlot, useSpeech } from "../../../locales";
import { callings, EditForm, problemOf, type Source } from "../../../shared/editing";
import { ReasonDialog, Refused, useSending } from "../../../shared/form";
import { Pane } from "../../../shared/Screen";
import { useRefusal } from "../../../shared/useRefusal";
import { DayFields } from "../fields/DayFields";
import { dayAfter, type DayPlan, newDay, sessionOf } from "../plan";
import { localTime } from "../../../shared/dates/localTime";
import { fieldsOf, isShort, sessionChangeOf, type SessionFields } from "./sessionPlan";
import styles from "./setup.module.css";
import { useHeld } from "./useHeld";

const NAMES = callings(["starts", "ends", "doors", "title", "note", "capacity"]);

/** The answers of sessions: the contract gives their path the shape of another answer. */
const asSession = (answer: unknown) => answer as Session;

function useSource(session: Session): Source<SessionFields> {
  const { t } = useSpeech();
  const { id: event, time_zone: zone } = useEvent();
  const queries = useQueryClient();
  const params = { path: { id: session.id } };
  const before = useRef<DayPlan | null>(null);
  const take = (body: unknown, version: string | null) => {
    const fields = fieldsOf(asSession(body), zone);
    before.current = fields.day;
    return { body: fields, version };
  };
  return {
    async read() {
      const { body, version } = await versioned(client.GET("/api/sessions/{id}", { params }));
      return take(body, version);
    },
    async write(change, version) {
      const body = sessionChangeOf(change, before.current ?? fieldsOf(session, zone).day);
      const headers = ifMatch(version);
      const saved = await versioned(client.PUT("/api/sessions/{id}", { params, body, headers }));
      return take(saved.body, saved.version);
    },
    saved() {
      const again = () => {
        void queries.invalidateQueries({ queryKey: ["event", event] });
        void queries.invalidateQueries({ queryKey: ["events"] });
        void queries.invalidateQueries({ queryKey: ["edited", "session"] });
      };
      void queries.invalidateQueries({ queryKey: ["event", event] });
      void queries.invalidateQueries({ queryKey: ["events"] });
      void offerLastEdit(event, "change session", t("setup.dateSaved"), again);
    },
  };
}

/** One date: its hours, what guests should know, and calling it off. */
export function SessionPane({ session, close }: { session: Session; close(): void }) {
  const { t, locale, count } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const source = useSource(session);
  const [calling, call] = useState(false);
  const schedule = useHeld("schedule");
  const held =
    schedule ??
    (session.status === "cancelled" || session.ends_at < Date.now()
      ? t(session.status === "cancelled" ? "refused.sessionCancelled" : "refused.sessionOver")
      : isShort(session)
        ? null
        : t("setup.longDate"));
  const callOff = async (reason: string) => {
    const params = { path: { id: session.id } };
    const { voided } = await content(client.POST("/api/sessions/{id}/cancel", { params, body: { reason } }));
    await queries.invalidateQueries({ queryKey: ["event", event.id] });
    notifications.show({ message: t("setup.calledOff", { count: voided }) });
  };
  const slot = formatSlot(locale, event.time_zone, session.starts_at, session.ends_at);
  return (
    <Pane title={session.title ?? event.title} under={slot} close={close}>
      <EditForm
        key={session.id}
        name={["session", session.id]}
        label={t("setup.date")}
        source={source}
        held={held}
        note={event.kind === "recurring" ? t("setup.onlyThis") : undefined}
        fields={NAMES}
        show={{
          day: {
            label: t("planning.day"),
            say: ({ day, from, until, doors, title }) =>
              [day, `${from} – ${until}`, doors, title].filter(Boolean).join(", "),
          },
          note: { label: t("setup.note"), say: (note) => note },
          capacity: {
            label: t("planning.most"),
            say: (most) => (most === "" ? t("overview.unlimited") : count(Number(most))),
          },
        }}
        tools={
          held === null && (
            <Button variant="default" color="red" onClick={() => call(true)}>
              {t("setup.callOff")}
            </Button>
          )
        }
      >
        {({ typed, of, change }) => (
          <div className={styles.paneFields}>
            <DayFields plan={typed.day} named error={of} onChange={(day) => change({ day })} />
            <NumberInput
              label={t("planning.most")}
              placeholder={t("setup.asEvent")}
              min={1}
              allowDecimal={false}
              allowNegative={false}
              hideControls
              value={typed.capacity}
              error={of("capacity")}
              onChange={(capacity) => change({ capacity })}
            />
            <Textarea
              label={t("setup.note")}
              autosize
              minRows={2}
              value={typed.note}
              error={of("note")}
              onChange={({ target }) => change({ note: target.value })}
            />
          </div>
        )}
      </EditForm>
      {calling && (
        <ReasonDialog
          title={t("setup.callOffTitle", { date: slot })}
          text={t("setup.callOffText")}
          submit={t("setup.callOff")}
          act={callOff}
          close={() => call(false)}
        />
      )}
    </Pane>
  );
}

/** One more date of a multi-day event or a series. */
export function NewSessionPane({ close }: { close(): void }) {
  const { t } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const sending = useSending();
  const say = useRefusal();
  const [request] = useState(() => crypto.randomUUID());
  const [plan, setPlan] = useState<DayPlan>(() => {
    const last = event.sessions.at(-1);
    if (last === undefined) return newDay();
    // The day after the last one, at the same hours.
    const { day } = fieldsOf(last, event.time_zone);
    return { ...day, title: "", day: dayAfter(localTime(event.time_zone, last.starts_at).day) };
  });
  const add = () =>
    sending.send(async () => {
      const params = { path: { id: event.id } };
      const headers = { "idempotency-key": request };
      const body = sessionOf(plan);
      await content(client.POST("/api/events/{id}/sessions", { params, body, headers }));
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
      const again = () => void queries.invalidateQueries({ queryKey: ["event", event.id] });
      void offerLastEdit(event.id, "add session", t("setup.dateAdded"), again);
      close();
    });
  return (
    <Pane title={t("setup.addDate")} close={close}>
      <form
        className={styles.form}
        noValidate
        aria-label={t("setup.addDate")}
        onSubmit={(press) => {
          press.preventDefault();
          void add();
        }}
      >
        <Refused error={sending.error} fields={NAMES} />
        <div className={styles.paneFields}>
          <DayFields
            plan={plan}
            named
            error={(field) => {
              const found = problemOf(sending.error, field);
              return found === undefined ? null : say(found);
            }}
            onChange={(next) => {
              sending.clear();
              setPlan(next);
            }}
          />
        </div>
        <div className={styles.buttons}>
          <Button type="submit" loading={sending.busy}>
            {t("setup.addDate")}
          </Button>
        </div>
      </form>
    </Pane>
  );
}
