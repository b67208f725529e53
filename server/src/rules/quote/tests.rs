//! Checks of the quote against amounts worked out by hand, and by Python's decimal.

use super::{DayCount, QuoteError, QuoteParts, accrued_interest, days, per_diem, total};
use crate::rules::money::Cents;
use chrono::NaiveDate;
use rust_decimal::Decimal;

const ALL: [DayCount; 3] = [DayCount::Actual365, DayCount::Actual360, DayCount::Thirty360];

fn cents(text: &str) -> Cents {
    text.parse().expect("an amount")
}

fn rate(text: &str) -> Decimal {
    text.parse().expect("a rate")
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn parts() -> QuoteParts {
    QuoteParts {
        principal: cents("100000.00"),
        accrued_interest: cents("1234.56"),
        fees: cents("75.00"),
        late_charges: cents("50.25"),
        prepayment_premium: cents("1000.00"),
        credits: cents("359.81"),
    }
}

fn daily(principal: &str, percent: &str, day_count: DayCount) -> String {
    let amount = per_diem(cents(principal), rate(percent), day_count);
    amount.expect("an amount").to_string()
}

/// Interest on 250,000.00 at 6.75 %.
fn accrued(from: &str, to: &str, day_count: DayCount) -> String {
    let (from, to) = (date(from), date(to));
    let amount = accrued_interest(cents("250000.00"), rate("6.75"), from, to, day_count);
    amount.expect("an amount").to_string()
}

fn thirty_360(from: &str, to: &str) -> i64 {
    days(date(from), date(to), DayCount::Thirty360).expect("days")
}

#[test]
fn the_total_adds_the_charges_and_takes_the_credits_off() {
    assert_eq!(total(&parts()), Ok(cents("102000.00")));
    assert_eq!(total(&QuoteParts::default()), Ok(Cents::ZERO));
}

#[test]
fn credits_may_use_up_the_charges_but_not_exceed_them() {
    let charges = cents("102359.81");
    let with = |credits| total(&QuoteParts { credits, ..parts() });
    assert_eq!(with(charges), Ok(Cents::ZERO));
    let credits = cents("102359.82");
    let error = QuoteError::CreditsExceedCharges { charges, credits };
    assert_eq!(with(credits), Err(error));
    assert_eq!(error.to_string(), "the credits of 102359.82 exceed the charges of 102359.81, nothing is left to pay");
}

#[test]
fn charges_above_the_largest_amount_are_an_overflow_whatever_the_credits() {
    let principal = Cents::MAX;
    let error = total(&QuoteParts { principal, ..parts() });
    assert_eq!(error, Err(QuoteError::Overflow));
}

#[test]
fn a_per_diem_is_a_365th_or_a_360th_of_the_interest_of_a_year() {
    // 100,000.00 × 5 % = 5,000.00 a year: ÷ 365 = 13.6986…, ÷ 360 = 13.8888…
    assert_eq!(daily("100000.00", "5", DayCount::Actual365), "13.70");
    assert_eq!(daily("100000.00", "5.000", DayCount::Actual360), "13.89");
    assert_eq!(daily("100000.00", "5", DayCount::Thirty360), "13.89");
    // 250,000.00 × 6.75 % = 16,875.00: ÷ 365 = 46.2328…, ÷ 360 = 46.875
    assert_eq!(daily("250000.00", "6.75", DayCount::Actual365), "46.23");
    assert_eq!(daily("250000.00", "6.75", DayCount::Actual360), "46.88");
    assert_eq!(daily("250000.00", "0", DayCount::Actual365), "0.00");
    assert_eq!(daily("0.00", "5", DayCount::Actual365), "0.00");
}

#[test]
fn half_a_cent_is_rounded_up_and_less_is_not() {
    // 36.50 × 5 % = 1.825 a year, ÷ 365 = exactly 0.005.
    assert_eq!(daily("36.50", "5", DayCount::Actual365), "0.01");
    assert_eq!(daily("36.49", "5", DayCount::Actual365), "0.00");
    // 109.50 × 5 % ÷ 365 = exactly 0.015: up, not to the even cent of 0.02.
    assert_eq!(daily("109.50", "5", DayCount::Actual365), "0.02");
    // 182.50 × 5 % ÷ 365 = exactly 0.025: to the even cent it would be 0.02.
    assert_eq!(daily("182.50", "5", DayCount::Actual365), "0.03");
}

#[test]
fn interest_is_rounded_once_over_the_whole_period() {
    // January: 31 days. 16,875.00 × 31 ÷ 365 = 1,433.2191…; the rounded per
    // diem of 46.23 would give 1,433.13.
    let accrued = |day_count| accrued("2025-01-01", "2025-02-01", day_count);
    assert_eq!(accrued(DayCount::Actual365), "1433.22");
    // 46.875 × 31 = 1,453.125
    assert_eq!(accrued(DayCount::Actual360), "1453.13");
    // 46.875 × 30 = 1,406.25
    assert_eq!(accrued(DayCount::Thirty360), "1406.25");
}

#[test]
fn the_last_day_is_not_counted() {
    for day_count in ALL {
        assert_eq!(accrued("2025-03-03", "2025-03-03", day_count), "0.00");
        let one = accrued("2025-03-03", "2025-03-04", day_count);
        assert_eq!(one, daily("250000.00", "6.75", day_count));
    }
}

#[test]
fn a_year_is_as_long_as_the_convention_says() {
    let year = |from, to, day_count| accrued(from, to, day_count);
    let (start, end) = ("2025-01-01", "2026-01-01");
    assert_eq!(year(start, end, DayCount::Actual365), "16875.00");
    // 46.875 × 365
    assert_eq!(year(start, end, DayCount::Actual360), "17109.38");
    assert_eq!(year(start, end, DayCount::Thirty360), "16875.00");
    // A leap year has one day more: 16,875.00 × 366 ÷ 365 = 16,921.2328…
    let leap = year("2024-01-01", "2025-01-01", DayCount::Actual365);
    assert_eq!(leap, "16921.23");
}

#[test]
fn thirty_360_counts_months_of_thirty_days() {
    for (from, to, expected) in [
        ("2025-01-15", "2025-02-15", 30),
        ("2025-01-30", "2025-01-31", 0),
        ("2025-01-31", "2025-03-31", 60),
        ("2025-01-30", "2025-03-31", 60),
        ("2025-01-29", "2025-03-31", 62),
        ("2025-01-31", "2025-02-28", 28),
        ("2025-02-28", "2025-03-31", 33),
        ("2025-02-28", "2025-03-01", 3),
        ("2024-02-29", "2025-02-28", 359),
        ("2024-12-31", "2025-01-01", 1),
    ] {
        assert_eq!(thirty_360(from, to), expected, "{from} to {to}");
    }
}

#[test]
fn actual_days_are_calendar_days() {
    let days = |from, to| days(date(from), date(to), DayCount::Actual360);
    assert_eq!(days("2024-02-28", "2024-03-01"), Ok(2));
    assert_eq!(days("2025-02-28", "2025-03-01"), Ok(1));
}

#[test]
fn what_cannot_be_computed_is_an_error() {
    let (from, to) = (date("2025-03-04"), date("2025-03-03"));
    let reversed = Err(QuoteError::PeriodReversed { from, to });
    for day_count in ALL {
        let one = cents("1.00");
        assert_eq!(accrued_interest(one, rate("5"), from, to, day_count), reversed);
        let negative = per_diem(one, rate("-0.01"), day_count);
        assert_eq!(negative, Err(QuoteError::NegativeRate));
        let too_much = per_diem(Cents::MAX, Decimal::MAX, day_count);
        assert_eq!(too_much, Err(QuoteError::Overflow));
    }
    let (from, to) = (date("2000-01-01"), date("2025-01-01"));
    let grown = accrued_interest(Cents::MAX, rate("5"), from, to, DayCount::Actual365);
    assert_eq!(grown, Err(QuoteError::Overflow), "more than doubled");
}

#[test]
fn the_largest_principal_at_a_long_rate_is_still_exact() {
    // 36,000 % ÷ 360 days is 100 % a day.
    let whole = per_diem(Cents::MAX, rate("36000"), DayCount::Actual360);
    assert_eq!(whole, Ok(Cents::MAX));
    let long = per_diem(Cents::MAX, rate("35999.999999999999"), DayCount::Actual360);
    assert_eq!(long, Ok(cents("9999999999999.99")));
}

/// `vectors.py` beside this file made them.
#[test]
fn quotes_are_what_another_decimal_arithmetic_says() {
    let lines = include_str!("vectors.csv").lines().skip(1);
    let mut count = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let [principal, percent, from, to, convention, interest, fees, late, premium, credits, sum] = cells[..] else {
            panic!("{line}");
        };
        let day_count = match convention {
            "actual/365" => DayCount::Actual365,
            "actual/360" => DayCount::Actual360,
            _ => DayCount::Thirty360,
        };
        let accrued = accrued_interest(cents(principal), rate(percent), date(from), date(to), day_count);
        assert_eq!(accrued, Ok(cents(interest)), "{line}");
        let parts = QuoteParts {
            principal: cents(principal),
            accrued_interest: cents(interest),
            fees: cents(fees),
            late_charges: cents(late),
            prepayment_premium: cents(premium),
            credits: cents(credits),
        };
        assert_eq!(total(&parts), Ok(cents(sum)), "{line}");
        count += 1;
    }
    assert_eq!(count, 1000);
}
