//! Invitations: a container with a number, a code and a link, covering one or more guests.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::event::name_key;
use crate::guest::{Guest, email_key};
use crate::id::{BatchId, Entropy, GuestId, InvitationId, MemberId};
use crate::ticket::TicketSource;
use crate::words::words;

words! {
    /// Why the members of an invitation share it.
    PartyKind("party kind") {
        /// One guest, with or without unnamed plus-ones.
        Single = "single",
        /// A family: one e-mail address for several people.
        Family = "family",
        /// A group named on the list.
        Group = "group",
        /// Guests of one company.
        Company = "company",
    }
}

words! {
    /// What one party member answered, and whether they came.
    MemberStatus("member status") {
        /// No answer yet.
        Pending = "pending",
        /// Comes.
        Accepted = "accepted",
        /// Does not come.
        Declined = "declined",
        /// Came.
        Attended = "attended",
        /// Accepted and did not come.
        NoShow = "no_show",
    }
}

words! {
    /// Status of an invitation, derived from its members.
    InvitationStatus("invitation status") {
        /// Nobody answered.
        Pending = "pending",
        /// Everybody comes.
        Accepted = "accepted",
        /// Nobody comes.
        Declined = "declined",
        /// Answers differ, or some are missing.
        Partial = "partial",
        /// At least one member came.
        Attended = "attended",
    }
}

/// A container covering one or more guests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Invitation {
    /// The invitation's id.
    pub id: InvitationId,
    /// Its number as printed, such as `INV-0001`.
    pub number: String,
    /// The secret in its link: 50 random bits, 10 letters and digits.
    pub code: String,
    /// Why its members share it.
    pub kind: PartyKind,
    /// What it is called: the guest, the family or the company.
    pub label: String,
    /// The batch that made it.
    pub batch: Option<BatchId>,
    /// Where it, and so its tickets, came from.
    pub source: TicketSource,
    /// What it says to those who are invited, besides the usual.
    pub message: String,
    /// Who made it: an account's id, or the machine's own person.
    pub created_by: String,
    /// When it was made, UTC ms.
    pub created_at: i64,
}

/// One guest of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PartyMember {
    /// The member's id.
    pub id: MemberId,
    /// The invitation.
    pub invitation: InvitationId,
    /// The guest; none for a plus-one who is named later.
    pub guest: Option<GuestId>,
    /// Place in the party, from 1.
    pub position: u16,
    /// Answer and attendance.
    pub status: MemberStatus,
    /// Seat, when assigned.
    pub seat: Option<String>,
    /// When they answered, UTC ms.
    pub responded_at: Option<i64>,
}

/// The status of an invitation whose members stand as given.
///
/// One who came makes it `attended`; otherwise equal answers make it theirs, and mixed ones
/// `partial`. A member who accepted and did not come counts as accepted.
#[must_use]
pub fn invitation_status(members: &[MemberStatus]) -> InvitationStatus {
    if members.contains(&MemberStatus::Attended) {
        return InvitationStatus::Attended;
    }
    let all = |wanted: &[MemberStatus]| members.iter().all(|m| wanted.contains(m));
    if all(&[MemberStatus::Pending]) {
        InvitationStatus::Pending
    } else if all(&[MemberStatus::Accepted, MemberStatus::NoShow]) {
        InvitationStatus::Accepted
    } else if all(&[MemberStatus::Declined]) {
        InvitationStatus::Declined
    } else {
        InvitationStatus::Partial
    }
}

/// Guests who will share an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Why they share it.
    pub kind: PartyKind,
    /// What it is called.
    pub label: String,
    /// Places in the guest list given, in its order.
    pub guests: Vec<usize>,
}

/// The most members that one invitation covers; a larger group gets several.
pub const LARGEST_PARTY: usize = 50;

/// Forms parties from guests who have no invitation yet.
///
/// A group named on the list comes first, then one e-mail address shared by several people, then
/// (where `companies_share`) the company. Whoever is left comes alone. Parties keep the order of
/// their first guest, and no party has more than [`LARGEST_PARTY`] members, plus-ones included.
#[must_use]
pub fn form_parties(guests: &[Guest], companies_share: bool) -> Vec<Party> {
    let mut shared: HashMap<(PartyKind, String), usize> = HashMap::new();
    let mut emails: HashMap<String, usize> = HashMap::new();
    let mut companies: HashMap<String, usize> = HashMap::new();
    let alone = |guest: &&Guest| guest.values.group.is_empty();
    for guest in guests.iter().filter(alone) {
        if let Some(email) = filled(&guest.values.email) {
            *emails.entry(email_key(email)).or_default() += 1;
        }
    }
    let shares_email = |guest: &Guest| {
        filled(&guest.values.email)
            .map(email_key)
            .filter(|key| emails.get(key).is_some_and(|count| *count > 1))
    };
    let company_of = |guest: &'_ Guest| {
        filled(&guest.values.company)
            .filter(|_| companies_share)
            .map(|company| (name_key(company), company.to_owned()))
    };
    for guest in guests
        .iter()
        .filter(alone)
        .filter(|g| shares_email(g).is_none())
    {
        if let Some((key, _)) = company_of(guest) {
            *companies.entry(key).or_default() += 1;
        }
    }
    let mut parties: Vec<Party> = Vec::new();
    let mut sizes: Vec<usize> = Vec::new();
    for (index, guest) in guests.iter().enumerate() {
        let name = &guest.values.name;
        let key = if let Some(group) = filled(&guest.values.group) {
            Some((PartyKind::Group, name_key(group), group.to_owned()))
        } else if let Some(email) = shares_email(guest) {
            Some((PartyKind::Family, email, name.to_string()))
        } else {
            company_of(guest)
                .filter(|(key, _)| companies.get(key).is_some_and(|count| *count > 1))
                .map(|(key, company)| (PartyKind::Company, key, company))
        };
        let people = usize::from(guest.party_size());
        let Some((kind, key, label)) = key else {
            sizes.push(people);
            parties.push(Party {
                kind: PartyKind::Single,
                label: name.to_string(),
                guests: vec![index],
            });
            continue;
        };
        match shared.get(&(kind, key.clone())) {
            Some(&party) if sizes[party] + people <= LARGEST_PARTY => {
                sizes[party] += people;
                parties[party].guests.push(index);
            }
            _ => {
                shared.insert((kind, key), parties.len());
                sizes.push(people);
                parties.push(Party {
                    kind,
                    label,
                    guests: vec![index],
                });
            }
        }
    }
    parties
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The sequential number `n` (from 1) as printed: at least four digits.
#[must_use]
pub fn sequential_number(n: u32) -> String {
    format!("INV-{n:04}")
}

