//! The loop with a table that fails as it is told, on a clock of the test's own.

use super::*;
use crate::Lag;
use serde_json::Map;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, atomic::AtomicUsize, atomic::Ordering::Relaxed},
};

fn item(id: &str) -> Item {
    Item { id: id.into(), digest: format!("digest of {id}"), found: None, made_at: 0, members: Map::new() }
}

fn batch(number: i64, records: usize) -> Batch {
    let records = (0..records).map(|n| item(&format!("{number}.{n}"))).collect();
    Batch { number, records, checkpoint: item(&format!("seal-{number}")) }
}

#[derive(Default)]
struct Known {
    shipped: Vec<i64>,
    order: Vec<String>,
    items: BTreeMap<String, Item>,
    /// Ids that are refused as often as this says.
    refused: BTreeMap<String, usize>,
    /// Attempts in a row that fail, whatever they are of.
    away: usize,
    attempts: usize,
}

type Shared = Arc<Mutex<Known>>;

struct Batches(VecDeque<Batch>, Shared, Option<i64>);

impl Source for Batches {
    fn next(&mut self) -> Result<Option<Batch>, String> {
        let next = self.0.pop_front();
        self.2 = next.as_ref().map(|batch| batch.number);
        Ok(next)
    }
    fn shipped(&mut self) -> Result<(), String> {
        self.1.lock().unwrap().shipped.extend(self.2);
        Ok(())
    }
    fn lag(&mut self) -> Result<Lag, String> {
        Ok(Lag { records: self.0.len().try_into().unwrap(), ..Lag::default() })
    }
}

#[derive(Default)]
struct Shelf {
    known: Shared,
    flying: AtomicUsize,
    most: Arc<AtomicUsize>,
}

impl Target for Shelf {
    async fn put(&self, item: &Item) -> Result<Put, String> {
        self.most.fetch_max(self.flying.fetch_add(1, Relaxed) + 1, Relaxed);
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.flying.fetch_sub(1, Relaxed);
        let mut known = self.known.lock().unwrap();
        known.attempts += 1;
        if known.away > 0 {
            known.away -= 1;
            return Err("away".into());
        }
        if let Some(times) = known.refused.get_mut(&item.id).filter(|times| **times > 0) {
            *times -= 1;
            return Err(format!("{} is refused", item.id));
        }
        if let Some(there) = known.items.get(&item.id) {
            return Ok(if there == item { Put::Same } else { Put::Other("digest".into()) });
        }
        known.order.push(item.id.clone());
        known.items.insert(item.id.clone(), item.clone());
        Ok(Put::Stored)
    }
}

struct Run {
    known: Shared,
    status: Arc<Status>,
    most: usize,
}

/// Works for so long on batches of so many records.
async fn work(sizes: &[usize], seconds: u64, prepare: impl FnOnce(&mut Known)) -> Run {
    let (known, status) = (Shared::default(), Arc::<Status>::default());
    prepare(&mut known.lock().unwrap());
    let batches = sizes.iter().zip(1..).map(|(size, number)| batch(number, *size)).collect();
    let shelf = Shelf { known: known.clone(), ..Shelf::default() };
    let most = shelf.most.clone();
    let mut work = Work::new(Batches(batches, known.clone(), None), shelf, status.clone(), Arc::new(|| 100));
    let ended = tokio::time::timeout(Duration::from_secs(seconds), work.run()).await;
    assert!(ended.is_err(), "it goes on for ever");
    Run { known, status, most: most.load(Relaxed) }
}

#[tokio::test(start_paused = true)]
async fn batches_are_shipped_in_order_and_each_checkpoint_after_its_records() {
    let run = work(&[100, 1, 40], 60, |_| {}).await;
    let known = run.known.lock().unwrap();
    assert_eq!(known.shipped, [1, 2, 3]);
    assert_eq!(known.items.len(), 100 + 1 + 40 + 3);
    let of = |id: &String| id.trim_start_matches("seal-").split('.').next().unwrap().to_string();
    let mut batches: Vec<String> = known.order.iter().map(of).collect();
    batches.dedup();
    assert_eq!(batches, ["1", "2", "3"]);
    assert_eq!(known.order[100], "seal-1");
    assert_eq!(run.most, AT_ONCE);
    assert_eq!((run.status.state().put, run.status.state().mismatches()), (144, 0));
}

#[tokio::test(start_paused = true)]
async fn an_outage_delays_and_loses_nothing() {
    let run = work(&[100, 100], 600, |known| known.away = 50).await;
    let known = run.known.lock().unwrap();
    assert_eq!((known.shipped.as_slice(), known.items.len()), ([1, 2].as_slice(), 202));
    assert_eq!(known.attempts, 202 + 50, "one probe at a time while it is away, and nothing twice");
    assert_eq!(run.status.state().failing_since, None);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_tried_for_ever_and_stays_visible() {
    let run = work(&[10, 10], 3600, |known| known.refused = [("1.4".into(), usize::MAX)].into()).await;
    let known = run.known.lock().unwrap();
    let there: BTreeSet<&str> = known.items.keys().map(String::as_str).collect();
    assert_eq!(there.len(), 9, "the others of its batch, but neither checkpoint nor another batch: {there:?}");
    assert_eq!(known.shipped, [] as [i64; 0]);
    let state = run.status.state();
    assert_eq!(
        (state.name(), state.failing_since, state.cause.as_deref()),
        ("failing", Some(100), Some("1.4 is refused"))
    );
    // 30 s at most, 15 s at least between two attempts
    assert!((120..=260).contains(&known.attempts), "{}", known.attempts);
}

#[tokio::test(start_paused = true)]
async fn another_item_in_its_place_is_counted_and_stays() {
    let forged = Item { digest: "forged".into(), ..item("1.3") };
    let run = work(&[10], 60, |known| {
        known.items.insert("1.3".into(), forged.clone());
        known.items.insert("1.4".into(), item("1.4"));
    });
    let run = run.await;
    let known = run.known.lock().unwrap();
    assert_eq!((&known.items["1.3"], known.shipped.as_slice()), (&forged, [1].as_slice()));
    assert_eq!((run.status.state().put, run.status.state().mismatches()), (9, 1));
}
