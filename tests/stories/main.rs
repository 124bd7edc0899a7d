//! Stories: what people do with Gatehouse, end to end.
