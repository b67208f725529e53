//! Countries: reference data.

use super::prelude::*;

impl CountryApi for App {
    fn list_countries(&self, _: &Cx, tx: &mut Read, query: ListCountriesQuery) -> Result<Page<Country>> {
        tx.list(&query)
    }

    fn get_country(&self, _: &Cx, tx: &mut Read, path: GetCountryPath) -> Result<Country> {
        tx.get(&path.alpha2)
    }
}
