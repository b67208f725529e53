//! Medians of the measurements as a markdown table, with ratios.
//!
//! Reads lines of server, endpoint, kind (`closed` or `open`) and the figures that `load` prints, with tabs between them. With
//! `capacity SERVER ENDPOINT` it prints the median rate of the closed loops instead; with `posts` or `soak` what `bench/posts` asks for.

use std::{collections::BTreeMap, io::Read};

/// Requests per second; median, 99th and 99.9th percentile and longest time; processor time. Times in microseconds.
type Figures = [f64; 6];
const RATE: usize = 0;
const MEDIAN: usize = 1;
const P99: usize = 2;
const P999: usize = 3;
const LONGEST: usize = 4;
const PROCESSOR: usize = 5;
type Runs = BTreeMap<(String, String, String), Vec<Figures>>;

/// Titles of the columns that compare, and the servers that they compare with.
const PEERS: [(&str, &str); 3] =
    [("axum-idiomatic", "/ idiomatic axum"), ("axum-tuned", "/ tuned axum"), ("fastapi", "/ FastAPI")];
const ENDPOINTS: [&str; 3] = ["health", "get-one", "list-50"];

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("text");
    let runs = read(&text);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["capacity", server, endpoint] => {
            println!("{:.0}", median(&runs, server, endpoint, "closed", RATE).unwrap_or(0.0))
        }
        ["posts"] => posts(&runs),
        ["soak"] => soak(&runs),
        _ => table(&runs),
    }
}

fn read(text: &str) -> Runs {
    let mut runs = Runs::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [server, endpoint, kind, figures @ ..] = fields.as_slice() else { panic!("not a measurement: {line}") };
        let figures: Vec<f64> = figures.iter().map(|f| f.parse().expect("a number")).collect();
        let key = (server.to_string(), endpoint.to_string(), kind.to_string());
        runs.entry(key).or_default().push(figures.try_into().expect("six figures"));
    }
    runs
}

/// How many times as many requests as a peer: the median over the rounds, each by itself, since a machine that others use is not as
/// fast in one as in the next. In brackets the same by processor time.
fn ratio(runs: &Runs, server: &str, peer: &str, endpoint: &str) -> Option<String> {
    let rate = compared(runs, server, peer, (endpoint, "closed"), |ours, theirs| ours[RATE] / theirs[RATE])?;
    let time = compared(runs, server, peer, (endpoint, "closed"), |ours, theirs| theirs[PROCESSOR] / ours[PROCESSOR])?;
    Some(format!("{rate:.2} ({time:.2})"))
}

/// The median over the rounds of what two servers' figures are to each other.
fn compared(
    runs: &Runs,
    server: &str,
    peer: &str,
    (endpoint, kind): (&str, &str),
    compare: impl Fn(&Figures, &Figures) -> f64,
) -> Option<f64> {
    let runs_of = |server: &str| runs.get(&(server.into(), endpoint.into(), kind.into()));
    let pairs = runs_of(server).into_iter().flatten().zip(runs_of(peer).into_iter().flatten());
    middle(pairs.map(|(ours, theirs)| compare(ours, theirs)).collect())
}

fn median(runs: &Runs, server: &str, endpoint: &str, kind: &str, figure: usize) -> Option<f64> {
    middle(runs.get(&(server.into(), endpoint.into(), kind.into()))?.iter().map(|f| f[figure]).collect())
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let upper = values.get(half)?;
    Some(if values.len() % 2 == 1 { *upper } else { (values[half - 1] + upper) / 2.0 })
}

fn servers(runs: &Runs) -> Vec<&str> {
    let mut servers: Vec<&str> = runs.keys().map(|(server, ..)| server.as_str()).collect();
    servers.dedup();
    servers.sort_by_key(|s| (!s.starts_with("ours"), PEERS.iter().position(|(peer, _)| peer == s)));
    servers
}

/// Changes: rate and times as fast as it goes, with 32 connections and with one.
fn posts(runs: &Runs) {
    println!(
        "| connections | server | posts/s | processor µs each | median ms | p99 ms | p99.9 ms | ours / it: rate | it / ours: p99 |"
    );
    println!("|---:|---|---:|---:|---:|---:|---:|---:|---:|");
    for (connections, kind) in [("32", "closed-32"), ("1", "closed-1")] {
        for server in servers(runs) {
            let figure = |figure| median(runs, server, "post", kind, figure);
            let Some(rate) = figure(RATE) else { continue };
            let ms = |index| figure(index).map_or_else(String::new, |t| format!("{:.2}", t / 1e3));
            let processor = figure(PROCESSOR).unwrap_or(0.0);
            let to = |compare: fn(&Figures, &Figures) -> f64| {
                let ratio = compared(runs, "ours", server, ("post", kind), compare).filter(|_| server != "ours");
                ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"))
            };
            let faster = to(|ours, theirs| ours[RATE] / theirs[RATE]);
            let sooner = to(|ours, theirs| theirs[P99] / ours[P99]);
            let times = [MEDIAN, P99, P999].map(ms).join(" | ");
            println!("| {connections} | {server} | {rate:.0} | {processor:.1} | {times} | {faster} | {sooner} |");
        }
    }
}

/// Changes over a long time.
fn soak(runs: &Runs) {
    let figure = |index| median(runs, "ours", "post", "soak", index).unwrap_or(0.0);
    let times = [MEDIAN, P99, P999, LONGEST].map(|index| format!("{:.2}", figure(index) / 1e3)).join(" | ");
    println!("\n| posts/s | median ms | p99 ms | p99.9 ms | longest ms |");
    println!("|---:|---:|---:|---:|---:|");
    println!("| {:.0} | {times} |", figure(RATE));
}

fn table(runs: &Runs) {
    let servers = servers(runs);
    let titles = PEERS.map(|(_, title)| title).join(" | ");
    println!("| endpoint | server | requests/s | processor µs each | p99 ms at half | {titles} |");
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    for endpoint in ENDPOINTS {
        for server in &servers {
            let Some(rate) = median(runs, server, endpoint, "closed", RATE) else { continue };
            let each = median(runs, server, endpoint, "closed", PROCESSOR).unwrap_or(0.0);
            let p99 = median(runs, server, endpoint, "open", P99).map_or("".into(), |t| format!("{:.2}", t / 1e3));
            let ratio = |(peer, _): (&str, &str)| match server.starts_with("ours") {
                true => ratio(runs, server, peer, endpoint).unwrap_or_default(),
                false => String::new(),
            };
            let ratios = PEERS.map(ratio).join(" | ");
            println!("| {endpoint} | {server} | {rate:.0} | {each:.1} | {p99} | {ratios} |");
        }
    }
}
