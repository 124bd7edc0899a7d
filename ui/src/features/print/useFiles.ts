import { useState } from "react";
import { client, content, type Task, useEvent } from "../../api";
import type { TicketRange } from "../../api/askTickets";
import { follow } from "../../api/longWork";
import type { FileKind } from "../../api/rowTypes";
import { isDone, keepFile } from "../../api/taskFile";
import { useSpeech } from "../../locales";
import { fileName } from "./fileName";
import { isMade, type Made } from "./made";

export interface Wanted {
  kind: FileKind;
  sheet: string | null;
  marks: boolean;
  /** Which tickets; all of them when left out. */
  range?: TicketRange;
}

/** What becomes of a file once it is made. */
export type Way = "kept" | "shown" | "held" | "printed" | "opened";

/** A file that was made, and where it went. */
export interface MadeFile {
  made: Made;
  way: Way;
}

/** Makes files as long work; each is kept as soon as it is there, or used as the caller says. */
export function useFiles() {
  const event = useEvent();
  const { t } = useSpeech();
  // One at a time: while one is made, the office answers any other wish with that one.
  const [busy, setBusy] = useState<FileKind | null>(null);
  const [made, setMade] = useState<MadeFile | null>(null);
  const [error, setError] = useState<unknown>(null);

  const told = ({ result }: Task) => {
    if (!isMade(result)) return t("tray.done");
    if (result.pages !== undefined) return t("print.pages", { count: result.pages });
    if (result.files !== undefined) return t("print.files", { count: result.files });
    if (result.rows !== undefined) return t("print.rows", { count: result.rows });
    return t("tray.done");
  };

  const keep = async (task: Task): Promise<Way> => {
    if (isMade(task.result)) await keepFile(task.id, fileName(event.title, task.result.file));
    return "kept";
  };

  /** Tells whether the file was made, and used. */
  const make = async (
    { kind, sheet, marks, range }: Wanted,
    take: (task: Task) => Promise<Way> = keep,
  ): Promise<boolean> => {
    setBusy(kind);
    setError(null);
    setMade(null);
    try {
      const task = await follow({
        title: t(`fileKind.${kind}`),
        begin: () =>
          content(
            client.POST("/api/events/{id}/files", {
              params: { path: { id: event.id } },
              body: { kind, marks, ...range, ...(sheet === null ? {} : { sheet }) },
            }),
          ),
        told,
        open: (done) => void keep(done).catch(setError),
      });
      if (!isDone(task) || !isMade(task.result)) return false;
      setMade({ made: task.result, way: await take(task) });
      return true;
    } catch (refusal) {
      setError(refusal);
      return false;
    } finally {
      setBusy(null);
    }
  };

  return { busy, made, error, make };
}
