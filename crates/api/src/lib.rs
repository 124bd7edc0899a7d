//! What people do with Gatehouse, one function each: the only way to the domain.
//!
//! A [`Workspace`] is one organization's data on this machine; an [`EventHome`] is one event at
//! its home, where it is edited, issued, printed and admitted. Each use case has its own module.

mod accounts;
mod alerts;
mod answers;
mod authority;
mod backup;
mod batches;
mod branding;
mod calendar_files;
mod cameras;
mod contacts;
mod copies;
mod devices;
mod doors;
mod events;
mod export;
mod guest_links;
mod guest_photos;
mod guests;
mod home;
mod import;
mod invitations;
mod issue;
mod keys;
mod lifecycle;
pub mod mail;
mod meetings;
mod mesh;
mod network;
mod official;
mod outlying;
mod parties;
mod photos;
mod preflight;
mod previews;
mod printing;
mod problem;
mod projection;
mod recovery;
mod reserve;
mod restore;
pub mod routes;
pub mod scanners;
mod schedule;
mod serials;
mod surroundings;
mod tickets;
mod tiers;
mod transfer;
mod undo;
mod version;
mod wording;
mod workspace;

pub use accounts::{ACCESS_SECONDS, AccountChange, Registration, Signed, SignedIn};
pub use answers::{GivenReply, MemberStanding, ReplyRefused, Standing};
pub use authority::ListenerIdentity;
pub use backup::BackupReport;
pub use batches::{BatchCancelled, BatchGenerated};
pub use cameras::{
    Camera, CameraAbilities, CameraControl, Cameras, CodeInView, FrameSize, Sighting, Watched,
    Watching,
};
pub use copies::Duplication;
pub use devices::{DeviceChange, DeviceDraft, Registered, RegistrationToken, TokenDraft};
pub use doors::{
    Badge, DeviceDoor, DoorChange, DoorCounts, DoorDouble, DoorEvent, DoorGate, DoorLine,
    DoorPeers, DoorView, ENTERED_AFTERWARDS, Forcing, Found, FoundParty, Gate, OfficeLine,
    Presentation, RosterHead, Shown, ShownParty, Shows,
};
pub use export::{ExportFormat, ExportReport};
pub use guest_links::GuestLinks;
pub use guests::GuestsRemoved;
pub use home::{Actor, EventHome};
pub use import::{ImportChoices, ImportPreview, ImportResult};
pub use invitations::InvitationsMade;
pub use issue::{IssueReport, Issuing};
pub use keys::KeySummary;
pub use lifecycle::{Cancelled, EventChange};
pub use meetings::MeetingView;
pub use mesh::{
    EventLedger, MeshCredentials, MeshDouble, MeshFlag, MeshGate, MeshNote, MeshPlace, MeshSide,
    MeshView, Outcome, take_roster,
};
pub use network::{Addresses, Network, USUAL_PORT};
pub use official::{MOST_CODES, OfficialDraft};
pub use outlying::{Ahead, Enrolling, Outlying, SpareCode};
pub use parties::{MemberChange, Party, PartyDraft, Queued};
pub use preflight::{Around, Check, CheckState, Preflight};
pub use printing::{BundleReport, PrintJob, PrintSummary};
pub use problem::Problem;
pub use recovery::Restored;
pub use reserve::{HandedOut, MOST_HANDED, Reserve, SparePlace, WalkInTicket};
pub use restore::{Backup, KitAndCode, TakenIn, finish_restore};
pub use scanners::{
    MOST_SCANS, RosterBody, SignedScan, SyncReport, SyncRequest, Synced, ToldScan, merge,
    read_scan, stand_for,
};
pub use schedule::{SeriesPreview, SessionChange};
pub use serials::{SerialListening, SerialPort, SerialScanners, SerialTold};
pub use surroundings::{Power, Progress, ProtectVault, Quiet, Surroundings, TellPower};
pub use tiers::TicketTypeChange;
pub use transfer::NewHolder;
pub use workspace::{EventSummary, Workspace};

pub use gatehouse_store::event::GateStand;
