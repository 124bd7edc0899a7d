//! Gatehouse sheet.
