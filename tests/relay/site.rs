//! A server's folder with an empty trail, and the table that it ships to.

use super::emulator::{Emulator, Item};
use crate::{
    durability::{configure, send},
    support::{
        copy_template,
        program::{Program, Starting},
        tamper,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use lending_api::audit::Keys;
use rusqlite::{Connection, types::ValueRef};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

pub struct Site {
    pub emulator: Emulator,
    folder: tempfile::TempDir,
}

impl Site {
    /// `None` where there is no emulator. There is no table yet.
    pub fn new() -> Option<Self> {
        let emulator = Emulator::start()?;
        let folder = tempfile::tempdir().unwrap();
        configure(folder.path());
        let settings = format!(
            "[dynamodb]\ntable = \"audit\"\nregion = \"us-gov-west-1\"\nendpoint_url = \"{}\"\nretention_days = 10\n",
            emulator.url()
        );
        let file = folder.path().join("lending.toml");
        std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + &settings).unwrap();
        std::fs::create_dir(folder.path().join("lending-data")).unwrap();
        let site = Self { emulator, folder };
        copy_template(&site.path(""));
        let forget = "DELETE FROM audit_record; UPDATE sqlite_sequence SET seq = 0 WHERE name = 'audit_record';";
        site.tamper(forget);
        Some(site)
    }

    /// With the table.
    pub async fn with_table() -> Option<Self> {
        let site = Self::new()?;
        site.emulator.create_table().await;
        Some(site)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder().join("lending-data").join(name)
    }

    pub fn database(&self) -> Connection {
        let db = Connection::open(self.path("lending.db")).unwrap();
        db.busy_timeout(Duration::from_secs(20)).unwrap();
        db
    }

    /// What the trail is recorded and sealed with.
    pub fn keys(&self) -> Keys {
        Keys::read(&self.path("audit-keys.json")).unwrap()
    }

    /// Changes the trail behind its triggers.
    pub fn tamper(&self, sql: &str) {
        tamper(&self.database(), sql);
    }

    /// The real binary; tokens of before its start are good at once, since none is used twice here.
    pub fn serve(&self) -> Program {
        std::fs::write(self.path("tokens-taken-until"), "0").unwrap();
        let variables = [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "a-secret-that-nobody-may-see"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        Starting::serve_with(self.folder(), &variables).listens()
    }

    /// The sealed records: number, batch and sealed digest by id.
    pub fn sealed(&self) -> BTreeMap<String, (i64, i64, String)> {
        let db = self.database();
        let mut query = db.prepare("SELECT batch, records FROM audit_seal").unwrap();
        let seals = query.query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?))).unwrap();
        let mut all = BTreeMap::new();
        for (batch, lines) in seals.map(Result::unwrap) {
            for line in lines.lines() {
                let [seq, id, digest] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
                all.insert(id.to_string(), (seq.parse().unwrap(), batch, digest.to_string()));
            }
        }
        all
    }

    fn number(&self, sql: &str) -> i64 {
        self.database().query_row(sql, [], |r| r.get(0)).unwrap()
    }

    /// Whether every record is sealed, every seal shipped, and the position says so.
    pub fn is_shipped(&self) -> bool {
        let newest = "(SELECT COALESCE(MAX(batch), -1) FROM audit_seal)";
        let unsealed =
            "(SELECT COUNT(*) FROM audit_record WHERE seq > COALESCE((SELECT MAX(last_seq) FROM audit_seal), 0))";
        self.number(&format!("SELECT {unsealed} = 0 AND {newest} = COALESCE((SELECT MAX(batch) FROM audit_relay), -2)"))
            == 1
    }

    pub async fn until_shipped(&self) {
        eventually(120, "everything is shipped", async || self.is_shipped()).await;
    }

    /// Looks whether each sealed record and each checkpoint is in the table, exactly once and as it is in the database. Counts: records,
    /// items, lost, doubled.
    pub async fn compare(&self) -> [usize; 4] {
        let (sealed, rows) = (self.sealed(), self.rows("audit_record", "id"));
        let items = self.emulator.items().await;
        let (mut lost, mut found) = (0, BTreeMap::<&str, usize>::new());
        for item in &items {
            *found.entry(item["id"]["S"].as_str().unwrap()).or_default() += 1;
        }
        let by_id: BTreeMap<&str, &Item> = items.iter().map(|i| (i["id"]["S"].as_str().unwrap(), i)).collect();
        for (id, (seq, batch, digest)) in &sealed {
            let Some(item) = by_id.get(id.as_str()) else {
                lost += 1;
                continue;
            };
            assert_eq!(**item, expected(&rows[id], *seq, *batch, digest), "record {id}");
        }
        let seals = self.rows("audit_seal", "batch");
        for (batch, seal) in &seals {
            let item = by_id.get(format!("seal-{batch}").as_str()).unwrap_or_else(|| panic!("no checkpoint {batch}"));
            assert_eq!(**item, checkpoint(seal), "checkpoint {batch}");
        }
        let doubled =
            found.values().filter(|times| **times > 1).count() + items.len().saturating_sub(sealed.len() + seals.len());
        [sealed.len(), items.len() - seals.len(), lost, doubled]
    }

    /// Rows of a table as objects, by a column.
    fn rows(&self, table: &str, key: &str) -> BTreeMap<String, Map<String, Value>> {
        let db = self.database();
        let mut query = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let names: Vec<String> = query.column_names().map(Into::into).collect();
        let row = |row: &rusqlite::Row<'_>| {
            let value = |i: usize| match row.get_ref(i).unwrap() {
                ValueRef::Integer(n) => n.into(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
                _ => Value::Null,
            };
            Ok(names.iter().enumerate().map(|(i, name)| (name.clone(), value(i))).collect::<Map<_, _>>())
        };
        let named = |row: Map<String, Value>| (row[key].as_str().map_or_else(|| row[key].to_string(), Into::into), row);
        query.query_map([], row).unwrap().map(|row| named(row.unwrap())).collect()
    }
}

