export { ask } from "./ask";
export { client, content, done, ifMatch, type Versioned, versioned } from "./client";
export { EventContext, useColour, useEvent } from "./event";
export { deskKey, takeKey } from "./key";
export { listen, onChange, refresh, refreshAll, type Tag } from "./live";
export { reach, session } from "./session";
export { INVITATION_TONE, isWelcome, TICKET_TONE } from "./tones";
export type * from "./types";
export { useMay, useMe, useSession } from "./useSession";
