//! SQL of a filtered keyset page. Every test is one that the generator found an index for.

use super::Dialect;
use crate::error::Result;
use forebear_runtime::{
    Problem,
    store::{Cell, Filter, Table, Test, words},
};

/// Greater than every character that can follow a prefix.
const LAST: char = '\u{10FFFF}';

struct Builder {
    sql: String,
    cells: Vec<Cell>,
}

/// Most words in all values of one filter: each is a look-up of its own.
const MAX_WORDS: usize = 32;

/// Refuses filters that would ask for too much at once.
///
/// # Errors
/// 400 that names the parameter.
pub(super) fn check(filters: &[Filter]) -> Result<()> {
    for filter in filters.iter().filter(|f| matches!(f.test, Test::Words(_))) {
        let count = |cell: &Cell| if let Cell::Text(text) = cell { words(text).len() } else { 0 };
        if filter.values.iter().map(count).sum::<usize>() > MAX_WORDS {
            let detail = format!("may have {MAX_WORDS} words in all its values together");
            return Err(Problem::parameter(filter.name, "too_many_words", detail).into());
        }
    }
    Ok(())
}

/// The statement and its parameters: rows that pass all filters, after the key `after`, at most `rows` of them.
pub(super) fn select(
    table: &Table,
    filters: &[Filter],
    after: Option<&str>,
    rows: usize,
    dialect: Dialect,
) -> (String, Vec<Cell>) {
    let mut b = Builder { sql: table.select.to_string(), cells: vec![] };
    let mut glue = " WHERE ";
    for filter in filters {
        b.sql.push_str(glue);
        b.filter(table, filter);
        glue = " AND ";
    }
    if let Some(key) = after {
        let mark = b.mark(Cell::Text(key.into()));
        b.sql.push_str(&format!("{glue}{} > {mark}", table.key));
    }
    b.sql.push_str(&format!(" ORDER BY {}", table.key));
    let mark = b.mark(Cell::Int(i64::try_from(rows).unwrap_or(i64::MAX)));
    b.sql.push_str(&dialect.limit(&mark));
    (b.sql, b.cells)
}

impl Builder {
    fn mark(&mut self, cell: Cell) -> String {
        self.cells.push(cell);
        format!(":{}", self.cells.len())
    }

    fn filter(&mut self, table: &Table, filter: &Filter) {
        if filter.values.is_empty() {
            self.sql.push_str("1 = 0");
            return;
        }
        match filter.test {
            Test::In(column) => self.one_of(column, &filter.values),
            Test::Side(side) => {
                self.sql.push_str(&format!("{} IN (SELECT row_key FROM {side} WHERE ", table.key));
                self.one_of("value", &filter.values);
                self.sql.push(')');
            }
            Test::Prefix(column) => self.any(&filter.values, |b, text| b.begins(column, text)),
            Test::Words(side) => self.any(&filter.values, |b, text| b.words(table.key, side, text)),
        }
    }

    /// `column IN (…)`, padded to a power of two so that few distinct statements are prepared.
    fn one_of(&mut self, column: &str, values: &[Cell]) {
        let padded = values.len().next_power_of_two();
        let marks: Vec<String> = (0..padded).map(|i| self.mark(values[i.min(values.len() - 1)].clone())).collect();
        self.sql.push_str(&format!("{column} IN ({})", marks.join(", ")));
    }

    fn any(&mut self, values: &[Cell], mut each: impl FnMut(&mut Self, &str)) {
        self.sql.push('(');
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.sql.push_str(" OR ");
            }
            match value {
                Cell::Text(text) => each(self, text),
                _ => self.sql.push_str("1 = 0"),
            }
        }
        self.sql.push(')');
    }

    /// A range instead of `LIKE`: it uses the index in both databases and has no wildcards to escape.
    fn begins(&mut self, column: &str, text: &str) {
        if text.is_empty() {
            self.sql.push_str("1 = 0"); // nothing but accents and spaces was asked for
            return;
        }
        let low = self.mark(Cell::Text(text.into()));
        let high = self.mark(Cell::Text(format!("{text}{LAST}")));
        self.sql.push_str(&format!("({column} >= {low} AND {column} < {high})"));
    }

    fn words(&mut self, key: &str, side: &str, text: &str) {
        let words = words(text);
        if words.is_empty() {
            self.sql.push_str("1 = 0");
        }
        for (i, word) in words.iter().enumerate() {
            let glue = if i > 0 { " AND " } else { "" };
            self.sql.push_str(&format!("{glue}{key} IN (SELECT row_key FROM {side} WHERE "));
            self.begins("value", word);
            self.sql.push(')');
        }
    }
}
