import { useState } from "react";
import { client, content, type Task, useEvent } from "../../api";
import { follow } from "../../api/longWork";
import type { FileKind } from "../../api/rowTypes";
import { saveAnswer } from "../../api/saveAnswer";
import { useSpeech } from "../../locales";
import { fileName } from "./fileName";
import { isMade, type Made } from "./made";

export interface Wanted {
  kind: FileKind;
  sheet: string | null;
  marks: boolean;
}

/** Makes files as long work, and keeps each as soon as it is there. */
export function useFiles() {
  const event = useEvent();
  const { t } = useSpeech();
  // One at a time: while one is made, the office answers any other wish with that one.
  const [busy, setBusy] = useState<FileKind | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  const [error, setError] = useState<unknown>(null);

  const told = ({ result }: Task) => {
    if (!isMade(result)) return t("tray.done");
    if (result.pages !== undefined) return t("print.pages", { count: result.pages });
    if (result.files !== undefined) return t("print.files", { count: result.files });
    if (result.rows !== undefined) return t("print.rows", { count: result.rows });
    return t("tray.done");
  };

  const keep = async (task: Task) => {
    if (!isMade(task.result)) return;
    const params = { path: { id: task.id } };
    await saveAnswer(
      client.GET("/api/tasks/{id}/file", { params, parseAs: "stream" }),
      fileName(event.title, task.result.file),
    );
  };

  const make = async ({ kind, sheet, marks }: Wanted) => {
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
              body: { kind, marks, ...(sheet === null ? {} : { sheet }) },
            }),
          ),
        told,
        open: (done) => void keep(done).catch(setError),
      });
      if (task.state === "done" && isMade(task.result)) {
        setMade(task.result);
        await keep(task);
      }
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(null);
    }
  };

  return { busy, made, error, make };
}
