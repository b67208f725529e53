//! Partner locations: only those that the user belongs to.

use super::prelude::*;

impl LocationApi for App {
    fn list_locations(&self, cx: &Cx<WithUser>, tx: &mut Read, query: ListLocationsQuery) -> Result<Page<Location>> {
        let own = access::own_locations(cx.user(), None);
        tx.list_within(&query, Test::In("id"), &own)
    }

    fn get_location(&self, cx: &Cx<WithUser>, tx: &mut Read, path: GetLocationPath) -> Result<Location> {
        let own = access::own_locations(cx.user(), None);
        let row: Location = tx.get(&path.id)?;
        access::require(&own, &row.id, None)?;
        Ok(row)
    }
}
