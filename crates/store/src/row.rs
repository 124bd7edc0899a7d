//! Values as they stand in a row.

use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::Type;
use uuid::Uuid;

use crate::error::StoreError;

/// Reads a 16-byte id.
pub(crate) fn id<T: From<Uuid>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    Ok(T::from(Uuid::from_bytes(row.get(column)?)))
}

/// Reads a 16-byte id that may be absent.
pub(crate) fn optional_id<T: From<Uuid>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    Ok(row
        .get::<_, Option<[u8; 16]>>(column)?
        .map(|bytes| T::from(Uuid::from_bytes(bytes))))
}

/// Reads a word of a closed set, or anything else that is stored as its text.
pub(crate) fn word<W>(row: &Row<'_>, column: usize) -> rusqlite::Result<W>
where
    W: FromStr,
    W::Err: std::error::Error + Send + Sync + 'static,
{
    let text = row.get_ref(column)?.as_str()?;
    text.parse()
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

/// Reads a value stored as JSON.
pub(crate) fn json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

/// Reads a value stored as JSON that may be absent.
pub(crate) fn optional_json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => json(row, column).map(Some),
    }
}

/// Reads what is stored as its text and may be absent.
pub(crate) fn optional_word<W>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<W>>
where
    W: FromStr,
    W::Err: std::error::Error + Send + Sync + 'static,
{
    match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => word(row, column).map(Some),
    }
}

/// Writes a value as JSON.
pub(crate) fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Value(e.to_string()))
}

/// Writes a value that may be absent as JSON.
pub(crate) fn to_optional_json<T: serde::Serialize>(
    value: Option<&T>,
) -> Result<Option<String>, StoreError> {
    value.map(to_json).transpose()
}
