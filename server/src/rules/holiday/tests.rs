//! Checks of the closures against dates that are known from the published
//! calendars, and of what must hold for every row.

use super::{Calendar, FIRST_YEAR, Holiday, LAST_YEAR, Scope, all, in_year};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::HashSet;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn rows(day: &str, calendar: Calendar) -> Vec<Holiday> {
    let day = date(day);
    let mut rows = in_year(day.year());
    rows.retain(|holiday| holiday.date == day && holiday.calendar == calendar);
    rows
}

fn names(day: &str, calendar: Calendar) -> Vec<&'static str> {
    rows(day, calendar).iter().map(|row| row.name).collect()
}

fn count(year: i32, calendar: Calendar, scope: Scope) -> usize {
    let rows = in_year(year);
    let matches = |row: &&Holiday| row.calendar == calendar && row.scope == scope;
    rows.iter().filter(matches).count()
}

#[test]
fn a_saturday_new_year_closes_the_friday_before_on_the_federal_calendar_only() {
    let federal = rows("2021-12-31", Calendar::Federal);
    assert_eq!(federal.len(), 1);
    assert_eq!(federal[0].id(), "2021-12-31-federal-new-years-day");
    assert_eq!(federal[0].actual_date, date("2022-01-01"));
    assert_eq!(federal[0].year(), 2021);
    assert!(federal[0].observed());
    assert!(rows("2021-12-31", Calendar::FederalReserve).is_empty());
    assert!(rows("2022-01-01", Calendar::Federal).is_empty());
}

#[test]
fn the_federal_reserve_keeps_a_saturday() {
    let reserve = rows("2022-01-01", Calendar::FederalReserve);
    assert_eq!(reserve.len(), 1);
    assert!(!reserve[0].observed());
    assert_eq!(reserve[0].id(), "2022-01-01-federal-reserve-new-years-day");
}

#[test]
fn a_sunday_closes_the_monday_after_on_both_calendars() {
    for calendar in [Calendar::Federal, Calendar::FederalReserve] {
        assert_eq!(names("2023-01-02", calendar), ["New Year's Day"]);
        assert_eq!(names("2021-07-05", calendar), ["Independence Day"]);
        assert!(rows("2021-07-04", calendar).is_empty());
    }
}

#[test]
fn veterans_day_was_in_october_until_1977() {
    for calendar in [Calendar::Federal, Calendar::FederalReserve] {
        assert_eq!(names("1975-10-27", calendar), ["Veterans Day"]);
        assert!(rows("1975-11-11", calendar).is_empty());
        assert_eq!(names("1977-10-24", calendar), ["Veterans Day"]);
    }
    assert_eq!(names("1978-11-10", Calendar::Federal), ["Veterans Day"]);
    assert_eq!(names("1978-11-11", Calendar::FederalReserve), ["Veterans Day"]);
}

#[test]
fn juneteenth_starts_in_2021_for_offices_and_in_2022_for_the_banks() {
    let slug = "juneteenth-national-independence-day";
    let rows = in_year(2021);
    let rows: Vec<_> = rows.iter().filter(|row| row.slug == slug).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].date, date("2021-06-18"));
    assert_eq!(rows[0].date.weekday(), Weekday::Fri);
    assert_eq!(rows[0].calendar, Calendar::Federal);
    for calendar in [Calendar::Federal, Calendar::FederalReserve] {
        assert_eq!(names("2022-06-20", calendar).len(), 1);
    }
}

#[test]
fn memorial_day_is_the_last_monday_of_a_may_with_four_or_five() {
    for day in ["2021-05-31", "2022-05-30", "2025-05-26"] {
        assert_eq!(names(day, Calendar::Federal), ["Memorial Day"]);
    }
    let memorial = |row: &&Holiday| row.slug == "memorial-day";
    assert_eq!(in_year(2021).iter().filter(memorial).count(), 2);
}

#[test]
fn martin_luther_king_starts_in_1986() {
    let has = |year| in_year(year).iter().any(|row| row.name.contains("King"));
    assert!(!has(1985));
    assert!(has(1986));
}

