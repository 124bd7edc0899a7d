/** Messages, mailings, wordings and the way out, by the contract's names; times are UTC ms. */
import type { DeliveryStatus } from "./rowTypes";

export type MessageKind =
  | "save_the_date"
  | "invitation"
  | "ticket"
  | "reminder"
  | "confirm"
  | "change"
  | "cancelled"
  | "announcement"
  | "thanks"
  | "rating"
  | "review";
export type Channel = "email" | "sms" | "whatsapp";
export type ReminderStep = "confirm" | "two_weeks" | "week" | "day" | "hour" | "thanks" | "rating" | "review" | "last_review";
export type MailingStatus = "scheduled" | "sending" | "paused" | "completed" | "cancelled";
export type AudienceGroup =
  | "all"
  | "not_sent"
  | "bounced"
  | "not_downloaded"
  | "not_answered"
  | "coming"
  | "not_coming"
  | "came_in";
export type NoticeKind = "event_cancelled" | "session_cancelled" | "session_moved" | "place_changed";

export interface Audience {
  group: AudienceGroup;
  ticket_type: string | null;
  session: string | null;
  batch: string | null;
  invitations: string[];
}
export interface DeliveryCount {
  status: DeliveryStatus;
  count: number;
}
export interface Mailing {
  id: string;
  kind: MessageKind;
  audience: Audience;
  message: string;
  needed: boolean;
  notice: string | null;
  batch: string | null;
  due_at: number;
  status: MailingStatus;
  created_by: string;
  created_at: number;
  counts: DeliveryCount[];
  /** Messages that are put off, so that news to one guest keeps a day apart. */
  held: number;
  held_until: number | null;
}
export interface MailingDraft {
  kind: MessageKind;
  audience: Audience;
  message: string;
  needed: boolean;
  due_at: number | null;
}
export interface Reach {
  email: number;
  text: number;
  later: number;
  already: number;
  unreachable: number;
  unsubscribed: number;
}
export interface Notice {
  id: string;
  at: number;
  kind: NoticeKind;
  session: string | null;
  tickets: number;
  reason: string;
  told_at: number | null;
}
export interface DeliveryOverview {
  funnel: {
    invitations: number;
    sent: number;
    bounced: number;
    answered: number;
    coming: number;
    downloaded: number;
    came_in: number;
  };
  kinds: { kind: MessageKind; status: DeliveryStatus; count: number }[];
  domains: { domain: string; sent: number; delivered: number; bounced: number; failed: number }[];
  paused: boolean;
  next_due: number | null;
}
/** A message to the members of an invitation. */
export interface Message {
  id: string;
  invitation: string;
  batch: string | null;
  mailing: string | null;
  kind: MessageKind;
  channel: Channel;
  status: DeliveryStatus;
  session: string | null;
  step: ReminderStep | null;
  notice: string | null;
  recipient: string;
  queued_at: number;
  due_at: number;
  attempts: number;
  handed_at: number | null;
  sent_at: number | null;
  settled_at: number | null;
  code: string;
  detail: string;
}
/** A message as a list shows it. */
export interface MessageRow extends Message {
  number: string;
  label: string;
}
export interface Wording {
  subject: string;
  mjml: string;
  text: string;
}
export interface WordingView extends Wording {
  kind: MessageKind;
  language: string;
  changed_at: number | null;
}
export interface WordingFinding {
  code: string;
  part: "subject" | "mjml" | "text";
  line: number;
  detail: string;
  blocks: boolean;
}
export interface Previewed {
  subject: string;
  html: string;
  text: string;
  blanks: string[];
  findings: WordingFinding[];
}
export interface ReminderSettings {
  on: boolean;
  without: ReminderStep[];
  confirm_days: number | null;
  thanks: boolean;
  rating_link: string;
  review_link: string;
}

/** What the host hears of; nothing while the address is blank. */
export interface HostSettings {
  to: string;
  mailing_done: boolean;
  sold_out: boolean;
  answers: boolean;
  bounces: boolean;
}
export type HostNews =
  | { about: "mailing_done"; mailing: string }
  | { about: "batch_done"; batch: string }
  | { about: "sold_out"; ticket_type: string; capacity: number }
  | { about: "digest"; from: number; until: number };
/** A notice to the host. */
export interface HostNotice {
  id: string;
  news: HostNews;
  status: DeliveryStatus;
  recipient: string;
  queued_at: number;
  due_at: number;
  attempts: number;
  sent_at: number | null;
  code: string;
  detail: string;
}

export type MailSecurity = "starttls" | "tls" | "none";
export type MailSignIn = "none" | "password" | "oauth2";
export interface MailServer {
  host: string;
  port: number;
  security: MailSecurity;
  sign_in: MailSignIn;
  user: string;
  authority: string;
}
export interface TextGateway {
  url: string;
  method: string;
  headers: string[];
  body: string;
  content_type: string;
  id_pointer: string;
  sender: string;
}
export interface MailSettings {
  server: MailServer;
  reply_to: string;
  bounce_address: string;
  inbox: { on: boolean; server: MailServer; folder: string };
  pace: { per_minute: number | null; per_day: number | null };
  connections: number;
  signing: { domain: string; selector: string };
  oauth: { token_url: string; client_id: string; scope: string };
  sms: TextGateway;
  whatsapp: TextGateway;
}
export type SecretName =
  | "password"
  | "inbox_password"
  | "client_secret"
  | "refresh_token"
  | "signing_key"
  | "sms_secret"
  | "whatsapp_secret";
export type MailSecrets = Partial<Record<SecretName, string>>;
export interface MailView {
  settings: MailSettings;
  /** Names of the secrets that are kept. */
  secrets: string[];
}
/** Why nothing leaves now. */
export interface Blocked {
  code: string;
  detail: string;
  since: number;
  again_at: number;
  tries: number;
}
export interface MailState {
  ready: boolean;
  sends_here: boolean;
  blocked: Blocked | null;
}
export interface InboxLook {
  read: number;
  reports: number;
  bounced: number;
}
