import { notifications } from "@mantine/notifications";
import { client, content } from "./client";
import { offerUndo } from "../shared/undo";
import type { Edit } from "./types";

export async function undoEdit(event: string, edit: string): Promise<Edit> {
  const params = { path: { id: event } };
  return content(client.POST("/api/events/{id}/undo", { params, body: { edit } }));
}

/** Edits among which one's own is looked for: others may have come after it. */
const NEWEST = 20;

/** Says what was done, and offers to take it back where that can be done. */
export async function offerLastEdit(
  event: string,
  command: string,
  done: string,
  changed: () => void,
): Promise<void> {
  const params = { path: { id: event }, query: { limit: NEWEST, own: true } };
  const answer = await client.GET("/api/events/{id}/audit", { params }).catch(() => null);
  const edit = answer?.data?.items.find((row) => row.command === command);
  if (edit === undefined || !edit.undoable || edit.undone_by !== null) {
    notifications.show({ message: done });
    return;
  }
  offerUndo({
    done,
    async undo() {
      await undoEdit(event, edit.id);
      changed();
    },
  });
}
