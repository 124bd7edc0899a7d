//! What people do, through the use cases and the routes.
#![allow(
    clippy::unwrap_used,
    reason = "a test that can't go on ends by panicking"
)]

mod accounts;
mod afterwards;
mod at_the_door;
mod badges;
mod branding;
mod calendars;
mod cameras;
mod confirming;
mod contract;
mod copies;
mod door;
mod doors;
mod editing;
mod forced;
mod guest_links;
mod guest_list;
mod guest_pages;
mod guest_photos;
mod issuing;
mod letters;
mod lists;
mod lone_gate;
mod mail_complaint;
mod mail_host;
mod mail_overtaken;
mod mail_resumed;
mod mail_rules;
mod mailings;
mod moving;
mod offices;
mod phones;
mod planning;
mod re_entry;
mod recovering;
mod reserve;
mod room;
mod routes;
mod scanning;
mod serials;
mod series;
mod sign_in;
mod texts;
mod venue_room;
