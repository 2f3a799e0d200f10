//! Stage 9: mentions to canonical entities.
