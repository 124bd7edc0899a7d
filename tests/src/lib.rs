//! Story tests live in `stories/`.
