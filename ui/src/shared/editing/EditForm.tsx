import { Alert, Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useSpeech } from "../../locales";
import { Refused } from "../form";
import { Trouble } from "../Trouble";
import type { Versioned } from "../versioned";
import styles from "./editing.module.css";
import { type Editing, type Source, useEditing } from "./useEditing";

type Show<F> = { [Key in keyof F]: { label: string; say(value: F[Key]): string } };

function Conflict<F extends object>({ edit, show }: { edit: Editing<F>; show: Show<F> }) {
  const { t } = useSpeech();
  const { conflict } = edit;
  const [theirs, setTheirs] = useState<readonly string[]>([]);
  if (conflict === null) return null;
  const { fields } = conflict;
  const mine = fields.filter((field) => !theirs.includes(field));
  return (
    <section
      className={styles.conflict}
      aria-label={t("setup.conflict")}
      role="alert"
      tabIndex={-1}
    >
      <h2>{t("setup.conflict")}</h2>
      <p>{t("conflict.text")}</p>
      {fields.map((field) => (
        <fieldset key={field}>
          <legend>{show[field].label}</legend>
          {([false, true] as const).map((isTheirs) => (
            <label key={String(isTheirs)}>
              <input
                type="radio"
                name={`conflict ${field}`}
                checked={theirs.includes(field) === isTheirs}
                onChange={() =>
                  setTheirs(isTheirs ? [...theirs, field] : theirs.filter((known) => known !== field))
                }
              />
              <span className="quiet small">{t(isTheirs ? "conflict.theirs" : "conflict.yours")}</span>
              <span>
                {show[field].say((isTheirs ? conflict.theirs : edit.typed)[field]) || t("conflict.blank")}
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      <div className={styles.buttons}>
        <Button loading={edit.busy} onClick={() => void edit.settle(mine)}>
          {t("conflict.save")}
        </Button>
        <Button variant="default" onClick={() => void edit.settle([])}>
          {t("conflict.takeTheirs")}
        </Button>
      </div>
    </section>
  );
}

interface EditFormProps<F extends object> {
  label: string;
  source: Source<F>;
  show: Show<F>;
  /** Why nothing here may change. */
  held?: string | null;
  /** What a change brings with it. */
  note?: ReactNode;
  /** The API's names of the fields that say themselves what they were refused for. */
  fields: readonly string[];
  children(edit: Editing<F>): ReactNode;
  tools?: ReactNode;
}

function Form<F extends object>({
  begun,
  label,
  source,
  show,
  held = null,
  note,
  fields,
  children,
  tools,
}: EditFormProps<F> & { begun: Versioned<F> }) {
  const { t } = useSpeech();
  const edit = useEditing(begun, source);
  const form = useRef<HTMLFormElement>(null);
  const { error } = edit;
  const clashes = edit.conflict !== null;
  // What needs an answer may stand above what is in sight.
  useEffect(() => {
    if (error === null && !clashes) return;
    const first = form.current?.querySelector<HTMLElement>('[role="alert"], [aria-invalid="true"]');
    first?.scrollIntoView({ block: "center" });
    first?.focus();
  }, [error, clashes]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void edit.save();
  };
  return (
    <form ref={form} className={styles.form} aria-label={label} noValidate onSubmit={submit}>
      {held !== null && (
        <Alert variant="light" color="gray">
          {held}
        </Alert>
      )}
      <Refused error={edit.error} fields={fields} />
      <Conflict edit={edit} show={show} />
      <fieldset className={styles.all} disabled={held !== null}>
        {children(edit)}
      </fieldset>
      {note !== undefined && edit.changed.length > 0 && <p className="quiet">{note}</p>}
      <div className={styles.buttons}>
        <Button type="submit" loading={edit.busy} disabled={held !== null || edit.changed.length === 0}>
          {t("save")}
        </Button>
        {edit.changed.length > 0 && (
          <Button variant="subtle" onClick={edit.reset}>
            {t("setup.reset")}
          </Button>
        )}
        {tools}
      </div>
    </form>
  );
}

/** A form over something that has a version, read anew each time that the form is opened. */
export function EditForm<F extends object>({
  name,
  ...rest
}: EditFormProps<F> & { name: readonly string[] }) {
  const queries = useQueryClient();
  const { source } = rest;
  const queryKey = ["edited", ...name];
  const read = useQuery({
    queryKey,
    queryFn: source.read,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  if (read.isError) return <Trouble error={read.error} retry={() => void read.refetch()} />;
  if (read.data === undefined) return null;
  const write: Source<F>["write"] = async (change, version) => {
    const saved = await source.write(change, version);
    queries.setQueryData(queryKey, saved);
    return saved;
  };
  return <Form {...rest} source={{ ...source, write }} begun={read.data} />;
}
