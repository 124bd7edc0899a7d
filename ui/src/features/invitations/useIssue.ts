import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { client, content, useEvent } from "../../api";
import { follow } from "../../api/longWork";
import type { Task } from "../../api";
import { useSpeech } from "../../locales";

/** What issuing tells when it has ended. */
interface Issued {
  issued: number;
  left: number;
}

const isIssued = (result: unknown): result is Issued =>
  typeof result === "object" && result !== null && "issued" in result && "left" in result;

/** Issues tickets as long work in the tray: to everybody who lacks one, or those of a batch. */
export function useIssue() {
  const event = useEvent();
  const queries = useQueryClient();
  const { t, count } = useSpeech();

  const told = ({ result }: Task) => {
    if (!isIssued(result)) return t("tray.done");
    if (result.issued === 0 && result.left === 0) return t("issue.nobodyLeft");
    if (result.left > 0) return t("issue.some", { n: count(result.issued), left: count(result.left) });
    return t("issue.all", { count: result.issued });
  };
  const ended = () => void queries.invalidateQueries({ queryKey: ["event", event.id] });

  const run = async (title: string, begin: () => Promise<Task>) => {
    try {
      await follow({ title, begin, told, goesOn: true, ended });
    } catch (error) {
      notifications.show({
        color: "red",
        title: t("issue.failed"),
        message: error instanceof Error ? error.message : String(error),
      });
    }
  };

  return {
    /** For a series, of one session. */
    all: (session?: string) =>
      run(t("issue.title"), () =>
        content(
          client.POST("/api/events/{id}/issue", {
            params: { path: { id: event.id } },
            body: session === undefined ? {} : { session },
          }),
        ),
      ),
    batch: (id: string, name: string, quantity: number | null) =>
      run(t("issue.batch", { name }), () =>
        content(
          client.POST("/api/invitations/batches/{id}/generate", {
            params: { path: { id } },
            body: quantity === null ? {} : { quantity },
          }),
        ),
      ),
  };
}
