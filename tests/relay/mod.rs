//! The copy of the audit trail in DynamoDB: the real server and the real SDK, against an emulator that may be killed.

/// moto in a process of its own.
#[cfg(feature = "dynamodb")]
mod emulator;
/// What is other than it was sealed or shipped.
#[cfg(feature = "dynamodb")]
mod forgeries;
/// The emulator or the server is killed, or hangs.
#[cfg(feature = "dynamodb")]
mod outages;
/// Settings, with and without the feature.
mod settings;
/// What is shipped, and what readiness says meanwhile.
#[cfg(feature = "dynamodb")]
mod shipping;
/// A server's folder, its trail and its table.
#[cfg(feature = "dynamodb")]
mod site;
