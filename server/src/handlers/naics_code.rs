//! NAICS codes: reference data, with three sectors that span two or three codes.

use super::prelude::*;
use crate::rules::naics;

impl NaicsCodeApi for App {
    fn list_naics_codes(&self, _: &Cx, tx: &mut Read, query: ListNaicsCodesQuery) -> Result<Page<NaicsCode>> {
        tx.list(&query)
    }

    fn get_naics_code(&self, _: &Cx, tx: &mut Read, path: GetNaicsCodePath) -> Result<NaicsCode> {
        tx.get(naics::resolve(&path.code))
    }
}
