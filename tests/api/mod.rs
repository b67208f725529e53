mod client;
mod errors;
mod import;
mod lists;
pub mod payoff;
mod people;
mod reference;
mod resource;
mod strict;
