//! Checks of business days and of the answers to a requested payoff date.

use super::{
    Method, PayoffDateError, calendars_for, check_payoff_date, is_business_day, next_business_day, today_in_new_york,
};
use crate::rules::holiday::Calendar;
use chrono::{DateTime, NaiveDate, Utc};

const ALL: [Calendar; 3] = [Calendar::Federal, Calendar::FederalReserve, Calendar::ExecutiveOrder];

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// The check, made at noon in New York on January 2, 2020.
fn check(day: &str, method: Method) -> Result<(), PayoffDateError> {
    check_payoff_date(date(day), method, time("2020-01-02T17:00:00Z"))
}

fn refused(day: &str, method: Method) -> (String, String) {
    match check(day, method) {
        Err(PayoffDateError::NotBusinessDay { next, why }) => (next.to_string(), why),
        other => panic!("{day}: {other:?}"),
    }
}

#[test]
fn weekends_are_never_business_days() {
    for day in ["2025-03-01", "2025-03-02", "2200-01-04"] {
        assert!(!is_business_day(date(day), &[]), "{day}");
        assert!(!is_business_day(date(day), &ALL), "{day}");
    }
    assert!(is_business_day(date("2025-03-03"), &ALL));
}

#[test]
fn a_closure_counts_on_its_own_calendar_only() {
    let new_year = date("2021-12-31");
    assert!(!is_business_day(new_year, &[Calendar::Federal]));
    assert!(is_business_day(new_year, &[Calendar::FederalReserve]));
    assert!(!is_business_day(new_year, &ALL));
    let christmas_eve = date("2024-12-24");
    assert!(is_business_day(christmas_eve, &[Calendar::Federal]));
    assert!(!is_business_day(christmas_eve, &[Calendar::ExecutiveOrder]));
}

#[test]
fn an_inauguration_in_washington_stops_no_payment() {
    assert!(is_business_day(date("2021-01-20"), &ALL));
    assert!(!is_business_day(date("2025-01-20"), &ALL), "also King");
}

#[test]
fn the_next_business_day_starts_with_the_day_itself() {
    let offices = calendars_for(Method::Check);
    let next = |day| next_business_day(date(day), offices).to_string();
    assert_eq!(next("2025-03-03"), "2025-03-03");
    assert_eq!(next("2025-12-24"), "2025-12-29");
    let reserve = calendars_for(Method::Wire);
    let next = next_business_day(date("2025-12-25"), reserve);
    assert_eq!(next, date("2025-12-26"));
    assert_eq!(next_business_day(NaiveDate::MAX, &[]), NaiveDate::MAX);
}

#[test]
fn each_method_has_the_calendars_of_those_who_work_it() {
    for method in [Method::Wire, Method::Ach] {
        assert_eq!(calendars_for(method), [Calendar::FederalReserve]);
    }
    for method in [Method::PayGov, Method::Check] {
        let offices = [Calendar::Federal, Calendar::ExecutiveOrder];
        assert_eq!(calendars_for(method), offices);
    }
}

#[test]
fn today_changes_at_midnight_in_new_york() {
    let today = |now| today_in_new_york(time(now)).to_string();
    assert_eq!(today("2025-01-02T04:59:59Z"), "2025-01-01");
    assert_eq!(today("2025-01-02T05:00:00Z"), "2025-01-02");
    assert_eq!(today("2025-07-02T03:59:59Z"), "2025-07-01");
    assert_eq!(today("2025-07-02T04:00:00Z"), "2025-07-02");
}

#[test]
fn a_payoff_may_be_asked_for_today_or_later() {
    assert_eq!(check("2020-01-02", Method::Wire), Ok(()));
    assert_eq!(check("2020-01-03", Method::Check), Ok(()));
    let today = date("2020-01-02");
    let past = Err(PayoffDateError::Past { today });
    assert_eq!(check("2020-01-01", Method::Wire), past);
    assert_eq!(check("1969-12-31", Method::Wire), past);
}

#[test]
fn a_weekend_is_refused_with_the_next_business_day() {
    let (next, why) = refused("2025-01-18", Method::Wire);
    assert_eq!(next, "2025-01-21", "Monday is a holiday");
    assert_eq!(why, "it is a Saturday");
    assert_eq!(refused("2025-03-02", Method::Check).1, "it is a Sunday");
}

#[test]
fn a_closure_is_refused_by_name_and_only_for_the_methods_it_stops() {
    let (next, why) = refused("2021-12-31", Method::PayGov);
    assert_eq!(next, "2022-01-03");
    assert_eq!(why, "New Year's Day is observed on the federal calendar");
    assert_eq!(check("2021-12-31", Method::Ach), Ok(()));
    let (_, why) = refused("2023-01-02", Method::Ach);
    let reserve = "New Year's Day is observed on the federal reserve calendar";
    assert_eq!(why, reserve);
    let (next, why) = refused("2024-12-24", Method::Check);
    assert_eq!(next, "2024-12-26");
    let order = "Christmas Eve is observed on the executive order calendar";
    assert_eq!(why, order);
}

#[test]
fn a_date_after_the_known_closures_is_out_of_range() {
    let beyond = Err(PayoffDateError::OutOfRange);
    assert_eq!(check("2101-01-03", Method::Wire), beyond);
    assert_eq!(check("2100-12-31", Method::Wire), Ok(()));
    // Closed, and the next business day is in 2101.
    assert_eq!(check("2100-12-31", Method::Check), beyond);
    let max = check_payoff_date(NaiveDate::MAX, Method::Wire, time("2020-01-02T17:00:00Z"));
    assert_eq!(max, beyond);
}

#[test]
fn messages_say_what_to_do() {
    let message = |day| check(day, Method::Check).expect_err("refused").to_string();
    assert_eq!(
        message("2020-01-01"),
        "the payoff date is in the past; the earliest date is 2020-01-02, today in New York"
    );
    assert_eq!(
        message("2021-12-31"),
        "the payoff date is not a business day for this payment method because New Year's Day \
         is observed on the federal calendar; the next business day is 2022-01-03"
    );
    assert_eq!(message("2150-01-01"), "the payoff date is too late; business days are known until 2100-12-31");
}
