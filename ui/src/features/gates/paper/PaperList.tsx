import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { useColour, useEvent, useMay } from "../../../api";
import { askGates } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { Empty } from "../../../shared/Empty";
import { Refused, useSending } from "../../../shared/form";
import { usePlace } from "../../../shared/place";
import { Screen } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import { type Column, RowList, SelectionBar, useList } from "../../../shared/table";
import { TypeMark } from "../../../shared/TypeMark";
import { nameSession } from "../devices/where";
import { GateTabs } from "../GateTabs";
import { findNumbers } from "./findNumbers";
import { added, isExpected, type Listed, ofFound, ofTicket, outcomeOf, withDecisions } from "./listed";
import { NOW, occasionsOf } from "./occasions";
import { countNumbers, MOST_NUMBERS, readNumbers, sayNumbers, spansOf } from "./numbers";
import styles from "./paper.module.css";
import { TickSearch } from "./TickSearch";
import { useAdmission } from "./useAdmission";

function TicketType({ name }: { name: string }) {
  const colour = useColour();
  return <TypeMark name={name} colour={colour(name)} />;
}

function useColumns(): Column<Listed>[] {
  const { t } = useSpeech();
  return useMemo(
    () => [
      {
        key: "number",
        title: t("tickets.number"),
        track: "minmax(72px, 0.4fr)",
        narrow: "64px",
        fixed: true,
        order: (row) => row.number,
        show: (row) => `#${row.number}`,
      },
      {
        key: "name",
        title: t("tickets.holder"),
        track: "minmax(160px, 2fr)",
        fixed: true,
        order: (row) => row.name,
        show: (row) => <span className="clip strong">{row.name}</span>,
      },
      {
        key: "type",
        title: t("tickets.type"),
        track: "minmax(110px, 1fr)",
        narrow: "minmax(0, 104px)",
        order: (row) => row.ticket_type,
        show: (row) => row.ticket_type !== null && <TicketType name={row.ticket_type} />,
      },
      {
        key: "seat",
        title: t("tickets.seat"),
        track: "minmax(120px, 0.8fr)",
        spare: true,
        order: (row) => row.seat,
        show: (row) => <span className="clip">{row.seat}</span>,
      },
      {
        key: "outcome",
        title: t("gates.paper.outcome"),
        track: "minmax(200px, 1.3fr)",
        narrow: "minmax(0, 184px)",
        fixed: true,
        order: (row) => outcomeOf(row, t).words,
        show(row) {
          const { tone, words } = outcomeOf(row, t);
          return <Status tone={tone}>{words}</Status>;
        },
      },
    ],
    [t],
  );
}

const idOf = (row: Listed) => row.id;
const nameOf = (row: Listed) => row.name;

/** Adds tickets by the numbers that were ticked, and says which were not found. */
function ByNumber({ add }: { add(rows: Listed[]): void }) {
  const event = useEvent();
  const { t, count } = useSpeech();
  const queries = useQueryClient();
  const sending = useSending();
  const [text, setText] = useState("");
  const [missing, setMissing] = useState<string | null>(null);
  const { spans, unread } = readNumbers(text);
  const named = countNumbers(spans);
  const tooMany = named > MOST_NUMBERS;
  const find = (press: FormEvent) => {
    press.preventDefault();
    if (named === 0 || tooMany || unread.length > 0) return;
    void sending.send(async () => {
      const tickets = await findNumbers(queries, event.id, spans);
      add(tickets.map(ofTicket));
      const known = new Set(tickets.map(({ number }) => number));
      const lost = spans.flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (_, at) => first + at).filter((n) => !known.has(n)),
      );
      setMissing(lost.length === 0 ? null : sayNumbers(spansOf(lost)));
      setText("");
    });
  };
  const problem = tooMany
    ? t("gates.paper.tooMany", { most: count(MOST_NUMBERS) })
    : unread.length > 0 && /[\s,;]$/.test(text)
      ? t("gates.paper.unread", { what: unread.join(", ") })
      : null;
  return (
    <form className={styles.numbers} onSubmit={find}>
      <TextInput
        label={t("gates.paper.numbers")}
        placeholder="2001–2040, 2050"
        value={text}
        error={problem}
        onChange={({ target }) => {
          setMissing(null);
          setText(target.value);
        }}
      />
      <Button
        type="submit"
        variant="default"
        loading={sending.busy}
        disabled={named === 0 || tooMany || unread.length > 0}
      >
        {named > 0 ? t("gates.paper.addMany", { count: named }) : t("gates.paper.addNumbers")}
      </Button>
      <Refused error={sending.error} />
      {missing !== null && (
        <p role="status" className={styles.missing}>
          {t("gates.paper.notFound", { what: missing })}
        </p>
      )}
    </form>
  );
}

const NOBODY: readonly Listed[] = [];

