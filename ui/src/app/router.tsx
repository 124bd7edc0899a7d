import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { ask, session } from "../api";
import { readView } from "../shared/place";
import { Nowhere, Stopped } from "./Boundary";
import { EventRoom } from "./EventRoom";
import { Frame } from "./Frame";
import { Root } from "./Root";
import { Waiting } from "./Waiting";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Root,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { to?: string } =>
    typeof search["to"] === "string" ? { to: search["to"] } : {},
  component: lazyRouteComponent(() => import("./SignIn"), "SignIn"),
});

/** Leads those who have to sign in first to the door, and from there to `href`. */
async function askedIn(href: string): Promise<void> {
  const standing = await session.start();
  if (standing.kind === "signed_out") {
    throw redirect({ to: "/sign-in", search: { to: href }, replace: true });
  }
}

const office = createRoute({
  getParentRoute: () => root,
  id: "office",
  async beforeLoad({ location }) {
    await askedIn(location.href);
    const { standing } = session.state();
    // A machine that is a gate has no office.
    if (standing.kind === "signed_in" && standing.me.gate !== null) throw redirect({ to: "/gate", replace: true });
  },
  // Every screen of the office names its events; they come beside the screen's own code.
  loader({ context }) {
    context.queries.ensureQueryData(ask.events()).catch(() => undefined);
  },
  component: Frame,
});

/** What the address of a gate says; without it, the gate asks or remembers. */
function readGate(search: Record<string, unknown>): { event?: string; gate?: string; kiosk?: "1" } {
  const { event, gate, kiosk } = search;
  return {
    ...(typeof event === "string" && event !== "" && { event }),
    ...(typeof gate === "string" && gate.trim() !== "" && { gate: gate.trim().slice(0, 60) }),
    ...(kiosk === "1" && { kiosk }),
  };
}

const gate = createRoute({
  getParentRoute: () => root,
  path: "/gate",
  validateSearch: readGate,
  beforeLoad: ({ location }) => askedIn(location.href),
  component: lazyRouteComponent(() => import("../features/gate/Gate"), "Gate"),
});

const becomeGate = createRoute({
  getParentRoute: () => root,
  path: "/become-gate",
  beforeLoad: ({ location }) => askedIn(location.href),
  component: lazyRouteComponent(() => import("../features/gate/BecomeGate"), "BecomeGate"),
});

const events = createRoute({
  getParentRoute: () => office,
  path: "/",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/events/Events"), "Events"),
});

const plan = createRoute({
  getParentRoute: () => office,
  path: "/plan",
  component: lazyRouteComponent(() => import("../features/planning/wizard/Wizard"), "Wizard"),
});

const official = createRoute({
  getParentRoute: () => office,
  path: "/official",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/official/Officials"), "Officials"),
});

const settings = createRoute({
  getParentRoute: () => office,
  path: "/settings",
});

const settingsStart = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad() {
    throw redirect({ to: "/settings/account", replace: true });
  },
});

const ownAccount = createRoute({
  getParentRoute: () => settings,
  path: "/account",
  component: lazyRouteComponent(() => import("../features/settings/OwnAccount"), "OwnAccount"),
});

const users = createRoute({
  getParentRoute: () => settings,
  path: "/users",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/settings/Users"), "Users"),
});

const keys = createRoute({
  getParentRoute: () => settings,
  path: "/keys",
  component: lazyRouteComponent(() => import("../features/settings/Keys"), "Keys"),
});

const recovery = createRoute({
  getParentRoute: () => settings,
  path: "/recovery",
  component: lazyRouteComponent(() => import("../features/settings/Recovery"), "Recovery"),
});

const branding = createRoute({
  getParentRoute: () => settings,
  path: "/branding",
  component: lazyRouteComponent(() => import("../features/settings/branding/Branding"), "Branding"),
});

