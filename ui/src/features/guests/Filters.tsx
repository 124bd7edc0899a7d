import { useEvent } from "../../api";
import { type GuestStanding, type GuestView, STANDINGS } from "../../api/askGuests";
import { useSpeech } from "../../locales";
import { FilterChip } from "../../shared/FilterChip";

/** What the guest list is narrowed to, beside the search. */
export function Filters({
  view,
  narrow,
}: {
  view: GuestView;
  narrow(to: { type?: string | null; standing?: GuestStanding | null }): void;
}) {
  const { t } = useSpeech();
  const { ticket_types } = useEvent();
  return (
    <>
      <FilterChip
        label={t("guests.type")}
        choices={ticket_types.map(({ id, name, colour }) => ({ value: id, label: name, colour }))}
        chosen={view.type}
        choose={(type) => narrow({ type })}
      />
      <FilterChip
        label={t("guests.status")}
        choices={STANDINGS.map((value) => ({ value, label: t(`guestStanding.${value}`) }))}
        chosen={view.standing}
        choose={(value) => narrow({ standing: STANDINGS.find((known) => known === value) ?? null })}
      />
    </>
  );
}
