import type { Notice } from "../../../api/deliveryTypes";

/** How long a change can be taken back before guests hear of it by themselves, in milliseconds. */
export const SECOND_THOUGHTS = 10 * 60_000;

/** Whether guests are still to hear of it. */
export const isUntold = ({ told_at, tickets, invited }: Pick<Notice, "told_at" | "tickets" | "invited">): boolean =>
  told_at === null && (tickets > 0 || invited > 0);

/** When guests hear of it by themselves, UTC ms; null where somebody has to say so. */
export function toldBy(notice: Notice, byThemselves: boolean): number | null {
  return byThemselves && isUntold(notice) ? notice.at + SECOND_THOUGHTS : null;
}
