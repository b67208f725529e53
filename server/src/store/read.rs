//! What a reading handler may do.

use super::{Conn, Mode, Sqlite, list, page_token};
use crate::error::{Error, Result};
use forebear_runtime::{
    IfMatch, Page,
    store::{Cell, CellError, Cells, Filter, Test},
};
use generated_server::store::{Entity, List};
use std::path::Path;

/// A read snapshot. It has no writing method, and neither its session nor its statements can be had from outside the store.
///
/// ```
/// use generated_server::models::Country;
/// use lending_api::{error::Result, store::Read};
/// fn handler(tx: &mut Read) -> Result<Country> {
///     tx.get("US")
/// }
/// ```
/// ```compile_fail,E0599
/// use generated_server::models::Country;
/// use lending_api::{error::Result, store::Read};
/// fn handler(tx: &mut Read, row: &Country) -> Result<()> {
///     tx.insert(row)
/// }
/// ```
/// ```compile_fail,E0624
/// use lending_api::{error::Result, store::Read};
/// fn handler(tx: &mut Read) -> Result<usize> {
///     tx.conn().execute("DELETE FROM country", &[])
/// }
/// ```
pub struct Read {
    conn: Box<dyn Conn>,
}

impl Read {
    /// A handle over a session.
    pub(super) fn new(conn: impl Conn + 'static) -> Self {
        Self { conn: Box::new(conn) }
    }

    /// A session that only reads.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self::new(Sqlite::open(path, Mode::Read)?))
    }

    /// Runs `job` on one snapshot.
    ///
    /// # Errors
    /// Those of `job`, or of the database.
    pub fn snapshot<T>(&mut self, job: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if !self.idle() {
            // a job before this one panicked
            self.conn.execute("ROLLBACK", &[])?;
        }
        self.conn.execute("BEGIN", &[])?;
        let result = job(self);
        // after some errors the database has ended it by itself
        let ended = if self.idle() { Ok(0) } else { self.conn.execute("COMMIT", &[]) };
        let value = result?;
        ended.map(|_| value)
    }

    /// The session itself, for the store's own statements.
    pub(super) fn conn(&mut self) -> &mut dyn Conn {
        &mut *self.conn
    }

    pub(super) fn idle(&self) -> bool {
        self.conn.idle()
    }

    pub(super) fn changed(&self) -> u64 {
        self.conn.changed()
    }

    /// The row with this key.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub fn get<E: Entity>(&mut self, key: &str) -> Result<E> {
        self.find(key)?.ok_or(Error::NotFound(E::TABLE.noun))
    }

    /// The row with this key, if there is one.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn find<E: Entity>(&mut self, key: &str) -> Result<Option<E>> {
        let sql = format!("{} WHERE {} = :1", E::TABLE.select, E::TABLE.key);
        Ok(self.rows(&sql, &[Cell::Text(key.into())], 1)?.pop())
    }

    /// What `read` makes of some members of the row with this key, if there is one; its cells are those of `pointers`, in their order.
    /// For what is asked with every request: the rest of the row is not read, and of what is read only the types are checked.
    ///
    /// # Errors
    /// [`Error::Database`] for a member without a column, what the database refuses, or those of `read`.
    pub fn find_members<E: Entity, T>(
        &mut self,
        key: &str,
        pointers: &[&str],
        read: impl Fn(&Cells<'_>) -> Result<T, CellError>,
    ) -> Result<Option<T>> {
        let column = |pointer: &&str| {
            let column = E::TABLE.columns.iter().find(|c| c.pointer == *pointer);
            column.map(|c| c.name).ok_or_else(|| Error::Database(format!("{}: no column for {pointer}", E::TABLE.name)))
        };
        let columns = pointers.iter().map(column).collect::<Result<Vec<_>>>()?.join(", ");
        let sql = format!("SELECT {columns} FROM {} WHERE {} = :1", E::TABLE.name, E::TABLE.key);
        let mut found = None;
        self.conn.query(&sql, &[Cell::Text(key.into())], &mut |row| {
            found = Some(read(&Cells(row))?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The row with this key in the version that `If-Match` names (RFC 9110, section 13.1.1).
    ///
    /// # Errors
    /// [`Error::NotFound`], or [`Error::Stale`] when the row has another version.
    pub fn get_matching<E: Entity>(&mut self, key: &str, if_match: &str) -> Result<E> {
        let row: E = self.get(key)?;
        require_version(&row, if_match)?;
        Ok(row)
    }

    /// One page of a list with the filters of its query.
    ///
    /// # Errors
    /// [`Error::PageToken`] when the token belongs to another list.
    pub fn list<L: List>(&mut self, query: &L) -> Result<Page<L::Row>> {
        self.page(query, vec![])
    }

    /// One page of a list, of which only rows with one of `values` in an indexed column or side table may be seen.
    ///
    /// # Errors
    /// As [`Read::list`].
    pub fn list_within<L: List>(&mut self, query: &L, within: Test, values: &[&str]) -> Result<Page<L::Row>> {
        let values = values.iter().map(|v| Cell::Text((*v).into())).collect();
        self.page(query, vec![Filter { name: "within", test: within, values }])
    }

    fn page<L: List>(&mut self, query: &L, mut filters: Vec<Filter>) -> Result<Page<L::Row>> {
        filters.extend(query.filters());
        list::check(&filters)?;
        let table = <L::Row as Entity>::TABLE;
        let after = query.page_token().map(|t| page_token::open(t, table.name, &filters)).transpose()?;
        let limit = query.limit() as usize;
        let (sql, cells) = list::select(table, &filters, after.as_deref(), limit + 1, self.conn.dialect());
        let mut items: Vec<L::Row> = self.rows(&sql, &cells, limit + 1)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| more).map(Entity::key);
        Ok(Page { next_page: last.map(|key| page_token::seal(&key, table.name, &filters)), items })
    }

    /// Rows of a query, of which there are so many at most.
    fn rows<E: Entity>(&mut self, sql: &str, cells: &[Cell], most: usize) -> Result<Vec<E>> {
        let mut rows = Vec::with_capacity(most);
        self.conn.query(sql, cells, &mut |row| {
            rows.push(E::from_row(&Cells(row))?);
            Ok(())
        })?;
        Ok(rows)
    }
}

/// Refuses a row in another version than `If-Match` names (RFC 9110, section 13.1.1).
///
/// # Errors
/// [`Error::Stale`].
pub fn require_version<E: Entity>(row: &E, if_match: &str) -> Result<()> {
    let tag = format!("\"{}\"", row.version());
    if IfMatch::parse(if_match).is_some_and(|given| given.takes(&tag)) { Ok(()) } else { Err(Error::Stale) }
}
