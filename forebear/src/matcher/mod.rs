//! The matcher of patterns that goes into the generated models. It is code of this crate first, so that it can be tested here against
//! the engine that it stands in for.

#[allow(dead_code)]
mod pattern;
#[cfg(test)]
mod tests;

/// What is written into the models.
pub(crate) const SOURCE: &str = include_str!("pattern.rs");
