//! Packs a token's parts into few bytes and back, byte for byte.
//!
//! The first byte names the form. A canonical slim token packs to its values alone:
//!
//! ```text
//! form 1 | key id 8 | event id 16 | ticket id 12 or 16 | cv varint | iat u32 big-endian |
//! nbf − iat zigzag varint | exp − iat zigzag varint | signature, the rest
//! ```
//!
//! A ticket id that begins with the event's first four bytes leaves them out. Everything else
//! packs to `form | header length varint | payload length varint | header | payload | signature`,
//! or the same with `| deflated length varint | deflated header and payload |` in the middle,
//! whichever is shorter.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use gatehouse_domain::id::{EventId, TicketId};
use uuid::Uuid;

use crate::claims::TicketClaims;
use crate::key::KeyId;
use crate::token::{Parts, header_json};

/// Slim; the two low bits say more.
const SLIM: u8 = 0x10;
/// Slim and signed with EdDSA instead of RS256.
const SLIM_EDDSA: u8 = 0x01;
/// Slim with all 16 bytes of the ticket id.
const SLIM_WHOLE_ID: u8 = 0x02;
/// Any parts, as they are.
const STORED: u8 = 0x1e;
/// Any parts, deflated with [`DICTIONARY`].
const DEFLATED: u8 = 0x1f;

/// The bytes of a slim token before the signature, at most, for fewer than 16,384 versions, a
/// beginning within two hours of the issue and an end within centuries.
pub(crate) const SLIM_LEN_LIMIT: usize = 1 + 8 + 16 + 12 + 2 + 4 + 2 + 5;

/// The most bytes that a header and a payload unpack to; no JWT within its limit has more.
const PLAIN_LIMIT: usize = 6 * 1024;

/// What deflated tokens refer back to: part of the form, so it never changes. What occurs most
/// stands last, where references are shortest.
const DICTIONARY: &[u8] = br#"{"alg":"EdDSA","kid":"@gmail.com","@outlook.com","@example.org","","attendeeEmail":"Conference GalaVIPStandardGeneral AdmissionRow Table Seat {"alg":"RS256","kid":"","typ":"ticket+jwt"}{"ticketId":"-8000-8","bookingId":"","eventId":"","eventName":"","attendeeName":"","ticketType":"","seatNumber":"","cv":1,"iat":17,"nbf":17,"exp":18}"#;

/// Packs the parts; the shortest form that fits them.
pub(crate) fn pack(parts: &Parts) -> Vec<u8> {
    pack_slim(parts).unwrap_or_else(|| pack_any(parts))
}

/// The parts that `bytes` were packed from; `None` for bytes that no packing makes.
pub(crate) fn unpack(bytes: &[u8]) -> Option<Parts> {
    let (&form, rest) = bytes.split_first()?;
    match form {
        STORED => unpack_stored(Bytes(rest)),
        DEFLATED => unpack_deflated(Bytes(rest)),
        form if form & !(SLIM_EDDSA | SLIM_WHOLE_ID) == SLIM => unpack_slim(form, Bytes(rest)),
        _ => None,
    }
}

fn pack_slim(parts: &Parts) -> Option<Vec<u8>> {
    let (eddsa, kid) = slim_header(&parts.header)?;
    let claims = TicketClaims::from_json(&parts.payload)?;
    if claims.full.is_some() || claims.to_json().as_bytes() != parts.payload {
        return None;
    }
    let issued_at = u32::try_from(claims.issued_at).ok()?;
    let not_before = claims.not_before.checked_sub(claims.issued_at)?;
    let expires_at = claims.expires_at.checked_sub(claims.issued_at)?;
    let event = claims.event.as_bytes();
    let ticket = claims.ticket.as_bytes();
    let whole = ticket[..4] != event[..4];

    let mut bytes = Vec::with_capacity(SLIM_LEN_LIMIT + 16 + parts.signature.len());
    bytes.push(SLIM | if eddsa { SLIM_EDDSA } else { 0 } | if whole { SLIM_WHOLE_ID } else { 0 });
    bytes.extend_from_slice(&kid.0);
    bytes.extend_from_slice(event);
    bytes.extend_from_slice(if whole { &ticket[..] } else { &ticket[4..] });
    push_varint(&mut bytes, claims.version.into());
    bytes.extend_from_slice(&issued_at.to_be_bytes());
    push_varint(&mut bytes, zigzag(not_before));
    push_varint(&mut bytes, zigzag(expires_at));
    bytes.extend_from_slice(&parts.signature);
    Some(bytes)
}

/// The algorithm (whether EdDSA) and the key id of a header exactly as [`header_json`] writes it.
fn slim_header(header: &[u8]) -> Option<(bool, KeyId)> {
    const KID_AT: usize = br#"{"alg":"RS256","kid":""#.len();
    let kid = std::str::from_utf8(header.get(KID_AT..KID_AT + KeyId::TEXT_LEN)?).ok()?;
    let kid: KeyId = kid.parse().ok()?;
    ["RS256", "EdDSA"]
        .into_iter()
        .find(|alg| header_json(alg, kid).as_bytes() == header)
        .map(|alg| (alg == "EdDSA", kid))
}

