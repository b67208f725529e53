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

fn median(runs: &Runs, server: &str, endpoint: &str, kind: &str, figure: usize) -> Option<f64> {
    let mut values: Vec<f64> =
        runs.get(&(server.into(), endpoint.into(), kind.into()))?.iter().map(|f| f[figure]).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    Some(if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 })
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
            let ratio = |(peer, _): (&str, &str)| {
                let peer = median(runs, peer, endpoint, "closed", 0).filter(|_| server.starts_with("ours"));
                peer.map_or(String::new(), |peer| format!("{:.2}", rate / peer))
            };
            let ratios = PEERS.map(ratio).join(" | ");
            println!("| {endpoint} | {server} | {rate:.0} | {each:.1} | {p99} | {ratios} |");
        }
    }
}
