//! The hierarchy of the North American Industry Classification System, 2022.
//! A code carries its ancestors in its digits, except that three sectors span
//! several two-digit numbers; this module knows those three so that nothing
//! else has to.
//!
//! The functions look at the form of a code only. Whether a code exists is a
//! question for the table of codes.

/// Length of a sector code that is not a range.
const SECTOR_DIGITS: usize = 2;

/// The code a sector is listed under: `31`, `32` and `33` are `31-33`, `44`
/// and `45` are `44-45`, `48` and `49` are `48-49`. Any other code is returned
/// as it is.
#[must_use]
pub fn resolve(code: &str) -> &str {
    match code {
        "31" | "32" | "33" => "31-33",
        "44" | "45" => "44-45",
        "48" | "49" => "48-49",
        other => other,
    }
}

/// The code one level up, `None` for a sector. The parent of a subsector is
/// its sector with ranges resolved: that of `311` is `31-33`.
#[must_use]
pub fn parent(code: &str) -> Option<String> {
    if level(code) <= 2 {
        return None;
    }
    let (end, _) = code.char_indices().next_back()?;
    Some(resolve(&code[..end]).to_owned())
}

/// The sector a code belongs to, with ranges resolved: that of `311111` is
/// `31-33`, and a sector is its own.
#[must_use]
pub fn sector(code: &str) -> &str {
    if is_range(code) {
        return code;
    }
    resolve(code.get(..SECTOR_DIGITS).unwrap_or(code))
}

/// The level of a code, which is its number of digits: 2 sector, 3 subsector,
/// 4 industry group, 5 NAICS industry, 6 national industry. A range is a
/// sector, so its level is 2.
#[must_use]
pub fn level(code: &str) -> u8 {
    if is_range(code) {
        return 2;
    }
    u8::try_from(code.len()).unwrap_or(u8::MAX)
}

fn is_range(code: &str) -> bool {
    matches!(code, "31-33" | "44-45" | "48-49")
}

#[cfg(test)]
mod tests {
    use super::{level, parent, resolve, sector};

    const TABLE: &str = include_str!("../../../data/naics-2022.csv");

    /// Code, level, parent and sector of every row. The title between them may
    /// hold commas, so the row is read from both ends.
    fn rows() -> Vec<(&'static str, u8, &'static str, &'static str)> {
        let row = |line: &'static str| {
            let (code, rest) = line.split_once(',').expect("a code");
            let (level, rest) = rest.split_once(',').expect("a level");
            let (rest, sector) = rest.rsplit_once(',').expect("a sector");
            let (_, parent) = rest.rsplit_once(',').expect("a parent");
            (code, level.parse().expect("a number"), parent, sector)
        };
        TABLE.lines().skip(1).map(row).collect()
    }

    #[test]
    fn every_row_of_the_2022_table_has_its_parent_sector_and_level() {
        let rows = rows();
        assert_eq!(rows.len(), 2_125);
        for (code, its_level, its_parent, its_sector) in rows {
            assert_eq!(parent(code).unwrap_or_default(), its_parent, "{code}");
            assert_eq!(sector(code), its_sector, "{code}");
            assert_eq!(level(code), its_level, "{code}");
            assert_eq!(resolve(code), code);
        }
    }

    #[test]
    fn the_levels_have_as_many_codes_as_the_census_bureau_says() {
        let rows = rows();
        let count = |wanted| rows.iter().filter(|row| level(row.0) == wanted).count();
        assert_eq!([2, 3, 4, 5, 6].map(count), [20, 96, 308, 689, 1_012]);
    }

    #[test]
    fn a_number_inside_a_range_is_resolved_to_the_range() {
        for (code, range) in [
            ("31", "31-33"),
            ("32", "31-33"),
            ("33", "31-33"),
            ("44", "44-45"),
            ("45", "44-45"),
            ("48", "48-49"),
            ("49", "48-49"),
        ] {
            assert_eq!(resolve(code), range);
            assert_eq!(sector(code), range);
            assert_eq!(parent(code), None);
        }
    }

    #[test]
    fn text_that_is_no_code_does_not_panic() {
        for text in ["", "1", "é", "1é", "ééé", "31-34"] {
            let _ = (resolve(text), parent(text), sector(text), level(text));
        }
        assert_eq!(parent(""), None);
        assert_eq!(sector("1"), "1");
    }
}
