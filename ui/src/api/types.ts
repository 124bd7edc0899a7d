/** What the API takes and answers, by the contract's names; times are UTC milliseconds. */
import type { components } from "./contract";

type Shapes = components["schemas"];

export type EventStatus = Shapes["EventStatus"];
export type SessionStatus = Shapes["SessionStatus"];
export type TicketStatus = Shapes["TicketStatus"];
export type InvitationStatus = Shapes["InvitationStatus"];
export type MemberStatus = Shapes["MemberStatus"];
export type PartyKind = Shapes["PartyKind"];
export type EventKind = Shapes["EventKind"];
export type KeyStatus = Shapes["KeyStatus"];
/** Why a gate showed what it showed. */
export type VerdictCode = Shapes["Code"];
export type Health = Shapes["Health"];
export type Role = Shapes["Role"];
/** What an account may do, by the words of the one table of permissions. */
export type Action = Shapes["Action"];
export type Account = Shapes["Account"];
/** Who asks, and what they may do. */
export type Me = Shapes["MeAnswer"];
/** What signing in is answered with; the refresh token travels in a cookie. */
export type Entry = Shapes["SignInAnswer"];
export type EventSummary = Shapes["EventSummary"];
export type Session = Shapes["Session"];
export type TicketType = Shapes["TicketType"];
export type Zone = Shapes["Zone"];
export type Progress = Shapes["ProgressAnswer"];
export type CodeCount = Shapes["CodeCount"];
export type SigningKey = Shapes["KeySummary"];
export type EventDetails = Shapes["EventAnswer"];
export type Guest = Shapes["GuestAnswer"];
export type GuestDetail = Shapes["GuestDetail"];
export type GuestChange = Shapes["GuestChange"];
export type Invitation = Shapes["InvitationAnswer"];
export type Party = Shapes["PartyAnswer"];
export type PartyMember = Shapes["MemberAnswer"];
/** The six times of a ticket's life line, in order. */
export type LifeLine = Shapes["LifeLine"];
export type Ticket = Shapes["TicketAnswer"];
export type TicketDetail = Shapes["TicketDetail"];
export type Edit = Shapes["EditAnswer"];
export type Batch = Shapes["BatchAnswer"];
export type Task = Shapes["TaskAnswer"];
export type EventDraft = Shapes["EventDraft"];
export type SessionDraft = Shapes["SessionDraft"];
export type TicketTypeDraft = Shapes["TicketTypeDraft"];
export type FieldError = Shapes["FieldError"];
export type EventChange = Shapes["EventChange"];
export type EventPreview = Shapes["EventPreview"];
export type SeriesDraft = Shapes["SeriesDraft"];
export type SessionChange = Shapes["SessionChange"];
export type TicketTypeChange = Shapes["TicketTypeChange"];
export type Place = Shapes["Place"];
export type Stage = Shapes["Stage"];
export type SessionToCome = Shapes["SessionRowAnswer"];
export type Arrivals = Shapes["Arrivals"];
