use super::site::{Site, add, add_many, eventually, readiness, until_state};
use std::{
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
    assert_eq!((program.logged("cannot ship now"), program.logged("ships again")), (outages.len(), outages.len()));
    assert_eq!(program.logged("the table holds another item"), 0);
}

/// The server is killed while it ships, three times.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_while_it_ships_loses_and_doubles_nothing() {
    let Some(site) = Site::with_table().await else { return };
    const ROWS: usize = 150;
    let mut kills = vec![];
    for round in 1..=3 {
        let program = site.serve();
        let before = site.emulator.puts();
        add_many(&program.base, &format!("Round {round}"), ROWS).await;
        eventually(60, "some are there", async || site.emulator.puts() > before + 20).await;
        // with kill -9
        drop(program);
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
    assert_eq!((records, items, lost, doubled), (3 * ROWS, 3 * ROWS, 0, 0));
    assert!(
        puts > records + site.sealed().values().map(|s| s.1).max().map_or(0, |batches| batches as usize),
        "some were put again"
    );
    assert_eq!(program.logged("the table holds another item"), 0, "what was put again was the same");
}
