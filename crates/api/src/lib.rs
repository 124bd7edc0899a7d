//! Gatehouse api.
