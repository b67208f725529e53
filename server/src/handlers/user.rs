//! Users: those who share a location with the caller.

use super::prelude::*;

/// Side table that leads from a location to its users.
const BY_LOCATION: Test = Test::Side("user_account_memberships_location_id");

impl UserApi for App {
    fn list_users(&self, cx: &Cx<WithUser>, tx: &mut Read, mut query: ListUsersQuery) -> Result<Page<User>> {
        let own = access::own_locations(cx.user(), None);
        access::require_filter(&own, query.location_id.as_ref())?;
        query.email = query.email.map(in_lower_case);
        tx.list_within(&query, BY_LOCATION, &own)
    }

    fn get_user(&self, cx: &Cx<WithUser>, tx: &mut Read, path: GetUserPath) -> Result<User> {
        let own = access::own_locations(cx.user(), None);
        let row: User = tx.get(&path.id)?;
        let shared = row.memberships.iter().any(|m| own.contains(&m.location_id.as_str()));
        if shared || *row.id == cx.user().id { Ok(row) } else { Err(Error::ForeignLocation { at: None }) }
    }
}

/// Addresses are stored in lower case.
fn in_lower_case(filter: EmailFilter) -> EmailFilter {
    let lower = |email: Email| email.to_lowercase().parse().unwrap_or(email);
    EmailFilter(filter.0.into_iter().map(lower).collect())
}
