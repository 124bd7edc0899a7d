import { useMay } from "../../api";
import { MANAGE_GATES } from "../../api/useAllowed";

/** The parts of the place, in the order of its tabs. */
const SECTIONS = ["devices", "live", "mesh", "door", "rules", "ready", "paper"] as const;

export type Section = (typeof SECTIONS)[number];

/** What those see who only admit people. */
const AT_THE_DOOR: readonly Section[] = ["live", "paper"];

/** The parts that the reader has something to do in. */
export function useSections(): readonly Section[] {
  const may = useMay();
  if (may(MANAGE_GATES)) return may("scan") ? SECTIONS : SECTIONS.filter((section) => section !== "paper");
  return AT_THE_DOOR;
}
