export { OFFER_MS, offerUndo, type Undoable, undoLast } from "./offerUndo";
