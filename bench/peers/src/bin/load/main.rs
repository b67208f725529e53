//! Measures one endpoint of one server, and prints requests per second; median, 99th and 99.9th percentile and longest time in
//! microseconds; and the processor time that the server spent on a request, with tabs between them.

mod connection;
mod drive;
mod endpoint;
mod token;

use connection::Connection;
use drive::drive;
use std::{collections::HashMap, process::ExitCode};
use token::{Mint, Tokens};

const USAGE: &str = "usage: KEY=… load --address HOST:PORT --pid PID --key-id SERVICE.ID --endpoint health|get-one|list-50|payoffs-50|post \
                     [--codes FILE] [--date DAY] --seconds N --connections N [--rate REQUESTS_PER_SECOND]";

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("load: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named: HashMap<&str, &str> =
        arguments.chunks_exact(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    let text = |name: &str| named.get(name).copied().ok_or_else(|| format!("{name} is missing\n{USAGE}"));
    let number = |name: &str| text(name)?.parse::<f64>().map_err(|e| format!("{name}: {e}"));
    let rate = named.get("--rate").map(|_| number("--rate")).transpose()?;
    let (seconds, connections) = (number("--seconds")?, number("--connections")? as usize);
    let address = text("--address")?.parse().map_err(|e| format!("--address: {e}"))?;
    let secret = std::env::var("KEY").map_err(|_| format!("KEY is missing\n{USAGE}"))?;

    let mut mint = Mint::new(text("--key-id")?, &secret);
    let endpoint = text("--endpoint")?;
    let mut calls = endpoint::calls(endpoint, named.get("--codes").copied(), named.get("--date").copied())?;
    let mut conns = (0..connections).map(|_| Connection::open(address)).collect::<Result<Vec<_>, _>>()?;
    endpoint::learn(&mut conns[0], &mut mint, &mut calls)?;
    conns.iter().try_for_each(|c| c.stream.set_nonblocking(true)).map_err(|e| e.to_string())?;

    let posts = endpoint == "post";
    let warm = mint.tokens(30_000).into_iter();
    let warm = drive(&mut conns, &calls, Tokens::Ready(warm), 1.0, rate)?;
    let tokens = if posts {
        Tokens::Fresh(&mut mint)
    } else {
        // the warm-up says how many are needed
        let count = (rate.unwrap_or(warm.rate() * 1.5) * seconds).ceil() as usize + connections;
        Tokens::Ready(mint.tokens(count).into_iter())
    };
    let before = processor_time(text("--pid")?)?;
    let seen = drive(&mut conns, &calls, tokens, seconds, rate)?;
    let spent = processor_time(text("--pid")?)? - before;
    let each = spent * 1e6 / seen.times.len() as f64;
    let times: Vec<String> = [0.5, 0.99, 0.999, 1.0].map(|part| format!("{:.0}", seen.quantile(part))).to_vec();
    Ok(format!("{:.0}\t{}\t{each:.2}", seen.rate(), times.join("\t")))
}

/// Seconds that the process has spent on a processor (proc(5), `stat`, fields 14 and 15, in hundredths of a second).
fn processor_time(pid: &str) -> Result<f64, String> {
    let file = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))?;
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}
