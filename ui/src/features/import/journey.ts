import i18next from "i18next";
import { useSyncExternalStore } from "react";
import {
  acceptList,
  type Choices,
  forgetList,
  type Imported,
  type ListAnswer,
  type ListField,
  lookAgain,
  sendList,
} from "../../api/imports";
import { offerLastEdit } from "../../api/lastEdit";
import { isProblem } from "../../shared/problem";
import { tell } from "../../shared/tray";

export const STEPS = ["file", "columns", "problems", "accept"] as const;
export type Step = (typeof STEPS)[number];

/** Work that takes longer than this is told in the tray. */
const LONG_MS = 1_000;

/** An import on its way, from the file to what it wrote. */
export interface ImportState {
  step: Step;
  file: File | null;
  list: ListAnswer | null;
  /** Columns that the person assigned: header to field. */
  assigned: Readonly<Record<string, ListField>>;
  skip: boolean;
  remove: boolean;
  create: boolean;
  doing: "send" | "look" | "accept" | null;
  /** Which share of the file has left. */
  sent: number;
  error: unknown;
  /** What happened without the person's doing. */
  news: "stale" | "forgotten" | null;
  result: Imported | null;
}

const START: ImportState = {
  step: "file",
  file: null,
  list: null,
  assigned: {},
  skip: false,
  remove: false,
  create: true,
  doing: null,
  sent: 0,
  error: null,
  news: null,
  result: null,
};

/** Only one column can mean each of these; the others can be meant by many. */
const isMany = (field: ListField) => field === "custom" || field === "ignore";

/** The columns as assigned once `header` means `field`: another that meant it is free again. */
export function assign(
  assigned: Readonly<Record<string, ListField>>,
  header: string,
  field: ListField,
): Record<string, ListField> {
  const others = Object.entries(assigned).filter(
    ([other, known]) => other !== header && (known !== field || isMany(field)),
  );
  return { ...Object.fromEntries(others), [header]: field };
}

/** What is sent of the choices; columns that this list lacks are left out. */
export function choicesOf(state: ImportState, headers: readonly string[]): Choices {
  return {
    map: Object.entries(state.assigned)
      .filter(([header]) => headers.includes(header))
      .map(([header, field]) => ({ header, field })),
    skip_bad_rows: state.skip,
    remove_missing: state.remove,
    create_ticket_types: state.create,
  };
}

const headersOf = (list: ListAnswer) => list.report.columns.map(({ header }) => header);

/** Fails where the file was moved or changed since it was chosen: nothing of it can be read then. */
const firstByte = (file: File) => file.slice(0, 1).arrayBuffer();

const canBeRead = (file: File) =>
  firstByte(file).then(
    () => true,
    () => false,
  );

/** Whether the first look, which knows no choices, has answered these already. */
const isPlain = ({ map, skip_bad_rows, remove_missing, create_ticket_types }: Choices) =>
  map?.length === 0 && !skip_bad_rows && !remove_missing && create_ticket_types === true;

/** The import of one event; it goes on while the person is elsewhere. */
export class ImportJourney {
  #state = START;
  #listeners = new Set<() => void>();
  #sending: AbortController | null = null;
  readonly event: string;

  constructor(event: string) {
    this.event = event;
  }

  readonly state = (): ImportState => this.#state;
  readonly subscribe = (hear: () => void): (() => void) => {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  };

  #put(next: Partial<ImportState>): void {
    this.#state = { ...this.#state, ...next };
    for (const hear of this.#listeners) hear();
  }

  go(step: Step): void {
    this.#put({ step, error: null });
  }

