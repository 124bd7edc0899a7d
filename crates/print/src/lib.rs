//! Gatehouse print.
