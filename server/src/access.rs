//! Which locations a user may see: those of the user's memberships, narrowed to the token's location if it names one.

use crate::{
    auth::{Location, User},
    error::{Error, Result},
    store::Read,
};
use forebear_runtime::Place;
use generated_server::models;

/// Ids of the locations that the caller may see.
///
/// # Errors
/// [`Error::UnknownUser`] for a user who is not known or not active, [`Error::ForeignLocation`] when the token names a location
/// that is not the user's own.
pub fn own_locations(tx: &mut Read, user: &User, location: Option<&Location>) -> Result<Vec<String>> {
    let row: models::User = tx.find(&user.id)?.ok_or(Error::UnknownUser)?;
    if row.status != models::UserStatus::Active {
        return Err(Error::UnknownUser);
    }
    let own: Vec<String> = row.memberships.iter().map(|m| m.location_id.to_string()).collect();
    match location {
        None => Ok(own),
        Some(Location(id)) if own.contains(id) => Ok(vec![id.clone()]),
        Some(_) => Err(Error::ForeignLocation { at: None }),
    }
}

/// Refuses a location that is not among the caller's own.
///
/// # Errors
/// [`Error::ForeignLocation`] at `place`.
pub fn require(own: &[String], location: &str, place: Option<Place>) -> Result<()> {
    if own.iter().any(|id| id == location) { Ok(()) } else { Err(Error::ForeignLocation { at: place }) }
}

/// Refuses a `location-id` filter that names a location outside the caller's own.
///
/// # Errors
/// [`Error::ForeignLocation`] at the parameter.
pub fn require_filter(own: &[String], filter: Option<&models::LocationIdFilter>) -> Result<()> {
    let place = || Some(Place::Parameter("location-id".into()));
    filter.into_iter().flat_map(|f| f.iter()).try_for_each(|id| require(own, id, place()))
}