const backup = createRoute({
  getParentRoute: () => settings,
  path: "/backup",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/settings/backup/BackupPage"), "BackupPage"),
});

const network = createRoute({
  getParentRoute: () => settings,
  path: "/network",
  component: lazyRouteComponent(() => import("../features/settings/network/NetworkPage"), "NetworkPage"),
});

const mail = createRoute({
  getParentRoute: () => settings,
  path: "/mail",
  component: lazyRouteComponent(() => import("../features/settings/mail/MailPage"), "MailPage"),
});

const guestPages = createRoute({
  getParentRoute: () => settings,
  path: "/guest-pages",
  component: lazyRouteComponent(() => import("../features/settings/guestPages/GuestPages"), "GuestPages"),
});

const officeHistory = createRoute({
  getParentRoute: () => settings,
  path: "/audit",
  component: lazyRouteComponent(
    () => import("../features/settings/WorkspaceHistory"),
    "WorkspaceHistory",
  ),
});

const event = createRoute({
  getParentRoute: () => office,
  path: "/events/$event",
  component: EventRoom,
});

const eventStart = createRoute({
  getParentRoute: () => event,
  path: "/",
  beforeLoad({ params }) {
    throw redirect({ to: "/events/$event/overview", params, replace: true });
  },
});

const overview = createRoute({
  getParentRoute: () => event,
  path: "/overview",
  component: lazyRouteComponent(() => import("../features/overview/Overview"), "Overview"),
});

const guests = createRoute({
  getParentRoute: () => event,
  path: "/guests",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/guests/Guests"), "Guests"),
});

const importList = createRoute({
  getParentRoute: () => event,
  path: "/import",
  component: lazyRouteComponent(() => import("../features/import/Import"), "Import"),
});

const invitations = createRoute({
  getParentRoute: () => event,
  path: "/invitations",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/invitations/Invitations"), "Invitations"),
});

const batches = createRoute({
  getParentRoute: () => event,
  path: "/invitations/batches",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/invitations/Batches"), "Batches"),
});

const tickets = createRoute({
  getParentRoute: () => event,
  path: "/tickets",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/tickets/Tickets"), "Tickets"),
});

const delivery = createRoute({
  getParentRoute: () => event,
  path: "/delivery",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/delivery/Delivery"), "Delivery"),
});

const gates = createRoute({
  getParentRoute: () => event,
  path: "/gates",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/gates/Gates"), "Gates"),
});

const print = createRoute({
  getParentRoute: () => event,
  path: "/print",
  component: lazyRouteComponent(() => import("../features/print/Print"), "Print"),
});

const history = createRoute({
  getParentRoute: () => event,
  path: "/history",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/history/History"), "History"),
});

const setup = createRoute({
  getParentRoute: () => event,
  path: "/setup",
  validateSearch: readView,
  component: lazyRouteComponent(() => import("../features/planning/setup/Setup"), "Setup"),
});

const tree = root.addChildren([
  signIn,
  gate,
  becomeGate,
  office.addChildren([
    events,
    plan,
    official,
    settings.addChildren([
      settingsStart,
      ownAccount,
      users,
      keys,
      recovery,
      branding,
      backup,
      network,
      mail,
      guestPages,
      officeHistory,
    ]),
    event.addChildren([
      eventStart,
      overview,
      guests,
      importList,
      invitations,
      batches,
      tickets,
      delivery,
      gates,
      print,
      history,
      setup,
    ]),
  ]),
]);

/** The addresses of the office. What stands after `?` is text as it is typed. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    defaultErrorComponent: Stopped,
    defaultNotFoundComponent: Nowhere,
    defaultPendingComponent: Waiting,
    notFoundMode: "root",
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch(search) {
      const values = Object.entries(search).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      );
      const text = new URLSearchParams(values).toString();
      return text === "" ? "" : `?${text}`;
    },
  });
}

export type Router = ReturnType<typeof makeRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: Router;
  }
}
