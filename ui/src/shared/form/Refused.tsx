import { Alert } from "@mantine/core";
import { useSpeech } from "../../locales";
import { isProblem, Problem } from "../problem";
import { useRefusal } from "../useRefusal";

/** What was refused, above the form; what belongs to one of its fields stands there instead. */
export function Refused({ error, fields = [] }: { error: unknown; fields?: readonly string[] }) {
  const { t } = useSpeech();
  const say = useRefusal();
  if (error === null || error === undefined) return null;
  const rest =
    error instanceof Problem ? error.fields.filter(({ field }) => !fields.includes(field)) : [];
  if (error instanceof Problem && error.fields.length > 0 && rest.length === 0) return null;
  return (
    <Alert color="red" variant="light" role="alert">
      {rest.length > 0 ? (
        rest.map((one) => <p key={one.field + one.message}>{say(one)}</p>)
      ) : isProblem(error, "unreachable") ? (
        t("trouble.unreachable")
      ) : error instanceof Problem ? (
        say(error)
      ) : error instanceof Error ? (
        error.message
      ) : (
        String(error)
      )}
    </Alert>
  );
}
