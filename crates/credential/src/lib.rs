//! Gatehouse credential.
