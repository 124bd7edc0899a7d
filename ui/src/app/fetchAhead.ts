import type { AnyRoute } from "@tanstack/react-router";
import type { Router } from "./router";

/** The first screen comes first. */
const LATER_MS = 1_500;

/** Fetches the screen that the address names, while nobody knows yet who reads. */
export function fetchFirst(router: Router): void {
  const routes: Record<string, AnyRoute> = router.routesById;
  for (const { routeId } of router.matchRoutes(router.latestLocation) as { routeId: string }[]) {
    const route = routes[routeId];
    // What did not come is asked for again when it is shown.
    if (route !== undefined) Promise.resolve(router.loadRouteChunk(route)).catch(() => undefined);
  }
}

/** Fetches the other screens, so that they open also while the office does not answer. */
export function fetchAhead(router: Router): void {
  setTimeout(() => {
    const parts: Promise<unknown>[] = [import("./ShortcutsPage"), import("./SignInDialog")];
    for (const route of Object.values(router.routesById)) parts.push(Promise.resolve(router.loadRouteChunk(route)));
    // What did not come is asked for again where it is needed.
    void Promise.allSettled(parts);
  }, LATER_MS);
}
