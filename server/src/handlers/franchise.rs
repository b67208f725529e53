//! Franchises: reference data, imported from the directory.

use super::prelude::*;

impl FranchiseApi for App {
    fn list_franchises(&self, _: &Cx, tx: &mut Read, query: ListFranchisesQuery) -> Result<Page<Franchise>> {
        tx.list(&query)
    }

    fn get_franchise(&self, _: &Cx, tx: &mut Read, path: GetFranchisePath) -> Result<Franchise> {
        tx.get(&path.id)
    }
}
