//! Gatehouse testkit.
