import type { MailSecrets, MailServer, MailSettings, MailView, SecretName } from "../../../api/deliveryTypes";

/** How the workspace sends, as it is typed; secrets only where they are typed anew. */
export type MailFields = MailSettings & { secrets: MailSecrets };

export const takeMail = ({ settings }: MailView): MailFields => ({ ...settings, secrets: {} });

const trimmed = (server: MailServer): MailServer => ({ ...server, host: server.host.trim(), user: server.user.trim() });

/** What is written of it; blank secrets were not typed, and stay. */
export function giveMail({ secrets, ...settings }: MailFields): { settings: MailSettings; secrets: MailSecrets } {
  const given = Object.entries(secrets).filter(([, value]) => value !== "");
  return {
    settings: {
      ...settings,
      server: trimmed(settings.server),
      inbox: { ...settings.inbox, server: trimmed(settings.inbox.server) },
    },
    secrets: Object.fromEntries(given),
  };
}

/** The ports by which servers are usually spoken to. */
const PORTS = {
  smtp: { starttls: 587, tls: 465, none: 25 },
  imap: { starttls: 143, tls: 993, none: 143 },
} as const;

/** The server with another kind of connection; its port follows where it was the usual one. */
export function secured(
  server: MailServer,
  security: MailServer["security"],
  protocol: keyof typeof PORTS,
): MailServer {
  const usual = PORTS[protocol];
  const port = server.port === usual[server.security] ? usual[security] : server.port;
  return { ...server, security, port };
}

/** Whether a host is this machine itself, which alone may be spoken to in the clear. */
export const isOwnMachine = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host.trim());

/** Names of the secrets that a settings page asks for beside what it shows. */
export const isKept = (view: Pick<MailView, "secrets">, name: SecretName): boolean => view.secrets.includes(name);

/** The secrets with one that was typed, or without it where it was emptied again. */
export const typedSecrets = (secrets: MailSecrets, name: SecretName, value: string): MailSecrets => ({
  ...Object.fromEntries(Object.entries(secrets).filter(([known]) => known !== name)),
  ...(value === "" ? {} : { [name]: value }),
});

/** Lines of `Name: value` as a list; blank ones are left out. */
export const linesOf = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
