//! What a proof of the generated types needs: instances of every schema, a judge that is not ours, and equality of values.
//!
//! Comparing documents alone is a tautology, since one generator writes both sides. Here an independent validator says which JSON
//! a schema takes, and the generated types have to agree with it. Fuzzing with random JSON lost: almost none of it gets past the
//! first brace, so instances are made from the schema, and mutants break one constraint each.

pub(crate) mod formats;
pub mod instances;
pub mod oracle;
pub mod same;
mod shape;
mod translate;

pub(crate) use oracle::Direction;
pub(crate) use shape::{Shape, Union, World};
