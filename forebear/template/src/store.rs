//! Rows in memory, forgotten when the server stops: put your database here.
//!
//! What matters stays true with a database: readers have no way to write, a change that fails leaves nothing, and every change
//! leaves a line for the audit.

use forebear_runtime::Problem;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// Rows by table and key.
type Rows = BTreeMap<(&'static str, String), Value>;

/// All rows.
#[derive(Default)]
pub struct Store(Mutex<Arc<Rows>>);

/// The rows as they were when the request began.
pub struct Read(Arc<Rows>);

/// A change in the making.
pub struct Write {
    read: Read,
    audit: Vec<String>,
}

impl Store {
    /// A snapshot.
    pub fn read(&self) -> Read {
        Read(self.0.lock().unwrap_or_else(|e| e.into_inner()).clone())
    }

    /// Runs a change; `record` gets a line for each changed row. An error leaves everything as it was.
    ///
    /// # Errors
    /// Those of `job`.
    pub fn write<T>(
        &self,
        job: impl FnOnce(&mut Write) -> Result<T, Problem>,
        record: impl Fn(&str),
    ) -> Result<T, Problem> {
        let mut rows = self.0.lock().unwrap_or_else(|e| e.into_inner());
        let mut change = Write { read: Read(rows.clone()), audit: vec![] };
        let outcome = job(&mut change)?;
        change.audit.iter().for_each(|line| record(line));
        *rows = change.read.0;
        Ok(outcome)
    }
}

#[allow(dead_code, reason = "what handlers need of it is up to you")]
impl Read {
    /// One row.
    ///
    /// # Errors
    /// 500 when the row is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, table: &'static str, key: &str) -> Result<Option<T>, Problem> {
        self.0.get(&(table, key.into())).map(row).transpose()
    }

    /// All rows of a table, by key.
    ///
    /// # Errors
    /// 500 when a row is not a `T`.
    pub fn list<T: DeserializeOwned>(&self, table: &'static str) -> Result<Vec<T>, Problem> {
        self.0.iter().filter(|(at, _)| at.0 == table).map(|(_, value)| row(value)).collect()
    }
}

#[allow(dead_code, reason = "what handlers need of it is up to you")]
impl Write {
    /// The rows as this change leaves them.
    pub fn read(&self) -> &Read {
        &self.read
    }

    /// Adds or replaces a row.
    ///
    /// # Errors
    /// 500 when the row cannot be written as JSON.
    pub fn put(&mut self, table: &'static str, key: &str, value: &impl Serialize) -> Result<(), Problem> {
        let value = serde_json::to_value(value).map_err(|_| Problem::internal())?;
        self.audit.push(format!("put {table} {key:?}"));
        Arc::make_mut(&mut self.read.0).insert((table, key.into()), value);
        Ok(())
    }

    /// Removes a row; whether there was one.
    pub fn remove(&mut self, table: &'static str, key: &str) -> bool {
        let there = Arc::make_mut(&mut self.read.0).remove(&(table, key.into())).is_some();
        if there {
            self.audit.push(format!("remove {table} {key:?}"));
        }
        there
    }
}

fn row<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    serde_json::from_value(value.clone()).map_err(|_| Problem::internal())
}
