import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Edit, useEvent } from "../../api";
import { undoEdit } from "../../api/lastEdit";
import { useSpeech } from "../../locales";

/** Takes single edits back; what stands in the way is kept to be shown. */
export function useUndo() {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const undo = async (edit: Edit) => {
    setBusy(true);
    setError(null);
    try {
      await undoEdit(event.id, edit.id);
      notifications.show({ message: t("undo.done") });
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
    }
  };
  return { undo, busy, error };
}
