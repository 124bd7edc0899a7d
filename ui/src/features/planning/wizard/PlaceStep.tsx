import { PlaceFields } from "../fields/PlaceFields";
import { usePlan } from "./planContext";

/** Where it takes place. */
export function PlaceStep() {
  const { plan, change, error } = usePlan();
  return (
    <PlaceFields
      place={plan.place}
      error={(field) => error(`place.${field}`)}
      onChange={(place) => change({ place })}
    />
  );
}
