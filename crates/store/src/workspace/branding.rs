//! How the workspace presents itself.

use gatehouse_domain::branding::Branding;
use rusqlite::{Connection, OptionalExtension, params};

use super::WorkspaceFile;
use super::accounts::{WorkspaceEdit, insert_edit};
use crate::error::StoreError;

/// The workspace's branding, with its files.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct BrandingRow {
    /// What a person set.
    pub settings: Branding,
    /// The logo's bytes and media type.
    pub logo: Option<(Vec<u8>, String)>,
    /// The own font's bytes and family name.
    pub own_font: Option<(Vec<u8>, String)>,
}

impl std::fmt::Debug for BrandingRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BrandingRow")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl WorkspaceFile {
    /// The branding; the usual one while nothing was set.
    pub fn branding(&self) -> Result<BrandingRow, StoreError> {
        read(&self.conn())
    }

    /// The branding without its files, and the length of its logo where it has one.
    pub fn branding_face(&self) -> Result<(Branding, Option<u64>), StoreError> {
        let found: Option<(String, Option<i64>)> = self
            .conn()
            .prepare_cached("SELECT settings, length(logo) FROM branding")?
            .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let Some((settings, logo)) = found else {
            return Ok((Branding::default(), None));
        };
        Ok((read_settings(&settings)?, logo.map(i64::unsigned_abs)))
    }

    /// Changes the branding as `change` says of the one that is there, and notes who did it.
    pub fn change_branding<E: From<StoreError>>(
        &self,
        edit: &WorkspaceEdit,
        change: impl FnOnce(&mut BrandingRow) -> Result<(), E>,
    ) -> Result<BrandingRow, E> {
        let mut conn = self.conn();
        let tx = conn
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let mut row = read(&tx)?;
        change(&mut row)?;
        write(&tx, &row)?;
        insert_edit(&tx, edit)?;
        tx.commit().map_err(StoreError::from)?;
        Ok(row)
    }
}

fn read(conn: &Connection) -> Result<BrandingRow, StoreError> {
    let found = conn
        .query_row(
            "SELECT settings, logo, logo_type, own_font, own_font_name FROM branding",
            [],
            |r| {
                let pair = |bytes: Option<Vec<u8>>, name: Option<String>| bytes.zip(name);
                Ok((
                    r.get::<_, String>(0)?,
                    pair(r.get(1)?, r.get(2)?),
                    pair(r.get(3)?, r.get(4)?),
                ))
            },
        )
        .optional()?;
    let Some((settings, logo, own_font)) = found else {
        return Ok(BrandingRow::default());
    };
    Ok(BrandingRow {
        settings: read_settings(&settings)?,
        logo,
        own_font,
    })
}

fn read_settings(text: &str) -> Result<Branding, StoreError> {
    serde_json::from_str(text)
        .map_err(|e| StoreError::Value(format!("the branding is unreadable: {e}")))
}

fn write(conn: &Connection, row: &BrandingRow) -> Result<(), StoreError> {
    let settings = serde_json::to_string(&row.settings)
        .map_err(|e| StoreError::Value(format!("the branding is unwritable: {e}")))?;
    let parts = |pair: &'_ Option<(Vec<u8>, String)>| pair.clone().unzip();
    let (logo, logo_type): (Option<Vec<u8>>, Option<String>) = parts(&row.logo);
    let (font, font_name): (Option<Vec<u8>>, Option<String>) = parts(&row.own_font);
    conn.execute(
        "INSERT INTO branding (one, settings, logo, logo_type, own_font, own_font_name)
         VALUES (1, ?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (one) DO UPDATE SET settings = excluded.settings, logo = excluded.logo,
           logo_type = excluded.logo_type, own_font = excluded.own_font,
           own_font_name = excluded.own_font_name",
        params![settings, logo, logo_type, font, font_name],
    )?;
    Ok(())
}
