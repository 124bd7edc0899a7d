import { PasswordInput } from "@mantine/core";
import { useSpeech } from "../../locales";

/** The fewest characters that the office takes for a passphrase. */
export const SHORTEST_PASSPHRASE = 8;

/** A new passphrase as it is typed, twice. */
export interface TypedPassphrase {
  passphrase: string;
  again: string;
}

export const NO_PASSPHRASE: TypedPassphrase = { passphrase: "", again: "" };

/** Whether a passphrase is long enough and both are the same. */
export const isAgreed = ({ passphrase, again }: TypedPassphrase): boolean =>
  [...passphrase].length >= SHORTEST_PASSPHRASE && passphrase === again;

/** Asks for a new passphrase, twice, since nobody can find it again. */
export function PassphraseFields({
  typed,
  refused,
  change,
}: {
  typed: TypedPassphrase;
  /** What the office refused the passphrase for. */
  refused: string | null;
  change(typed: TypedPassphrase): void;
}) {
  const { t } = useSpeech();
  const { passphrase, again } = typed;
  // Said once the reader has gone on to the second field.
  const short = again !== "" && [...passphrase].length < SHORTEST_PASSPHRASE;
  const differs = !short && again !== "" && !passphrase.startsWith(again);
  return (
    <>
      <PasswordInput
        label={t("passphrase.label")}
        description={t("passphrase.text", { n: SHORTEST_PASSPHRASE })}
        autoComplete="new-password"
        maxLength={200}
        value={passphrase}
        error={refused ?? (short ? t("passphrase.short", { n: SHORTEST_PASSPHRASE }) : null)}
        onChange={({ target }) => change({ ...typed, passphrase: target.value })}
      />
      <PasswordInput
        label={t("passphrase.again")}
        autoComplete="new-password"
        maxLength={200}
        value={again}
        error={differs ? t("ownAccount.differs") : null}
        onChange={({ target }) => change({ ...typed, again: target.value })}
      />
    </>
  );
}