#[test]
fn inauguration_day_moves_off_a_sunday_and_stays_on_a_saturday() {
    let find = |year| in_year(year).into_iter().find(|row| row.scope == Scope::DcArea);
    let sunday = find(2013).expect("2013 had an inauguration");
    assert_eq!(sunday.date, date("2013-01-21"));
    assert_eq!(sunday.actual_date, date("2013-01-20"));
    assert_eq!(sunday.calendar, Calendar::Federal);
    let saturday = find(2029).expect("2029 has an inauguration");
    assert_eq!(saturday.date, date("2029-01-20"));
    assert_eq!(saturday.date.weekday(), Weekday::Sat);
    assert!(find(1973).is_some());
    assert!([2022, 2023, 2024, 1969].into_iter().all(|year| find(year).is_none()));
}

#[test]
fn the_third_monday_of_january_2025_has_two_holidays() {
    assert_eq!(names("2025-01-20", Calendar::Federal), ["Birthday of Martin Luther King, Jr.", "Inauguration Day"]);
    assert_eq!(names("2025-01-20", Calendar::FederalReserve).len(), 1);
}

#[test]
fn executive_orders_close_single_days() {
    let names = |day| names(day, Calendar::ExecutiveOrder);
    assert_eq!(names("2025-12-24"), ["Christmas Eve"]);
    assert_eq!(names("2025-12-26"), ["Day After Christmas"]);
    assert_eq!(names("2018-12-05").len(), 1);
    assert!(names("2015-12-24").is_empty(), "a half day");
    let weekday = |row: &Holiday| !matches!(row.date.weekday(), Weekday::Sat | Weekday::Sun);
    let rows = all();
    let mut orders = rows.iter().filter(|row| row.calendar == Calendar::ExecutiveOrder);
    assert!(orders.all(weekday));
}

#[test]
fn the_years_have_the_expected_number_of_closures() {
    // Year, federal national, federal reserve.
    let expected = [
        (1971, 10, 9), // New Year's Day 1972 closes offices on December 31
        (1985, 9, 9),
        (1986, 10, 10),
        (2020, 10, 10),
        (2021, 12, 10), // Juneteenth and New Year's Day 2022 for offices
        (2022, 10, 11),
        (2023, 11, 11),
        (2100, 12, 11), // New Year's Day 2101 closes offices on December 31
    ];
    for (year, federal, reserve) in expected {
        let national = |calendar| count(year, calendar, Scope::National);
        assert_eq!(national(Calendar::Federal), federal, "{year}");
        assert_eq!(national(Calendar::FederalReserve), reserve, "{year}");
    }
    assert_eq!(count(2025, Calendar::ExecutiveOrder, Scope::National), 3);
    assert_eq!(count(2025, Calendar::Federal, Scope::DcArea), 1);
}

#[test]
fn the_first_and_last_closures_are_those_of_the_years_served() {
    let ids: Vec<_> = all().iter().map(Holiday::id).collect();
    let last = ids.last().map(String::as_str);
    assert_eq!(last, Some("2100-12-31-federal-new-years-day"));
    assert_eq!(ids[0], "1971-01-01-federal-new-years-day");
    assert!(in_year(FIRST_YEAR - 1).is_empty());
    assert!(in_year(LAST_YEAR + 1).is_empty());
    assert!(in_year(i32::MAX).is_empty());
}

#[test]
fn ids_are_unique_and_sorted_and_the_years_add_up() {
    let rows = all();
    let ids: Vec<_> = rows.iter().map(Holiday::id).collect();
    assert!(ids.is_sorted());
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    let by_year: Vec<_> = (FIRST_YEAR..=LAST_YEAR).flat_map(in_year).collect();
    assert_eq!(by_year, rows);
}

#[test]
fn a_slug_is_its_name_in_lower_case_with_hyphens() {
    for row in all() {
        let words = row.name.to_lowercase().replace(['\'', '.', ','], "");
        assert_eq!(row.slug, words.replace(' ', "-"));
    }
}

#[test]
fn a_closure_moves_one_day_at_most_and_never_to_a_sunday() {
    for row in all() {
        let near = [row.actual_date - Days::new(1), row.actual_date + Days::new(1)];
        assert!(!row.observed() || near.contains(&row.date), "{}", row.id());
        assert_ne!(row.date.weekday(), Weekday::Sun, "{}", row.id());
    }
}