fn unpack_slim(form: u8, mut bytes: Bytes<'_>) -> Option<Parts> {
    let kid = KeyId(bytes.array()?);
    let event: [u8; 16] = bytes.array()?;
    let ticket = if form & SLIM_WHOLE_ID == 0 {
        let mut ticket = event;
        ticket[4..].copy_from_slice(&bytes.array::<12>()?);
        ticket
    } else {
        let ticket: [u8; 16] = bytes.array()?;
        // One token has one packing.
        if ticket[..4] == event[..4] {
            return None;
        }
        ticket
    };
    let version = u32::try_from(bytes.varint()?).ok()?;
    let issued_at = i64::from(u32::from_be_bytes(bytes.array()?));
    let not_before = issued_at.checked_add(unzigzag(bytes.varint()?))?;
    let expires_at = issued_at.checked_add(unzigzag(bytes.varint()?))?;
    let claims = TicketClaims {
        ticket: TicketId(Uuid::from_bytes(ticket)),
        version,
        event: EventId(Uuid::from_bytes(event)),
        issued_at,
        not_before,
        expires_at,
        full: None,
    };
    let alg = if form & SLIM_EDDSA == 0 {
        "RS256"
    } else {
        "EdDSA"
    };
    Some(Parts {
        header: header_json(alg, kid).into_bytes(),
        payload: claims.to_json().into_bytes(),
        signature: bytes.0.to_vec(),
    })
}

fn pack_any(parts: &Parts) -> Vec<u8> {
    let mut lengths = Vec::new();
    push_varint(&mut lengths, parts.header.len() as u64);
    push_varint(&mut lengths, parts.payload.len() as u64);
    let plain = [&parts.header[..], &parts.payload[..]].concat();
    let deflated = deflate(&plain).map(|deflated| {
        let mut body = Vec::with_capacity(deflated.len() + 2);
        push_varint(&mut body, deflated.len() as u64);
        body.extend_from_slice(&deflated);
        body
    });
    match deflated {
        Some(body) if body.len() < plain.len() => {
            [&[DEFLATED][..], &lengths, &body, &parts.signature].concat()
        }
        _ => [&[STORED][..], &lengths, &plain, &parts.signature].concat(),
    }
}

fn unpack_stored(mut bytes: Bytes<'_>) -> Option<Parts> {
    let (header_len, payload_len) = bytes.lengths()?;
    let header = bytes.take(header_len)?.to_vec();
    let payload = bytes.take(payload_len)?.to_vec();
    Some(Parts {
        header,
        payload,
        signature: bytes.0.to_vec(),
    })
}

fn unpack_deflated(mut bytes: Bytes<'_>) -> Option<Parts> {
    let (header_len, payload_len) = bytes.lengths()?;
    let deflated_len = usize::try_from(bytes.varint()?).ok()?;
    let mut header = inflate(bytes.take(deflated_len)?, header_len + payload_len)?;
    let payload = header.split_off(header_len);
    Some(Parts {
        header,
        payload,
        signature: bytes.0.to_vec(),
    })
}

fn deflate(plain: &[u8]) -> Option<Vec<u8>> {
    let mut compress = Compress::new(Compression::best(), false);
    compress.set_dictionary(DICTIONARY).ok()?;
    let mut deflated = Vec::with_capacity(plain.len() + 64);
    match compress.compress_vec(plain, &mut deflated, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => Some(deflated),
        _ => None,
    }
}

/// The `len` bytes that `deflated` unpacks to, no more and no fewer.
fn inflate(deflated: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut decompress = Decompress::new(false);
    decompress.set_dictionary(DICTIONARY).ok()?;
    // One byte of room more than asked for: without it a stream that goes on can't be told from
    // one that ends. The output never grows beyond this room.
    let mut plain = Vec::with_capacity(len + 1);
    let status = decompress
        .decompress_vec(deflated, &mut plain, FlushDecompress::Finish)
        .ok()?;
    let whole = decompress.total_in() == deflated.len() as u64 && plain.len() == len;
    (status == Status::StreamEnd && whole).then_some(plain)
}

/// Bytes being read from the front.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// A number in groups of 7 bits, lowest first, in its shortest form.
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            let group = u64::from(byte & 0x7f);
            if shift == 63 && group > 1 {
                return None;
            }
            value |= group << shift;
            if byte & 0x80 == 0 {
                return (byte != 0 || shift == 0).then_some(value);
            }
        }
        None
    }

    /// The lengths of a header and a payload, together within [`PLAIN_LIMIT`].
    fn lengths(&mut self) -> Option<(usize, usize)> {
        let header = usize::try_from(self.varint()?).ok()?;
        let payload = usize::try_from(self.varint()?).ok()?;
        (header.checked_add(payload)? <= PLAIN_LIMIT).then_some((header, payload))
    }
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Small numbers of either sign as small numbers.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(value: u64, signed: i64) {
            let mut bytes = Vec::new();
            push_varint(&mut bytes, value);
            let mut rest = Bytes(&bytes);
            prop_assert_eq!(rest.varint(), Some(value));
            prop_assert!(rest.0.is_empty());
            prop_assert_eq!(unzigzag(zigzag(signed)), signed);
        }
    }

    #[test]
    fn longer_spellings_of_a_number_are_refused() {
        for bytes in [
            &[0x80, 0x00][..],
            &[0x81, 0x80, 0x00],
            &[0xff; 9],
            &[0xff; 10],
            &[],
        ] {
            assert_eq!(Bytes(bytes).varint(), None, "{bytes:02x?}");
        }
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(Bytes(&most).varint(), Some(u64::MAX));
    }

    #[test]
    fn a_small_body_can_not_unpack_to_more_than_it_declares() {
        let zeros = deflate(&[0; 4000]).unwrap();
        assert_eq!(inflate(&zeros, 4000).map(|plain| plain.len()), Some(4000));
        for len in [0, 1, 3999, 4001, 6000] {
            assert_eq!(inflate(&zeros, len), None, "{len}");
        }
        let mut trailing = zeros.clone();
        trailing.push(0);
        assert_eq!(inflate(&trailing, 4000), None);
        assert_eq!(inflate(&zeros[..zeros.len() - 1], 4000), None);
    }
}
