/** Messages, mailings, wordings and the way out, by the contract's names; times are UTC ms. */
import type { components } from "./contract";

type Shapes = components["schemas"];

export type MessageKind = Shapes["MessageKind"];
export type ReminderStep = Shapes["ReminderStep"];
export type ReminderSettings = Required<Shapes["ReminderSettings"]>;
export type MailingStatus = Shapes["MailingStatus"];
export type Audience = Shapes["Audience"];
export type AudienceGroup = Shapes["AudienceGroup"];
export type Mailing = Shapes["MailingAnswer"];
export type MailingDraft = Shapes["MailingDraft"];
export type Reach = Shapes["Reach"];
export type Notice = Shapes["Notice"];
export type DeliveryOverview = Shapes["DeliveryOverviewAnswer"];
/** A message to the members of an invitation. */
export type Message = Shapes["Delivery"];
/** A message as a list shows it. */
export type MessageRow = Shapes["DeliveryAnswer"];
export type Wording = Shapes["Wording"];
export type WordingPart = keyof Wording;
export type WordingView = Shapes["WordingView"];
export type WordingFinding = Shapes["WordingFinding"];
export type Previewed = Shapes["Previewed"];
export type Trial = Shapes["TrialWanted"];

export type MailServer = Required<Shapes["MailServer"]>;
export type TextGateway = Required<Shapes["TextGateway"]>;
/** How the workspace sends, with everything it says. */
export type MailSettings = Required<Shapes["MailSettings"]> & {
  server: MailServer;
  inbox: Required<Shapes["MailInbox"]> & { server: MailServer };
  pace: Required<Shapes["Pace"]>;
  signing: Required<Shapes["MailSigning"]>;
  oauth: Required<Shapes["MailOauth"]>;
  sms: TextGateway;
  whatsapp: TextGateway;
};
export type SecretName = keyof Shapes["MailSecrets"];
export type MailSecrets = Partial<Record<SecretName, string>>;
export type MailView = Shapes["MailView"] & { settings: MailSettings };
/** Why nothing leaves now. */
export type Blocked = Shapes["Blocked"];
export type MailState = Shapes["MailState"];
export type InboxLook = Shapes["InboxLook"];
export type HostSettings = Required<Shapes["HostSettings"]>;
export type HostNotice = Shapes["HostNotice"];
export type HostNews = HostNotice["news"];