/** The rows of an event's paper list, kept while somebody looks something up elsewhere. */
function useRows(event: string) {
  const queries = useQueryClient();
  const queryKey = ["paper-list", event];
  const kept = useQuery({ queryKey, queryFn: () => NOBODY, initialData: NOBODY, staleTime: Infinity, gcTime: Infinity });
  const setRows = (next: readonly Listed[] | ((now: readonly Listed[]) => readonly Listed[])) =>
    queries.setQueryData<readonly Listed[]>(queryKey, (now = NOBODY) => (typeof next === "function" ? next(now) : next));
  return [kept.data, setRows] as const;
}

/** Admits afterwards those whom somebody ticked off on the paper door list. */
export function PaperList() {
  const event = useEvent();
  const { t, count, locale } = useSpeech();
  const may = useMay();
  const { go } = usePlace();
  const allowed = useAllowed()("scan");
  const devices = useQuery({ ...askGates.devices(event.id), enabled: may(MANAGE_GATES) });
  const [gate, setGate] = useState("");
  const [chosen, choose] = useState<string | null>(null);
  const [rows, setRows] = useRows(event.id);
  const columns = useColumns();
  const list = useList({ name: "paper", columns, rows, complete: true, idOf, nameOf });
  const admission = useAdmission((items) => setRows((now) => withDecisions(now, items)));
  // Who came to one day may have come to another too: the door tells.
  const unsure = event.sessions.length > 1;
  const add = (more: Listed[]) =>
    setRows((now) => added(now, unsure ? more.map((row) => ({ ...row, came: false })) : more));
  const coming = rows.filter(isExpected);
  const decided = rows.filter((row) => row.decided !== null);
  const others = rows.length - coming.length - decided.length;
  // Only what stands at this machine can be written down for here.
  const gates =
    devices.data
      ?.filter(({ status, kind }) => status === "active" && kind === "office")
      .map((device) => device.name) ?? [];
  const name = gate || t("gates.paper.gateName");
  const { begun, usual } = occasionsOf(event.sessions, Date.now());
  const session = chosen ?? usual;
  const printing = (
    <Button variant="default" onClick={() => go(event.id, "print")}>
      {t("gates.paper.toPrint")}
    </Button>
  );
  return (
    <Screen
      title={t("place.gates")}
      tabs={<GateTabs section="paper" />}
      bar={
        <SelectionBar list={list}>
          {(chosen) => (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                const those = new Set(chosen.map(({ id }) => id));
                setRows(rows.filter(({ id }) => !those.has(id)));
                list.table.resetRowSelection(true);
              }}
            >
              {t("gates.paper.takeOff")}
            </Button>
          )}
        </SelectionBar>
      }
    >
      <div className={styles.body}>
        <div className={styles.head}>
          <TickSearch add={(found) => add([ofFound(found)])} ticked={rows} />
          <ByNumber add={add} />
        </div>
        {rows.length === 0 ? (
          <Empty title={t("gates.paper.emptyTitle")} step={printing}>
            {t("gates.paper.emptyText")}
          </Empty>
        ) : (
          <>
            <Refused error={admission.error} />
            <div className={styles.list}>
              <RowList
                label={t("gates.section.paper")}
                list={list}
                total={rows.length}
                open={null}
                onOpen={() => undefined}
              />
            </div>
            <div className={styles.foot}>
              <p role="status">
                <strong>{t("gates.paper.coming", { count: coming.length })}</strong>
                {others > 0 && <> · {t("gates.paper.others", { count: others })}</>}
                {decided.length > 0 && <> · {t("gates.paper.decided", { n: count(decided.length) })}</>}
              </p>
              {decided.length > 0 && !admission.busy && (
                <Button variant="subtle" onClick={() => setRows(rows.filter((row) => row.decided === null))}>
                  {t("gates.paper.clear")}
                </Button>
              )}
              <NativeSelect
                aria-label={t("gates.paper.atGate")}
                value={gate}
                data={[
                  { value: "", label: t("gates.paper.gateName") },
                  ...gates.map((value) => ({ value, label: value })),
                ]}
                onChange={({ target }) => setGate(target.value)}
              />
              {begun.length > 0 && (
                <NativeSelect
                  aria-label={t("gates.paper.cameTo")}
                  value={session}
                  data={[
                    ...begun.map((one) => ({ value: one.id, label: nameSession(locale, event.time_zone, one) })),
                    { value: NOW, label: t("gates.paper.now") },
                  ]}
                  onChange={({ target }) => choose(target.value)}
                />
              )}
              <Button
                {...(coming.length === 0 ? { disabled: true } : allowed)}
                loading={admission.busy}
                onClick={() =>
                  admission.admit(
                    name,
                    session === NOW ? null : session,
                    coming.map(({ id }) => id),
                  )
                }
              >
                {t("gates.paper.admit", { count: coming.length })}
              </Button>
            </div>
          </>
        )}
      </div>
    </Screen>
  );
}
