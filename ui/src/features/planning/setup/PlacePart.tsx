import { type EventChange, type EventDetails, useEvent } from "../../../api";
import { joined, useSpeech } from "../../../locales";
import { EditForm } from "../../../shared/editing";
import { PlaceFields } from "../fields/PlaceFields";
import { placeOf, type PlacePlan, placePlanOf } from "../plan";
import { isTold } from "./mayChange";
import { useEventSource } from "./useEventSource";
import { useHeld } from "./useHeld";

interface Fields {
  place: PlacePlan;
}

const take = (event: EventDetails): Fields => ({ place: placePlanOf(event.place) });
const give = ({ place }: Partial<Fields>): EventChange =>
  place === undefined ? {} : { place: placeOf(place) };

const NAMES = ["name", "address", "city", "country", "parking", "accessibility"]
  .map((field) => `place.venue.${field}`)
  .concat(["link", "provider", "id", "access_code"].map((field) => `place.meeting.${field}`));

/** Where the event takes place. */
export function PlacePart() {
  const { t } = useSpeech();
  const event = useEvent();
  const source = useEventSource(take, give);
  const held = useHeld("place");
  const line = ({ mode, venue, meeting }: PlacePlan) =>
    joined([t(`placeMode.${mode}`), venue.name, venue.address, venue.city, venue.country, meeting.link], ", ");
  return (
    <EditForm
      name={["place", event.id]}
      label={t("planning.step.place")}
      source={source}
      held={held}
      note={isTold("place", event.stage) ? t("setup.told") : undefined}
      fields={NAMES}
      show={{ place: { label: t("planning.step.place"), say: line } }}
    >
      {({ typed, of, change }) => (
        <PlaceFields
          place={typed.place}
          error={(field) => of(`place.${field}`)}
          disabled={held !== null}
          onChange={(place) => change({ place })}
        />
      )}
    </EditForm>
  );
}
