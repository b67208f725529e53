//! The DynamoDB table.
//!
//! One `PutItem` with a condition for each item. `BatchWriteItem` takes no condition and writes over what is there, and a transaction
//! costs twice as much and helps nobody: what was put before a failure may stay.

mod connect;
mod refusal;

pub use connect::Settings;

use crate::{Item, Put, Target};
use aws_sdk_dynamodb::{
    Client,
    operation::put_item::PutItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use serde_json::Value;
use std::{collections::HashMap, time::Duration};

/// Longest time for one item, with the credentials for it. The SDK's own bounds are shorter; this one holds whatever it does.
const LONGEST: Duration = Duration::from_secs(15);
const EXPIRES_AT: &str = "expires_at";
const DAY: i64 = 24 * 60 * 60;

type Attributes = HashMap<String, AttributeValue>;

/// A table with the partition key `id`, a string.
pub struct Table {
    client: Client,
    settings: Settings,
    place: String,
}

impl Table {
    /// Where items go, in one word: the position in the trail is kept for each place.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    async fn put_now(&self, item: &Item) -> Result<Put, String> {
        let mine = attributes(item, self.settings.retention_days);
        let sent = self
            .client
            .put_item()
            .table_name(&self.settings.table)
            .set_item(Some(mine.clone()))
            .condition_expression("attribute_not_exists(id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Put::Stored),
            Err(e) => match e.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(there)) => compare(&mine, there.item()),
                _ => Err(refusal::words(&e)),
            },
        }
    }
}

impl Target for Table {
    async fn put(&self, item: &Item) -> Result<Put, String> {
        let late = |_| format!("no answer in {} s", LONGEST.as_secs());
        tokio::time::timeout(LONGEST, self.put_now(item)).await.map_err(late)?
    }
}

/// What the item is stored as.
fn attributes(item: &Item, retention_days: Option<u32>) -> Attributes {
    let text = |text: &str| AttributeValue::S(text.into());
    let (members, omitted) = item.fitting();
    let mut all: HashMap<_, _> = members.into_iter().map(|(name, value)| (name, attribute(value))).collect();
    all.insert("id".into(), text(&item.id));
    all.insert("digest".into(), text(&item.digest));
    if let Some(found) = &item.found {
        all.insert("found_digest".into(), text(found));
    }
    if !omitted.is_empty() {
        all.insert("omitted".into(), text(&omitted.join(", ")));
    }
    if let Some(days) = retention_days {
        all.insert(EXPIRES_AT.into(), AttributeValue::N((item.made_at + i64::from(days) * DAY).to_string()));
    }
    all
}

fn attribute(value: Value) -> AttributeValue {
    match value {
        Value::String(text) => AttributeValue::S(text),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        other => AttributeValue::S(other.to_string()),
    }
}

/// The first copy wins. Whether it is the same shows in everything that would have been put; only when it expires may be another time,
/// since the retention may have been set anew, and the table's owner may have added to it.
fn compare(mine: &Attributes, there: Option<&Attributes>) -> Result<Put, String> {
    let there = there.ok_or("the table does not say which item is there already")?;
    let mut differ: Vec<&str> =
        mine.iter().filter(|(name, value)| there.get(*name) != Some(value)).map(|(name, _)| name.as_str()).collect();
    differ.retain(|name| *name != EXPIRES_AT);
    differ.sort_unstable();
    Ok(if differ.is_empty() { Put::Same } else { Put::Other(differ.join(", ")) })
}
