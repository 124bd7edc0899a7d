//! The recovery kit: what it takes to restore a workspace's keys on another machine.
//!
//! A text file holds the workspace root key and the master key, encrypted under a recovery code
//! that is printed or written down and kept elsewhere. The file without the code is worth
//! nothing, and so is the code without the file.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatehouse_domain::id::WorkspaceId;
use zeroize::Zeroizing;

use crate::key::{KeyId, SigningKey};
use crate::seal;
use crate::vault::Vault;

/// The first line of every kit.
const TITLE: &str = "GATEHOUSE RECOVERY KIT 1";

/// The longest kit that is read, in bytes; a kit takes about 600.
const TEXT_LIMIT: usize = 16 * 1024;

const CONTEXT: &[u8] = b"gatehouse/recovery-kit/v1";

/// Why a kit or a code does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// The text is no recovery kit.
    #[error("this is no recovery kit")]
    NotAKit,
    /// The kit was written by a newer version.
    #[error("this recovery kit is of a newer version")]
    Newer,
    /// The kit's text was changed or cut: its checksum does not match.
    #[error("the recovery kit is damaged: its checksum does not match")]
    Damaged,
    /// The code has a typing error: its own check does not match.
    #[error("the recovery code has a typing error")]
    CodeMistyped,
    /// The code is well-formed but belongs to another kit.
    #[error("the recovery code does not belong to this kit")]
    WrongCode,
}

/// A recovery code: 120 random bits and 20 bits of check, 28 characters in seven groups, in
/// Crockford's base 32 (no I, L, O, U). Wiped when dropped.
pub struct RecoveryCode(Zeroizing<[u8; CODE_BYTES]>);

const CODE_BYTES: usize = 15;
const CODE_CHARS: usize = 24;
const CHECK_CHARS: usize = 4;
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl RecoveryCode {
    fn draw() -> Self {
        let mut bytes = Zeroizing::new([0; CODE_BYTES]);
        seal::fill(&mut *bytes);
        Self(bytes)
    }

    /// The code as a person reads it: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(34));
        let digits = self.digits();
        for (i, digit) in digits.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(CROCKFORD[usize::from(*digit)]));
        }
        text
    }

    /// The 5-bit digits of the code, then those of its check.
    fn digits(&self) -> Zeroizing<[u8; CODE_CHARS + CHECK_CHARS]> {
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(b"gatehouse/recovery-code/v1");
        hash.update(&*self.0);
        let hash = hash.finish();
        let mut digits = Zeroizing::new([0; CODE_CHARS + CHECK_CHARS]);
        let (code, check) = digits.split_at_mut(CODE_CHARS);
        for (digits, bytes) in [(code, &self.0[..]), (check, hash.as_ref())] {
            for (i, digit) in digits.iter_mut().enumerate() {
                let at = i * 5;
                let pair = u16::from(bytes[at / 8]) << 8
                    | u16::from(bytes.get(at / 8 + 1).copied().unwrap_or(0));
                *digit = (pair >> (11 - at % 8)) as u8 & 0x1f;
            }
        }
        digits
    }
}

impl FromStr for RecoveryCode {
    type Err = RecoveryError;

    /// Reads a code as a person types it: in either case, with or without hyphens and blanks,
    /// O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, RecoveryError> {
        let mut typed = Zeroizing::new(Vec::with_capacity(CODE_CHARS + CHECK_CHARS));
        for c in text
            .chars()
            .filter(|c| !matches!(c, '-' | '\u{2010}'..='\u{2014}') && !c.is_whitespace())
        {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            let digit = CROCKFORD.iter().position(|known| char::from(*known) == c);
            typed.push(digit.ok_or(RecoveryError::CodeMistyped)? as u8);
            if typed.len() > CODE_CHARS + CHECK_CHARS {
                return Err(RecoveryError::CodeMistyped);
            }
        }
        if typed.len() != CODE_CHARS + CHECK_CHARS {
            return Err(RecoveryError::CodeMistyped);
        }
        let mut bytes = Zeroizing::new([0; CODE_BYTES]);
        for (bytes, digits) in bytes.chunks_exact_mut(5).zip(typed.chunks_exact(8)) {
            let bits = digits
                .iter()
                .fold(0_u64, |bits, digit| bits << 5 | u64::from(*digit));
            bytes.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        let code = Self(bytes);
        if code.digits()[..] == typed[..] {
            Ok(code)
        } else {
            Err(RecoveryError::CodeMistyped)
        }
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(secret)")
    }
}

/// What a kit restores.
#[derive(Debug)]
pub struct Recovered {
    /// The workspace root key.
    pub root: SigningKey,
    /// The vault with the workspace's master key; lock it anew with [`Vault::rewrap`].
    pub vault: Vault,
}

/// A recovery kit: a workspace's root key and master key under a recovery code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryKit {
    workspace: WorkspaceId,
    root: KeyId,
    made_at: i64,
    salt: [u8; 16],
    sealed: Vec<u8>,
}