/// A random six-digit number as printed, each equally likely.
pub fn random_number(entropy: &mut dyn Entropy) -> String {
    loop {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes);
        // 20 bits hold 1,048,576; what lies beyond a million is drawn again.
        let n = u32::from_be_bytes(bytes) >> 12;
        if n < 1_000_000 {
            return format!("INV-{n:06}");
        }
    }
}

/// Letters and digits that are not mistaken for each other (Crockford's base 32).
const CODE_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A secret code for an invitation's link: 10 letters and digits, 50 random bits.
pub fn invitation_code(entropy: &mut dyn Entropy) -> String {
    let mut bytes = [0; 10];
    entropy.fill(&mut bytes);
    bytes
        .iter()
        .map(|b| char::from(CODE_LETTERS[usize::from(b & 31)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::GuestValues;
    use uuid::Uuid;

    fn guest(name: &str, email: &str, company: &str, group: &str, party_size: u16) -> Guest {
        Guest {
            id: GuestId(Uuid::nil()),
            values: GuestValues {
                name: name.into(),
                email: email.into(),
                company: company.into(),
                group: group.into(),
                party_size: Some(party_size),
                ..GuestValues::default()
            },
            line: None,
        }
    }

    #[test]
    fn families_and_companies_share_an_invitation() {
        let guests = [
            guest("Ada Lark", "lark@example.com", "", "", 1),
            guest("Ben Moss", "ben@example.com", "Moss & Co", "", 1),
            guest("Cy Lark", "LARK@example.com ", "Moss & Co", "", 1),
            guest("Di Moss", "di@example.com", "moss &  co", "", 1),
            guest("Eve Tarn", "", "", "Table 4", 2),
            guest("Flo Reed", "flo@example.com", "Solo Ltd", "", 1),
            guest("Gus Tarn", "lark@example.com", "", "table 4", 1),
        ];
        let parties: Vec<_> = form_parties(&guests, true)
            .into_iter()
            .map(|p| (p.kind, p.label, p.guests))
            .collect();
        let expected = [
            (PartyKind::Family, "Ada Lark", vec![0, 2]),
            (PartyKind::Company, "Moss & Co", vec![1, 3]),
            (PartyKind::Group, "Table 4", vec![4, 6]),
            (PartyKind::Single, "Flo Reed", vec![5]),
        ];
        assert_eq!(parties, expected.map(|(k, l, g)| (k, l.to_owned(), g)));
        assert_eq!(form_parties(&guests, false).len(), 5, "companies apart");
    }

    #[test]
    fn a_large_group_is_split_and_nobody_is_left_out() {
        let guests: Vec<_> = (0..70)
            .map(|n| guest(&format!("Guest {n}"), "", "", "Choir", 1 + n % 3))
            .collect();
        let parties = form_parties(&guests, true);
        let mut seen: Vec<_> = parties.iter().flat_map(|p| p.guests.clone()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..70).collect::<Vec<_>>());
        for party in &parties {
            let people: u16 = party.guests.iter().map(|g| guests[*g].party_size()).sum();
            assert!(usize::from(people) <= LARGEST_PARTY, "{people}");
        }
    }

    #[test]
    fn status_follows_the_members() {
        use InvitationStatus as I;
        use MemberStatus::{Accepted, Attended, Declined, NoShow, Pending};
        let table: &[(&[MemberStatus], I)] = &[
            (&[Pending], I::Pending),
            (&[Pending, Pending], I::Pending),
            (&[Accepted, Accepted], I::Accepted),
            (&[Accepted, NoShow], I::Accepted),
            (&[Declined, Declined], I::Declined),
            (&[Accepted, Declined], I::Partial),
            (&[Accepted, Pending], I::Partial),
            (&[Attended, Declined], I::Attended),
            (&[Attended, Pending, Accepted], I::Attended),
        ];
        for (members, expected) in table {
            assert_eq!(invitation_status(members), *expected, "{members:?}");
        }
    }

    #[test]
    fn numbers_grow_past_four_digits_and_random_ones_have_six() {
        assert_eq!(sequential_number(1), "INV-0001");
        assert_eq!(sequential_number(12_345), "INV-12345");
        let mut drawn = 0_u32;
        let mut entropy = |bytes: &mut [u8]| {
            // First a draw beyond a million, which is drawn again.
            bytes.copy_from_slice(if drawn == 0 {
                &[0xff; 4]
            } else {
                &[0x00, 0x02, 0xa0, 0x00]
            });
            drawn += 1;
        };
        assert_eq!(random_number(&mut entropy), "INV-000042");
        assert_eq!(drawn, 2);
    }
}
