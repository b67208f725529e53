//! What every file of handlers uses.

#![allow(unused_imports, reason = "not every document needs all of it")]

pub use crate::platform::{App, not_implemented};
pub use forebear_runtime as rt;
pub use generated_server::{handlers, models, op};
