//! Exact dollar amounts. The wire format is a decimal string, and a binary
//! float would lose cents between the wire and the sum of a payoff quote, so
//! amounts are whole cents from the first byte to the last.

use std::fmt;
use std::str::FromStr;

/// Most digits before the decimal point on the wire.
const MAX_DOLLAR_DIGITS: usize = 13;

/// A dollar amount in whole cents, from [`Cents::ZERO`] to [`Cents::MAX`].
///
/// Read from and written in the wire format `^[0-9]{1,13}\.[0-9]{2}$`, for
/// example `1250000.00`. There are no negative amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(i64);

impl Cents {
    /// `0.00`.
    pub const ZERO: Self = Self(0);

    /// `9999999999999.99`, the largest amount the wire format can hold.
    pub const MAX: Self = Self(999_999_999_999_999);

    /// An amount of `cents` cents; `None` below zero or above [`Cents::MAX`].
    #[must_use]
    pub const fn from_cents(cents: i64) -> Option<Self> {
        if cents < 0 || cents > Self::MAX.0 { None } else { Some(Self(cents)) }
    }

    /// The amount in cents.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum; `None` above [`Cents::MAX`].
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        // Both are at most 10^15, so the sum cannot overflow.
        Self::from_cents(self.0 + other.0)
    }

    /// The difference; `None` below zero.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_cents(self.0 - other.0)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// The text is not an amount in the wire format of [`Cents`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseCentsError;

impl fmt::Display for ParseCentsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount is 1 to 13 digits, a point and exactly 2 digits, for example 1250000.00")
    }
}

impl std::error::Error for ParseCentsError {}

impl FromStr for Cents {
    type Err = ParseCentsError;

    /// Reads the wire format and nothing else: no sign, spaces, exponent,
    /// separators or missing cents. Leading zeros are allowed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (dollars, cents) = text.split_once('.').ok_or(ParseCentsError)?;
        if !(1..=MAX_DOLLAR_DIGITS).contains(&dollars.len()) || cents.len() != 2 {
            return Err(ParseCentsError);
        }
        Ok(Self(digits(dollars)? * 100 + digits(cents)?))
    }
}

/// The value of at most 13 ASCII digits; `parse` alone would allow a sign.
fn digits(text: &str) -> Result<i64, ParseCentsError> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseCentsError);
    }
    text.parse().map_err(|_| ParseCentsError)
}

#[cfg(test)]
mod tests {
    use super::{Cents, ParseCentsError};

    fn cents(text: &str) -> Cents {
        text.parse().expect("an amount")
    }

    #[test]
    fn the_wire_format_is_read_exactly() {
        for (text, value) in [
            ("0.00", 0),
            ("0.01", 1),
            ("12.30", 1_230),
            ("0000000000007.05", 705),
            ("9999999999999.99", 999_999_999_999_999),
        ] {
            assert_eq!(cents(text).get(), value, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            ".",
            "1",
            "1.",
            "1.0",
            "1.000",
            ".00",
            "-1.00",
            "+1.00",
            "1.+1",
            "1.-1",
            " 1.00",
            "1.00 ",
            "1.00\n",
            "1,000.00",
            "1e2.00",
            "1.0a",
            "1.0.0",
            "$1.00",
            "١.00",
            "1.é",
            "00000000000001.00",
            "NaN",
        ] {
            assert_eq!(text.parse::<Cents>(), Err(ParseCentsError), "{text:?}");
        }
    }

    #[test]
    fn two_decimals_are_always_written() {
        for text in ["0.00", "0.05", "0.50", "1234567.89", "9999999999999.99"] {
            assert_eq!(cents(text).to_string(), text);
        }
        assert_eq!(cents("0007.00").to_string(), "7.00");
    }

    #[test]
    fn sums_and_differences_stay_within_the_wire_format() {
        let cent = cents("0.01");
        assert_eq!(cents("0.99").checked_add(cent), Some(cents("1.00")));
        assert_eq!(Cents::MAX.checked_add(Cents::ZERO), Some(Cents::MAX));
        assert_eq!(Cents::MAX.checked_add(cent), None);
        assert_eq!(Cents::MAX.checked_add(Cents::MAX), None);
        assert_eq!(cents("1.00").checked_sub(cent), Some(cents("0.99")));
        assert_eq!(cent.checked_sub(cent), Some(Cents::ZERO));
        assert_eq!(Cents::ZERO.checked_sub(cent), None);
    }

    #[test]
    fn an_amount_is_built_only_within_the_wire_format() {
        assert_eq!(Cents::from_cents(-1), None);
        assert_eq!(Cents::from_cents(Cents::MAX.get()), Some(Cents::MAX));
        assert_eq!(Cents::from_cents(Cents::MAX.get() + 1), None);
    }
}