  /** Sends a file and looks at it, with the choices made for the one before. */
  async choose(file: File): Promise<void> {
    this.#sending?.abort();
    const sending = new AbortController();
    this.#sending = sending;
    const waiting = this.#state.list;
    this.#put({ file, list: null, doing: "send", sent: 0, error: null, news: null, result: null, step: "file" });
    const tray = this.#long(i18next.t("importing.sending", { name: file.name }), () => sending.abort());
    try {
      if (waiting !== null) void forgetList(waiting.id).catch(() => undefined);
      await firstByte(file);
      let list = await sendList(
        this.event,
        file,
        (sent) => {
          this.#put({ sent });
          tray.at(sent);
        },
        sending.signal,
      );
      const choices = choicesOf(this.#state, headersOf(list));
      if (!isPlain(choices)) list = await lookAgain(list.id, choices);
      tray.done(i18next.t("importing.looked", { count: list.report.rows }));
      this.#put({ list, doing: null, step: "columns" });
    } catch (error) {
      if (sending.signal.aborted) {
        tray.stopped();
        if (this.#sending === sending) this.#put({ file: null, doing: null });
        return;
      }
      const unread = !(await canBeRead(file));
      tray.failed(unread ? i18next.t("importing.unread") : wordsOf(error));
      this.#put({ doing: null, file: unread ? null : file, error: unread ? new Error(i18next.t("importing.unread")) : error });
    }
  }

  /** Stops sending. */
  stop(): void {
    this.#sending?.abort();
  }

  /** Changes the choices and looks at the list again; a choice that does not fit is taken back. */
  async change(next: Partial<Pick<ImportState, "assigned" | "skip" | "remove" | "create">>): Promise<void> {
    const { list, assigned, skip, remove, create } = this.#state;
    if (list === null) return;
    this.#put({ ...next, doing: "look", error: null, news: null });
    try {
      const looked = await lookAgain(list.id, choicesOf(this.#state, headersOf(list)));
      this.#put({ list: looked, doing: null });
    } catch (error) {
      if (this.#isForgotten(error)) return;
      this.#put({ assigned, skip, remove, create, doing: null, error });
    }
  }

  /** Writes what was looked at. */
  async accept(): Promise<void> {
    const { list, file } = this.#state;
    if (list === null) return;
    this.#put({ doing: "accept", error: null, news: null });
    const tray = this.#long(i18next.t("importing.accepting", { name: list.file_name }));
    try {
      const result = await acceptList(list.id);
      const told = i18next.t("importing.accepted", { count: result.plan.added + result.plan.changed });
      tray.done(told);
      this.#put({ ...START, file, result });
      await offerLastEdit(this.event, "import guests", told, () => this.#put({ result: null })).catch(() => undefined);
    } catch (error) {
      tray.failed(wordsOf(error));
      if (this.#isForgotten(error)) return;
      if (isProblem(error, "plan_stale")) {
        await this.change({});
        if (this.#state.error === null) this.#put({ news: "stale" });
      } else {
        // What was refused has to be looked at once more before it can be accepted.
        await this.change({});
        this.#put({ error, doing: null });
      }
    }
  }

  /** Begins anew; a list that waits is let go. */
  restart(): void {
    const { list } = this.#state;
    if (list !== null) void forgetList(list.id).catch(() => undefined);
    this.#put(START);
  }

  /** The list waits no more: back to choosing it, with the choices kept. */
  #isForgotten(error: unknown): boolean {
    if (!isProblem(error, "import_unknown")) return false;
    this.#put({ list: null, doing: null, step: "file", news: "forgotten" });
    return true;
  }

  /** A line of the tray, once the work has taken long. */
  #long(title: string, stop?: () => void) {
    const id = crypto.randomUUID();
    let progress: number | null = null;
    let shown = false;
    const show = () => {
      shown = true;
      tell({ id, title, state: "running", progress, ...(stop && { stop }) });
    };
    const timer = setTimeout(show, LONG_MS);
    const end = (state: "done" | "failed" | "stopped", result?: string) => {
      clearTimeout(timer);
      if (shown) tell({ id, title, state, progress: null, ...(result !== undefined && { result }) });
    };
    return {
      at(share: number) {
        progress = share >= 1 ? null : share;
        if (shown) show();
      },
      done: (result: string) => end("done", result),
      failed: (result: string) => end("failed", result),
      stopped: () => end("stopped"),
    };
  }
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const journeys = new Map<string, ImportJourney>();

/** The import of an event: the same one when the person comes back to it. */
export function useImportJourney(event: string): [ImportState, ImportJourney] {
  let journey = journeys.get(event);
  if (journey === undefined) {
    journey = new ImportJourney(event);
    journeys.set(event, journey);
  }
  return [useSyncExternalStore(journey.subscribe, journey.state), journey];
}
