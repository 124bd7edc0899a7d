//! Credentials of devices: JWTs (RFC 7519), HS256 with a secret of the workspace's home, which
//! alone reads them. They are neither tickets nor anybody's access: their `typ`, `aud` and key are
//! their own.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::shared_secret::{Claims, SharedSecret};

/// What a credential says that it is, as the scanning API writes it.
const KIND: &str = "scanner_credential";

/// What a device's credential says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceClaims {
    /// The device.
    pub scanner_id: Uuid,
    /// Its name when the credential was made.
    pub scanner_name: String,
    /// Always `scanner_credential`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Counts the device's credentials from 1; a later one replaces those before it.
    pub credential: u32,
    /// When it was made, seconds since 1970.
    pub iat: i64,
    /// When it ends, seconds since 1970.
    pub exp: i64,
    /// Always the home.
    pub aud: String,
}

impl Claims for DeviceClaims {
    const TYPE: &'static str = "gatehouse-device+jwt";
    const AUDIENCE: &'static str = "gatehouse-home";
    // The home alone makes and reads them, and its clock may be set back while devices have theirs.
    const AHEAD: Option<i64> = None;

    fn times(&self) -> (i64, i64) {
        (self.iat, self.exp)
    }
}

/// The secret that makes and checks credentials of devices.
pub struct DeviceKey(SharedSecret);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceKey").finish_non_exhaustive()
    }
}

impl DeviceKey {
    /// The key of a secret.
    #[must_use]
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(SharedSecret::new(secret))
    }

    /// A device's credential, from `now` on for `seconds` (seconds since 1970); none where it
    /// can't be signed.
    #[must_use]
    pub fn issue(
        &self,
        device: Uuid,
        name: &str,
        credential: u32,
        now: i64,
        seconds: i64,
    ) -> Option<String> {
        let claims = DeviceClaims {
            scanner_id: device,
            scanner_name: name.to_owned(),
            kind: KIND.to_owned(),
            credential,
            iat: now,
            exp: now + seconds,
            aud: DeviceClaims::AUDIENCE.to_owned(),
        };
        self.0.sign(&claims)
    }

    /// What a credential says, when this key made it and it is good at `now` (seconds since 1970).
    #[must_use]
    pub fn verify(&self, token: &str, now: i64) -> Option<DeviceClaims> {
        let claims: DeviceClaims = self.0.verify(token, now)?;
        (claims.kind == KIND).then_some(claims)
    }

    /// What a credential says, when this key made it, also where it is over: whose scans of before
    /// that are.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<DeviceClaims> {
        let claims: DeviceClaims = self.0.read(token)?;
        (claims.kind == KIND).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::AccessKey;

    #[test]
    fn a_credential_is_good_for_its_time_and_its_key_alone() {
        let key = DeviceKey::from_secret(&[7; 32]);
        let device = Uuid::from_u128(5);
        let token = key.issue(device, "Gate B", 2, 1_000, 60).expect("a token");
        let claims = key.verify(&token, 1_000).expect("good claims");
        assert_eq!((claims.scanner_id, claims.credential), (device, 2));
        assert_eq!(key.verify(&token, 1_060), None, "over");
        assert_eq!(key.read(&token), Some(claims), "over, and still its own");
        let back = key.verify(&token, 1_000 - 3_600);
        assert!(back.is_some(), "the home's clock was set back");
        let other = DeviceKey::from_secret(&[8; 32]);
        assert_eq!(other.verify(&token, 1_000), None, "another workspace");
        assert_eq!(other.read(&token), None, "another workspace");
        // Neither stands for the other, even where the secrets were the same.
        let access = AccessKey::from_secret(&[7; 32]);
        assert!(access.verify(&token, 1_000).is_none());
        let signed_in = access.issue(device, device, 1_000, 60).expect("a token");
        assert_eq!(key.verify(&signed_in, 1_000), None);
        assert_eq!(key.read(&signed_in), None);
        for cut in 1..token.len() {
            assert_eq!(key.verify(&token[..cut], 1_000), None);
            assert_eq!(key.read(&token[..cut]), None);
        }
    }
}
