import { useEvent } from "../../api";
import { usePlace } from "../../shared/place";
import { Devices } from "./devices/Devices";
import { Door } from "./door/Door";
import { Live } from "./live/Live";
import { Mesh } from "./mesh/Mesh";
import { PaperList } from "./paper/PaperList";
import { Ready } from "./ready/Ready";
import { Rules } from "./rules/Rules";
import { type Section, useSections } from "./sections";

const PARTS: Record<Section, () => React.JSX.Element> = {
  devices: Devices,
  live: Live,
  mesh: Mesh,
  door: Door,
  rules: Rules,
  ready: Ready,
  paper: PaperList,
};

/** The office's side of an event's gates, part by part. */
export function Gates() {
  const { id } = useEvent();
  const { view } = usePlace();
  const sections = useSections();
  const section = sections.find((known) => known === view.section) ?? sections[0] ?? "live";
  const Part = PARTS[section];
  return <Part key={`${id} ${section}`} />;
}
