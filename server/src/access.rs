//! Which locations a user may see: those of the user's memberships, narrowed to the token's location if it names one; and at which of
//! them the user may change anything.

use crate::{
    auth::{Location, User},
    error::{Error, Result},
    store::Read,
};
use forebear_runtime::{Place, store::Cells};
use generated_server::models::{self, Membership};

/// The memberships of a user.
///
/// # Errors
/// [`Error::UnknownUser`] for a user who is not known or not active.
pub fn memberships(tx: &mut Read, user: &str) -> Result<Vec<Membership>> {
    let members = |cells: &Cells<'_>| Ok((cells.text(0)?, cells.json::<Vec<Membership>>(1)?));
    match tx.find_members::<models::User, _>(user, &["/status", "/memberships"], members)? {
        Some((models::UserStatus::Active, memberships)) => Ok(memberships),
        _ => Err(Error::UnknownUser),
    }
}

/// Ids of the locations that the caller may see.
#[must_use]
pub fn own_locations<'a>(user: &'a User, location: Option<&'a Location>) -> Vec<&'a str> {
    match location {
        Some(Location(id)) => vec![id],
        None => user.memberships.iter().map(|m| m.location_id.as_str()).collect(),
    }
}

/// Refuses a location that is not among the caller's own.
///
/// # Errors
/// [`Error::ForeignLocation`] at `place`.
pub fn require(own: &[&str], location: &str, place: Option<Place>) -> Result<()> {
    if own.contains(&location) { Ok(()) } else { Err(Error::ForeignLocation { at: place }) }
}

/// Refuses a change at a location that is not among the caller's own, or at which the user only reads.
///
/// # Errors
/// [`Error::ForeignLocation`] and [`Error::Viewer`] at `place`.
pub fn require_change(user: &User, own: &[&str], location: &str, place: Option<Place>) -> Result<()> {
    require(own, location, place.clone())?;
    if user.changes_at(location) { Ok(()) } else { Err(Error::Viewer { at: place }) }
}

/// Refuses a `location-id` filter that names a location outside the caller's own.
///
/// # Errors
/// [`Error::ForeignLocation`] at the parameter.
pub fn require_filter(own: &[&str], filter: Option<&models::LocationIdFilter>) -> Result<()> {
    let place = || Some(Place::Parameter("location-id".into()));
    filter.into_iter().flat_map(|f| f.iter()).try_for_each(|id| require(own, id, place()))
}
