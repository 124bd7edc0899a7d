import { useEvent } from "../../api";
import { usePlace } from "../../shared/place";
import { Mailings } from "./mailings/Mailings";
import { NewMailing } from "./mailings/NewMailing";
import { Messages } from "./messages/Messages";
import { News } from "./news/News";
import { DeliveryOverview } from "./overview/DeliveryOverview";
import { NEW, type Section, SECTIONS } from "./sections";
import { Wordings } from "./wordings/Wordings";

const PARTS: Record<Section, () => React.JSX.Element> = {
  overview: DeliveryOverview,
  messages: Messages,
  mailings: Mailings,
  news: News,
  wordings: Wordings,
};

/** What an event's guests are sent, part by part. */
export function Delivery() {
  const { id } = useEvent();
  const { view } = usePlace();
  const section = SECTIONS.find((known) => known === view.section) ?? "overview";
  const Part = section === "mailings" && view.open === NEW ? NewMailing : PARTS[section];
  return <Part key={`${id} ${section}`} />;
}
