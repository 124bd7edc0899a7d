import { useCallback, useMemo } from "react";
import { useMe } from "../../api";
import { type GuestOrder, type GuestStanding, type GuestView, STANDINGS } from "../../api/askGuests";
import { usePlace, type View } from "../../shared/place";
import type { ListOrder } from "../../shared/table";

/** The columns that the office puts guests in order by. */
const ORDERED: readonly GuestOrder[] = ["name", "company"];

/** Reads from the address which guests are meant; what makes no sense there is left out. */
export function readGuestView({ q = "", type, standing, sort = "" }: View): GuestView {
  const by = sort.replace(/^-/, "");
  return {
    text: q,
    type: type !== undefined && /^[\da-f-]{36}$/.test(type) ? type : null,
    standing: STANDINGS.find((known) => known === standing) ?? null,
    order: ORDERED.find((known) => known === by) ?? "added",
    descending: sort.startsWith("-"),
  };
}

/** Which guests are shown, and how to have others shown. */
export function useGuestView() {
  const { view: place, settle } = usePlace();
  const { q, type, standing, sort } = place;
  const view = useMemo(
    () => readGuestView({ ...(q && { q }), ...(type && { type }), ...(standing && { standing }), ...(sort && { sort }) }),
    [q, type, standing, sort],
  );
  const change = useCallback<ListOrder["change"]>(
    (by, descending) => settle({ sort: by === null ? null : `${descending ? "-" : ""}${by}`, open: null }),
    [settle],
  );
  const order: ListOrder = {
    columns: ORDERED,
    by: view.order === "added" ? null : view.order,
    descending: view.descending,
    change,
  };
  const narrowed = view.text !== "" || view.type !== null || view.standing !== null;
  // What one person may see is not shown to the next who sits down.
  const who = useMe()?.account.id ?? "";
  return { view, order, narrowed, key: JSON.stringify([who, view]), settle };
}

export type { GuestStanding };
