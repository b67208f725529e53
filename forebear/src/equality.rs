//! Equality of two documents.
