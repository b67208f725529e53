//! Medians of the measurements as a markdown table, with ratios.
//!
//! Reads lines of server, endpoint, kind (`closed` or `open`) and the four figures that `load` prints, with tabs between them. With
//! `capacity SERVER ENDPOINT` it prints the median rate of the closed loops instead.

use std::{collections::BTreeMap, io::Read};

type Figures = [f64; 4];
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
            println!("{:.0}", median(&runs, server, endpoint, "closed", 0).unwrap_or(0.0))
        }
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
        runs.entry(key).or_default().push(figures.try_into().expect("four figures"));
    }
    runs
}

/// How many times as many requests as a peer: the median over the rounds, each by itself, since a machine that others use is not as
/// fast in one as in the next. In brackets the same by processor time.
fn ratio(runs: &Runs, server: &str, peer: &str, endpoint: &str) -> Option<String> {
    let runs_of = |server: &str| runs.get(&(server.into(), endpoint.into(), "closed".into()));
    let pairs = || runs_of(server).into_iter().flatten().zip(runs_of(peer).into_iter().flatten());
    let rate = middle(pairs().map(|(ours, theirs)| ours[0] / theirs[0]).collect())?;
    let time = middle(pairs().map(|(ours, theirs)| theirs[3] / ours[3]).collect())?;
    Some(format!("{rate:.2} ({time:.2})"))
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

fn table(runs: &Runs) {
    let mut servers: Vec<&str> = runs.keys().map(|(server, ..)| server.as_str()).collect();
    servers.dedup();
    servers.sort_by_key(|s| (!s.starts_with("ours"), PEERS.iter().position(|(peer, _)| peer == s)));
    let titles = PEERS.map(|(_, title)| title).join(" | ");
    println!("| endpoint | server | requests/s | processor µs each | p99 ms at half | {titles} |");
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    for endpoint in ENDPOINTS {
        for server in &servers {
            let Some(rate) = median(runs, server, endpoint, "closed", 0) else { continue };
            let each = median(runs, server, endpoint, "closed", 3).unwrap_or(0.0);
            let p99 = median(runs, server, endpoint, "open", 2).map_or("".into(), |t| format!("{:.2}", t / 1e3));
            let ratio = |(peer, _): (&str, &str)| match server.starts_with("ours") {
                true => ratio(runs, server, peer, endpoint).unwrap_or_default(),
                false => String::new(),
            };
            let ratios = PEERS.map(ratio).join(" | ");
            println!("| {endpoint} | {server} | {rate:.0} | {each:.1} | {p99} | {ratios} |");
        }
    }
}
