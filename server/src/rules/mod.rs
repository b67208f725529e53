//! The business rules, kept apart from HTTP and storage so that each one can
//! be read beside the law it comes from and tested without a server.
//!
//! Everything below is pure: no I/O, no clock (callers pass the time in), no
//! global state beyond a cache of computed closures.

pub mod business_day;
pub mod holiday;
pub mod money;
pub mod naics;
pub mod payoff;
pub mod quote;
