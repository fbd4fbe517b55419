//! The use cases of notes.
