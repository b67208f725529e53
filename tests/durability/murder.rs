use super::{Answer, configure, send, start, verify};
use rusqlite::Connection;
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How often the process is killed; `MURDER_KILLS` asks for more.
const KILLS: usize = 20;
/// Callers that change rows at once.
const CALLERS: usize = 8;

/// What a caller asked for, by the name that only this request has: its key, and what was answered.
#[derive(Default)]
struct Asked {
    rows: Mutex<BTreeMap<String, Option<Acknowledged>>>,
}

#[derive(Clone)]
struct Acknowledged {
    id: String,
    created: String,
    /// Of the change after it, if that was answered, too.
    changed: Option<String>,
}

#[derive(Default, Debug)]
struct Counts {
    kills: usize,
    acknowledged: usize,
    found_once: usize,
    unanswered: usize,
    lost: usize,
    doubled: usize,
}

/// Adds rows and changes each of them once, until nobody answers any more.
async fn work(base: String, asked: Arc<Asked>, stop: Arc<AtomicBool>) {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    while !stop.load(Ordering::Relaxed) {
        let name = format!("Murder {}", uuid::Uuid::new_v4());
        asked.rows.lock().unwrap().insert(name.clone(), None);
        let Some(created) = post(&http, &base, &name).await else { return };
        let id = created.body["id"].as_str().unwrap().to_string();
        let mut row = Acknowledged { id: id.clone(), created: created.audit_id.unwrap(), changed: None };
        asked.rows.lock().unwrap().insert(name.clone(), Some(row.clone()));
        let (path, body) = (format!("/api/v1/resource/{id}"), json!({"status": "archived"}));
        let key = format!("{name} changed");
        let headers = [("if-match", "\"1\""), ("idempotency-key", key.as_str())];
        let Some(changed) = send(&http, &base, "PATCH", &path, &headers, &body).await else { return };
        if changed.status == 200 {
            row.changed = changed.audit_id;
            asked.rows.lock().unwrap().insert(name, Some(row));
        }
    }
}

async fn post(http: &reqwest::Client, base: &str, name: &str) -> Option<Answer> {
    let body = json!({"name": name, "status": "active"});
    let answer = send(http, base, "POST", "/api/v1/resource", &[("idempotency-key", name)], &body).await?;
    (answer.status == 201).then_some(answer)
}

/// Compares the database with what was answered.
fn count(folder: &Path, asked: &Asked, counts: &mut Counts) {
    let db = Connection::open(folder.join("lending-data/lending.db")).unwrap();
    let ok: String = db.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(ok, "ok");
    let number = |sql: &str, value: &str| db.query_row(sql, [value], |r| r.get::<_, i64>(0)).unwrap();
    for (name, acknowledged) in asked.rows.lock().unwrap().iter() {
        let rows = number("SELECT COUNT(*) FROM resource_item WHERE name = ?1", name);
        counts.doubled += usize::from(rows > 1);
        let Some(row) = acknowledged else {
            counts.unanswered += 1;
            continue;
        };
        let records = |id: &str| number("SELECT COUNT(*) FROM audit_record WHERE id = ?1", id);
        for (audit_id, version) in std::iter::once((&row.created, 1)).chain(row.changed.iter().map(|id| (id, 2))) {
            counts.acknowledged += 1;
            let kept = number("SELECT COALESCE(MAX(version), 0) FROM resource_item WHERE id = ?1", &row.id) >= version;
            if kept && rows == 1 && records(audit_id) == 1 {
                counts.found_once += 1;
            } else {
                counts.lost += 1;
            }
        }
    }
    // as many records as versions of each row, whether its changes were answered or not
    let uneven = "SELECT COUNT(*) FROM resource_item r WHERE r.name LIKE ?1 || '%' AND r.version <> (SELECT COUNT(*) FROM \
                  audit_record a WHERE a.table_name = 'resource_item' AND a.row_id = r.id AND a.kind = 'change')";
    assert_eq!(number(uneven, "Murder"), 0, "a change without its record, or a record without its change");
    let orphans = "SELECT COUNT(*) FROM idempotency i WHERE i.id LIKE '%' || ?1 || '%' AND i.status = 201 AND NOT EXISTS \
                   (SELECT 1 FROM resource_item r WHERE i.location = '/api/v1/resource/' || r.id)";
    assert_eq!(number(orphans, "Murder"), 0, "an answer that is kept without its row");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_is_lost_or_doubled() {
    let kills = std::env::var("MURDER_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder);
    let (asked, mut counts) = (Arc::<Asked>::default(), Counts::default());
    for round in 0..kills {
        let program = start(folder);
        let stop = Arc::<AtomicBool>::default();
        let callers: Vec<_> =
            (0..CALLERS).map(|_| tokio::spawn(work(program.base.clone(), asked.clone(), stop.clone()))).collect();
        // at a moment that nobody knows before
        let moment = 20 + uuid::Uuid::new_v4().as_u128() % 400;
        tokio::time::sleep(Duration::from_millis(u64::try_from(moment).unwrap())).await;
        drop(program);
        counts.kills += 1;
        stop.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.await.unwrap();
        }
        if round % 10 == 9 || round + 1 == kills {
            let mut so_far = Counts::default();
            count(folder, &asked, &mut so_far);
            assert_eq!((so_far.lost, so_far.doubled), (0, 0), "after {round} kills: {so_far:?}");
        }
    }
    // who got no answer asks again with the same key: then there is one row
    let program = start(folder);
    let http = reqwest::Client::new();
    let open: Vec<String> = {
        let rows = asked.rows.lock().unwrap();
        rows.iter().filter(|(_, row)| row.is_none()).map(|(name, _)| name.clone()).collect()
    };
    let repeated = open.len();
    for name in open {
        let created = post(&http, &program.base, &name).await.expect("it is answered now");
        let row = Acknowledged {
            id: created.body["id"].as_str().unwrap().into(),
            created: created.audit_id.unwrap(),
            changed: None,
        };
        asked.rows.lock().unwrap().insert(name, Some(row));
    }
    program.signal("TERM");
    program.ended();
    count(folder, &asked, &mut counts);
    let report = verify(folder);
    let Counts { kills, acknowledged, found_once, lost, doubled, .. } = counts;
    println!(
        "kills {kills}, acknowledged changes {acknowledged} ({repeated} on asking again), found once {found_once}, lost {lost}, doubled \
         {doubled}; {} records in {} seals, {} findings",
        report.records,
        report.seals,
        report.findings.len()
    );
    assert_eq!((found_once, lost, doubled), (acknowledged, 0, 0));
    assert!(acknowledged > kills * CALLERS, "there was load");
    assert_eq!((report.findings, report.unsealed), (vec![], 0));
}
