//! The relay of the sealed audit trail to DynamoDB: in builds with the feature `dynamodb`. In others nothing is shipped, and a
//! configuration that asks for it stops the start.

#[cfg(feature = "dynamodb")]
mod items;
#[cfg(not(feature = "dynamodb"))]
mod none;
#[cfg(feature = "dynamodb")]
mod shipping;
#[cfg(feature = "dynamodb")]
mod trail;

#[cfg(not(feature = "dynamodb"))]
pub use none::Relay;
#[cfg(feature = "dynamodb")]
pub use shipping::Relay;
