//! Holidays: reference data, computed once from the statute and stored.

use super::prelude::*;

impl HolidayApi for App {
    fn list_holidays(&self, _: &Cx, tx: &mut Read, query: ListHolidaysQuery) -> Result<Page<Holiday>> {
        tx.list(&query)
    }

    fn get_holiday(&self, _: &Cx, tx: &mut Read, path: GetHolidayPath) -> Result<Holiday> {
        tx.get(&path.id)
    }
}