/// What a record must be in the table, made from the row alone; its digest is computed anew.
fn expected(row: &Map<String, Value>, seq: i64, batch: i64, sealed: &str) -> Item {
    let mut record: BTreeMap<&str, &Value> = row.iter().map(|(name, value)| (name.as_str(), value)).collect();
    assert_eq!(record.remove("seq"), Some(&json!(seq)));
    let digest = STANDARD.encode(Sha256::digest(serde_json::to_string(&record).unwrap()));
    assert_eq!(digest, sealed, "the digest of what is in the table is the sealed one");
    let mut members: BTreeMap<&str, Value> = record.into_iter().map(|(name, value)| (name, value.clone())).collect();
    members.extend([("seq", json!(seq)), ("batch", json!(batch)), ("digest", json!(digest))]);
    if let (Some(table), Some(id)) = (row["table_name"].as_str(), row["row_id"].as_str()) {
        members.insert("row", json!(format!("{table}#{id}")));
    }
    typed(&members, row["recorded_at"].as_str().unwrap())
}

fn checkpoint(row: &Map<String, Value>) -> Item {
    let mut members: BTreeMap<&str, Value> = row.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    members.remove("records");
    members.insert("id", json!(format!("seal-{}", row["batch"])));
    typed(&members, row["sealed_at"].as_str().unwrap())
}

fn typed(members: &BTreeMap<&str, Value>, from: &str) -> Item {
    let expires = chrono::DateTime::parse_from_rfc3339(from).unwrap().timestamp() + 10 * 86_400;
    let members = members.iter().filter(|(_, value)| !value.is_null());
    let one = |value: &Value| match value {
        Value::String(text) => json!({"S": text}),
        number => json!({"N": number.to_string()}),
    };
    let mut item: Item = members.map(|(name, value)| ((*name).to_string(), one(value))).collect();
    item.insert("expires_at".into(), json!({"N": expires.to_string()}));
    item
}

/// Adds a row over HTTP; whether that was answered.
pub async fn add(http: &reqwest::Client, base: &str, name: &str) -> bool {
    let body = json!({"name": name, "status": "active"});
    let sent = send(http, base, "POST", "/api/v1/resource", &[("idempotency-key", name)], &body).await;
    sent.is_some_and(|answer| answer.status == 201)
}

/// Adds rows, eight at once.
pub async fn add_many(base: &str, what: &str, many: usize) {
    use futures_util::StreamExt;
    let http = &reqwest::Client::new();
    let added = futures_util::stream::iter(0..many)
        .map(|n| async move { add(http, base, &format!("{what} {n}")).await })
        .buffer_unordered(8)
        .filter(|added| std::future::ready(*added))
        .count()
        .await;
    assert_eq!(added, many);
}

/// The answer of the readiness probe; it must be 200, whatever becomes of the copy.
pub async fn readiness(base: &str) -> Value {
    let answer = reqwest::get(format!("{base}/readyz")).await.unwrap();
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Waits until readiness says so of the relay.
pub async fn until_state(base: &str, state: &str) -> Value {
    let mut last = Value::Null;
    eventually(60, state, async || {
        last = readiness(base).await;
        last["relay"]["state"] == state
    })
    .await;
    last
}

pub async fn eventually(seconds: u64, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !is_so().await {
        assert!(begin.elapsed() < Duration::from_secs(seconds), "after {seconds} s not yet: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