impl RecoveryKit {
    /// Makes a kit and its code. `made_at` is in seconds since 1970. The code is shown once and
    /// stored nowhere.
    #[must_use]
    pub fn create(
        workspace: WorkspaceId,
        root: &SigningKey,
        vault: &Vault,
        made_at: i64,
    ) -> (Self, RecoveryCode) {
        let code = RecoveryCode::draw();
        let mut salt = [0; 16];
        seal::fill(&mut salt);
        let mut kit = Self {
            workspace,
            root: root.id(),
            made_at,
            salt,
            sealed: Vec::new(),
        };
        let pkcs8 = root.to_pkcs8();
        let mut plain = Zeroizing::new(Vec::with_capacity(32 + pkcs8.len()));
        plain.extend_from_slice(&**vault.master());
        plain.extend_from_slice(&pkcs8);
        kit.sealed = seal::seal(&kit.key(&code), kit.head().as_bytes(), &plain);
        (kit, code)
    }

    /// The workspace that the kit restores.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// The id of the root key that the kit restores.
    #[must_use]
    pub fn root(&self) -> KeyId {
        self.root
    }

    /// When the kit was made, in seconds since 1970.
    #[must_use]
    pub fn made_at(&self) -> i64 {
        self.made_at
    }

    /// Writes the kit as text: ASCII, lines of at most 64 characters, LF.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = self.head();
        text.push_str("Keys:\n");
        let body = URL_SAFE_NO_PAD.encode(&self.sealed);
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        let sum = checksum(&text);
        text.push_str(&format!("Checksum: {sum}\n"));
        text
    }

    /// Reads a kit. Line ends and blanks at the end of lines don't matter.
    ///
    /// # Errors
    /// [`RecoveryError`] says whether the text is no kit, a newer one or a damaged one.
    pub fn from_text(text: &str) -> Result<Self, RecoveryError> {
        if text.len() > TEXT_LIMIT {
            return Err(RecoveryError::NotAKit);
        }
        let lines: Vec<&str> = text
            .trim_start_matches('\u{feff}')
            .lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .collect();
        match lines.first() {
            Some(&TITLE) => {}
            Some(line) if line.starts_with("GATEHOUSE RECOVERY KIT ") => {
                return Err(RecoveryError::Newer);
            }
            _ => return Err(RecoveryError::NotAKit),
        }
        let (sum, body) = lines.split_last().ok_or(RecoveryError::NotAKit)?;
        let sum = sum
            .strip_prefix("Checksum: ")
            .ok_or(RecoveryError::Damaged)?;
        let covered = body
            .iter()
            .fold(String::new(), |text, line| text + line + "\n");
        if checksum(&covered) != sum {
            return Err(RecoveryError::Damaged);
        }
        Self::from_lines(body).ok_or(RecoveryError::Damaged)
    }

    fn from_lines(lines: &[&str]) -> Option<Self> {
        let field = |name: &str| {
            lines
                .iter()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        let keys = lines.iter().position(|line| *line == "Keys:")?;
        Some(Self {
            workspace: field("Workspace")?.parse().ok()?,
            root: field("Root key")?.parse().ok()?,
            made_at: field("Made at")?.parse().ok()?,
            salt: URL_SAFE_NO_PAD
                .decode(field("Salt")?)
                .ok()?
                .try_into()
                .ok()?,
            sealed: URL_SAFE_NO_PAD.decode(lines[keys + 1..].concat()).ok()?,
        })
    }

    /// Opens the kit with its code.
    ///
    /// # Errors
    /// [`RecoveryError::WrongCode`] for the code of another kit.
    pub fn open(&self, code: &RecoveryCode) -> Result<Recovered, RecoveryError> {
        let plain = seal::open(&self.key(code), self.head().as_bytes(), &self.sealed)
            .ok_or(RecoveryError::WrongCode)?;
        let (master, pkcs8) = plain.split_at_checked(32).ok_or(RecoveryError::Damaged)?;
        let mut secret = Zeroizing::new([0; 32]);
        secret.copy_from_slice(master);
        let root = SigningKey::from_pkcs8(pkcs8).map_err(|_| RecoveryError::Damaged)?;
        if root.id() != self.root {
            return Err(RecoveryError::Damaged);
        }
        Ok(Recovered {
            root,
            vault: Vault::from_master(secret),
        })
    }

    /// The lines before the keys; sealed along with them, so that they can't be exchanged.
    fn head(&self) -> String {
        format!(
            "{TITLE}\n\
             Opens with the recovery code that was made with it.\n\
             Workspace: {}\nRoot key: {}\nMade at: {}\nSalt: {}\n",
            self.workspace,
            self.root,
            self.made_at,
            URL_SAFE_NO_PAD.encode(self.salt),
        )
    }

    // 120 random bits can't be guessed at any speed, so the derivation need not be slow.
    fn key(&self, code: &RecoveryCode) -> seal::Secret {
        seal::derive(&self.salt, &*code.0, CONTEXT)
    }
}

/// The first 16 hex digits of the text's SHA-256.
fn checksum(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hash.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
