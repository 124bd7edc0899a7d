import { queryOptions } from "@tanstack/react-query";
import { client, content, done, ifMatch, type Versioned, versioned } from "./client";
import type { components } from "./contract";
import type { InboxLook, MailSecrets, MailServer, MailSettings, MailView, TextGateway } from "./deliveryTypes";

type Shapes = components["schemas"];

export const askMail = {
  /** Whether messages leave, and why not. */
  state: () =>
    queryOptions({
      queryKey: ["mail", "state"],
      queryFn: ({ signal }) => content(client.GET("/api/mail/state", { signal })),
      refetchInterval: 5_000,
    }),
};

const NO_SERVER = { host: "", port: 587, security: "starttls", sign_in: "password", user: "", authority: "" } as const;
const NO_INBOX = { on: false, server: { ...NO_SERVER, port: 993, security: "tls" }, folder: "INBOX" } as const;
/** No gateway for text messages. */
export const NO_GATEWAY: TextGateway = {
  url: "",
  method: "POST",
  headers: [],
  body: "",
  body_kind: "json",
  from: "",
  success_pointer: "",
  success_value: "",
  id_pointer: "",
  reason_pointer: "",
};

const serverOf = (seen: Shapes["MailServer"] | undefined, usual: MailServer): MailServer => ({ ...usual, ...seen });

/** The settings with everything that they say: what the contract lets be left out is as it is there. */
const whole = ({ server, inbox, pace, signing, oauth, sms, whatsapp, ...more }: Shapes["MailSettings"]): MailSettings => ({
  reply_to: "",
  bounce_address: "",
  connections: 0,
  ...more,
  server: serverOf(server, NO_SERVER),
  inbox: { ...NO_INBOX, ...inbox, server: serverOf(inbox?.server, NO_INBOX.server) },
  pace: { per_minute: null, per_day: null, ...pace },
  signing: { domain: "", selector: "", ...signing },
  oauth: { token_url: "", client_id: "", scope: "", ...oauth },
  sms: { ...NO_GATEWAY, ...sms },
  whatsapp: { ...NO_GATEWAY, ...whatsapp },
});

const viewOf = ({ body, version }: Versioned<Shapes["MailView"]>): Versioned<MailView> => ({
  body: { ...body, settings: whole(body.settings) },
  version,
});

/** How the workspace sends, and the version to change it by. */
export const readMail = async (): Promise<Versioned<MailView>> => viewOf(await versioned(client.GET("/api/mail/settings")));

export const writeMail = async (
  body: { settings: MailSettings; secrets: MailSecrets },
  version: string | null,
): Promise<Versioned<MailView>> =>
  viewOf(await versioned(client.PUT("/api/mail/settings", { body, headers: ifMatch(version) })));

/** Signs in to the mail server and to the mailbox of bounces; sends nothing. */
export const checkMail = (): Promise<void> => done(client.POST("/api/mail/check"));

/** Tries at once what stands in the way. */
export const retryMail = (): Promise<void> => done(client.POST("/api/mail/retry"));

/** Looks into the mailbox of bounces at once. */
export const readInbox = (): Promise<InboxLook> => content(client.POST("/api/mail/inbox"));
