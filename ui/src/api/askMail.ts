import { queryOptions } from "@tanstack/react-query";
import { client as contracted, content, done, ifMatch, type Versioned, versioned } from "./client";
import type { InboxLook, MailSecrets, MailSettings, MailState, MailView } from "./deliveryTypes";

type Ask = <T>(path: string, options: object) => Promise<{ data?: T; error?: unknown; response: Response }>;
const client = contracted as unknown as Record<"GET" | "POST" | "PUT", Ask>;

export const askMail = {
  /** Whether messages leave, and why not. */
  state: () =>
    queryOptions({
      queryKey: ["mail", "state"],
      queryFn: ({ signal }) => content(client.GET<MailState>("/api/mail/state", { signal })),
      refetchInterval: 5_000,
    }),
};

/** How the workspace sends, and the version to change it by. */
export const readMail = (): Promise<Versioned<MailView>> => versioned(client.GET<MailView>("/api/mail/settings", {}));

export const writeMail = (
  body: { settings: MailSettings; secrets: MailSecrets },
  version: string | null,
): Promise<Versioned<MailView>> =>
  versioned(client.PUT<MailView>("/api/mail/settings", { body, headers: ifMatch(version) }));

/** Signs in to the mail server and to the mailbox of bounces; sends nothing. */
export const checkMail = (): Promise<void> => done(client.POST("/api/mail/check", {}));

/** Tries at once what stands in the way. */
export const retryMail = (): Promise<void> => done(client.POST("/api/mail/retry", {}));

/** Looks into the mailbox of bounces at once. */
export const readInbox = (): Promise<InboxLook> => content(client.POST<InboxLook>("/api/mail/inbox", {}));
