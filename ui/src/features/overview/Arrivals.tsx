import { useQuery } from "@tanstack/react-query";
import { ask, useEvent } from "../../api";
import { ArrivalsArea } from "../../shared/arrivals";

/** How many came in when. */
export function Arrivals() {
  const { id, time_zone } = useEvent();
  const arrivals = useQuery(ask.arrivals(id));
  return <ArrivalsArea minutes={arrivals.data} zone={time_zone} />;
}
