import { useQuery } from "@tanstack/react-query";
import { askDoor } from "../../api/gate";
import { usePicture } from "../../shared/usePicture";
import type { Shown } from "../../shared/verdict";

/** An address of the holder's picture, where the event shows it and there is one. */
export function useDoorPhoto(event: string, gate: string, shown: Shown | null): string | null {
  const ticket = shown?.photo === true ? shown.ticket : null;
  const picture = useQuery({ ...askDoor.photo(event, gate, ticket ?? ""), enabled: ticket !== null });
  const address = usePicture(ticket === null ? undefined : picture.data);
  return ticket === null ? null : address;
}
