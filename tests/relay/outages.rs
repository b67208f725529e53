use super::site::{Site, add, add_many, eventually, readiness, until_state};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

/// Adds rows until it is told to stop; how many were answered.
async fn load(base: String, what: String, stop: Arc<AtomicBool>, answered: Arc<AtomicUsize>) {
    let http = reqwest::Client::new();
    for n in 0.. {
        if stop.load(Relaxed) {
            return;
        }
        assert!(
            add(&http, &base, &format!("{what} {n}")).await,
            "every change is answered, whatever becomes of the copy"
        );
        answered.fetch_add(1, Relaxed);
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
}

/// The emulator is killed, hangs, and is killed again, under load.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outages_under_load_lose_and_double_nothing() {
    let Some(mut site) = Site::with_table().await else { return };
    let program = site.serve();
    let (stop, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let load: Vec<_> = (0..4)
        .map(|n| tokio::spawn(load(program.base.clone(), format!("Load {n}"), stop.clone(), answered.clone())))
        .collect();
    let pause = |millis| tokio::time::sleep(Duration::from_millis(millis));
    let mut outages = vec![];
    for how in ["killed", "stopped", "killed"] {
        until_state(&program.base, "current").await;
        eventually(60, "something is on its way", async || {
            readiness(&program.base).await["relay"]["state"] != "current"
        })
        .await;
        let begin = std::time::Instant::now();
        if how == "killed" {
            site.emulator.kill()
        } else {
            site.emulator.signal("STOP")
        }
        until_state(&program.base, "failing").await;
        pause(1500).await;
        if how == "killed" {
            site.emulator.again()
        } else {
            site.emulator.signal("CONT")
        }
        outages.push(format!("{how} {:.1} s", begin.elapsed().as_secs_f64()));
    }
    until_state(&program.base, "current").await;
    stop.store(true, Relaxed);
    for load in load {
        load.await.unwrap();
    }
    site.until_shipped().await;
    let [records, items, lost, doubled] = site.compare().await;
    // past the capture of the test's output
    eprintln!(
        "relay: {records} records, {items} items, lost {lost}, doubled {doubled}, outages {}",
        outages.join(", ")
    );
    assert_eq!((items, lost, doubled), (records, 0, 0));
    assert_eq!(records, answered.load(Relaxed), "a record of each change that was answered");
    assert!(records > 100, "there was load");
    program.wait_for(outages.len(), "ships again").await;
    assert_eq!((program.logged("cannot ship now"), program.logged("ships again")), (outages.len(), outages.len()));
    assert_eq!(program.logged("the table holds another item"), 0);
}

/// What is in the table of batches that were not shipped whole: it must be put again.
async fn of_unfinished_batches(site: &Site) -> Vec<String> {
    let shipped = "SELECT COALESCE(MAX(batch), 0) FROM audit_relay";
    let shipped: i64 = site.database().query_row(shipped, [], |r| r.get(0)).unwrap();
    let sealed = site.sealed();
    let items = site.emulator.items().await;
    let ids = items.iter().map(|item| item["id"]["S"].as_str().unwrap());
    ids.filter(|id| sealed.get(*id).is_some_and(|s| s.1 > shipped)).map(Into::into).collect()
}

/// The server is killed while it ships, three times, and until one of them was in the middle of a batch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_while_it_ships_loses_and_doubles_nothing() {
    let Some(site) = Site::with_table().await else { return };
    const ROWS: usize = 150;
    let (mut kills, mut again) = (vec![], BTreeSet::new());
    for round in 1.. {
        if round > 3 && !again.is_empty() {
            break;
        }
        assert!(round <= 12, "it is never killed in the middle of a batch");
        let program = site.serve();
        let before = site.emulator.puts();
        add_many(&program.base, &format!("Round {round}"), ROWS).await;
        eventually(60, "some are there", async || site.emulator.puts() > before + 20).await;
        // with kill -9
        drop(program);
        again.extend(of_unfinished_batches(&site).await);
        kills.push(format!("{} of {}", site.emulator.items().await.len(), round * ROWS));
    }
    let program = site.serve();
    site.until_shipped().await;
    let [records, items, lost, doubled] = site.compare().await;
    let puts = site.emulator.puts();
    eprintln!(
        "relay: {records} records, {items} items, lost {lost}, doubled {doubled}, server killed at {}; {puts} puts",
        kills.join(", ")
    );
    let all = kills.len() * ROWS;
    assert_eq!((records, items, lost, doubled), (all, all, 0, 0));
    let batches = site.sealed().values().map(|s| s.1).max().unwrap_or_default();
    let least = records + usize::try_from(batches).unwrap() + again.len();
    assert!(puts >= least, "{} were put again, but there were {puts} puts", again.len());
    assert_eq!(program.logged("the table holds another item"), 0, "what was put again was the same");
}
