//! Gatehouse store.
