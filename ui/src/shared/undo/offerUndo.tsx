import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import styles from "./undo.module.css";

/** How long a change can be taken back from the toast; the history keeps it for longer. */
export const OFFER_MS = 10_000;

export interface Undoable {
  /** What was done, as a sentence. */
  done: string;
  undo(): Promise<void>;
}

interface Offer extends Undoable {
  id: string;
}

let offers: Offer[] = [];

function withdraw(id: string): void {
  offers = offers.filter((offer) => offer.id !== id);
}

async function takeBack(offer: Offer): Promise<void> {
  withdraw(offer.id);
  notifications.hide(offer.id);
  try {
    await offer.undo();
    notifications.show({ message: i18next.t("undo.done") });
  } catch (error) {
    notifications.show({
      color: "red",
      title: i18next.t("undo.failed"),
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

/** Says what was done, and offers for a while to take it back. */
export function offerUndo(change: Undoable): void {
  const id = crypto.randomUUID();
  const offer = { ...change, id };
  offers.push(offer);
  notifications.show({
    id,
    autoClose: OFFER_MS,
    onClose: () => withdraw(id),
    message: (
      <span className={styles.offer}>
        <span>{change.done}</span>
        <Button size="compact-sm" variant="subtle" onClick={() => void takeBack(offer)}>
          {i18next.t("undo.undo")}
        </Button>
      </span>
    ),
  });
}

/** Takes back the last change that is still offered; tells whether there was one. */
export function undoLast(): boolean {
  const offer = offers.at(-1);
  if (offer === undefined) return false;
  void takeBack(offer);
  return true;
}
