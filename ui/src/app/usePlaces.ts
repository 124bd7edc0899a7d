import { useMay } from "../api";
import { MANAGE_GATES } from "../api/useAllowed";
import { PLACES, type PlaceName } from "../shared/place";

/** The places of an event that the reader has something to do at. */
export function usePlaces(): PlaceName[] {
  const may = useMay();
  const atGates = may("scan") || may(MANAGE_GATES);
  return PLACES.filter((place) => place !== "gates" || atGates);
}
