import { client, content } from "./client";
import { offerUndo } from "../shared/undo";
import type { Edit } from "./types";

export async function undoEdit(event: string, edit: string): Promise<Edit> {
  const params = { path: { id: event } };
  return content(client.POST("/api/events/{id}/undo", { params, body: { edit } }));
}

/** Says what was done, and offers to take the newest edit back, if it is this one. */
export async function offerLastEdit(
  event: string,
  command: string,
  done: string,
  changed: () => void,
): Promise<void> {
  const params = { path: { id: event }, query: { limit: 1 } };
  const { items } = await content(client.GET("/api/events/{id}/audit", { params }));
  const edit = items.find((row) => row.command === command && row.undoable);
  if (edit === undefined) return;
  offerUndo({
    done,
    async undo() {
      await undoEdit(event, edit.id);
      changed();
    },
  });
}
