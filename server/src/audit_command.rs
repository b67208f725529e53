//! `lending-api audit`: the trail for auditors.

use super::{Fault, output};
use clap::Subcommand;
use lending_api::{
    audit::{self, Checkpoint, Keys, Scope},
    config::Config,
    store::{Read, migrate},
};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Findings that are shown; the rest is counted.
const SHOWN: usize = 100;

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Say whether the trail is as it was sealed, or which record is not; exit code 1 then.
    Verify {
        /// Only records that were sealed from this day or time on, such as 2026-11-01 or 2026-11-01T12:00:00Z; and those whose seal was altered.
        #[arg(long, value_parser = time)]
        from: Option<String>,
        /// Only records that were sealed before this day or time; and those whose seal was altered.
        #[arg(long, value_parser = time)]
        to: Option<String>,
        /// Checkpoints that were exported earlier: a trail that was cut off or sealed anew does not match them.
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
        /// Print all findings, and not the first 100 alone.
        #[arg(long)]
        all: bool,
    },
    /// Print records as JSON lines.
    Export {
        /// Only records made from this day or time on.
        #[arg(long, value_parser = time)]
        from: Option<String>,
        /// Only records made before this day or time.
        #[arg(long, value_parser = time)]
        to: Option<String>,
    },
    /// Print the signed checkpoints as JSON lines; keep them where nobody who can write to the database can write.
    Checkpoints,
    /// Print the history of one row.
    Show {
        /// Table, such as payoff.
        table: String,
        /// Key of the row.
        id: String,
    },
    /// Make a file with new secrets for `audit.keys_file`.
    NewKeys {
        /// File that does not exist yet.
        file: PathBuf,
    },
}

pub fn run(command: AuditCommand, config: &Config) -> Result<(), Fault> {
    if let AuditCommand::NewKeys { file } = command {
        return Ok(audit::Keys::make(&file)?);
    }
    let mut read = Read::open(&config.database())?;
    migrate::require_current(&mut read)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    match command {
        AuditCommand::Verify { from, to, checkpoints, all } => {
            in_order(from.as_deref(), to.as_deref())?;
            let checkpoints = checkpoints.map(|file| read_checkpoints(&file)).transpose()?.unwrap_or_default();
            let (newest, unread) = match audit::Anchor::of(&config.data_dir).read() {
                Ok(newest) => (newest, Ok(())),
                Err(e) => (None, Err(e)),
            };
            let scope = Scope { from, to, checkpoints, newest };
            let verified = verify(&mut read, &config.audit_keys()?, &scope, if all { usize::MAX } else { SHOWN });
            // the rest is looked at all the same
            match (verified, unread) {
                (Err(found), Err(e)) => Err(format!("{found}; {e}").into()),
                (verified, unread) => verified.and(unread.map_err(Fault::from)),
            }
        }
        AuditCommand::Export { from, to } => {
            in_order(from.as_deref(), to.as_deref())?;
            Ok(audit::export(&mut read, from.as_deref(), to.as_deref(), &mut out)??)
        }
        AuditCommand::Checkpoints => {
            let (checkpoints, unreadable) = audit::checkpoints(&mut read)?;
            for checkpoint in checkpoints {
                writeln!(out, "{}", serde_json::to_string(&checkpoint)?)?;
            }
            out.flush()?;
            complete(&unreadable)
        }
        AuditCommand::Show { table, id } => {
            let text = audit::history(&mut read, &table, &id)?;
            if text.is_empty() {
                return Err(format!("no record of a row `{id}` in a table `{table}`").into());
            }
            write!(out, "{text}")?;
            Ok(out.flush()?)
        }
        AuditCommand::NewKeys { .. } => Ok(()),
    }
}

fn verify(read: &mut Read, keys: &Keys, scope: &Scope, most: usize) -> Result<(), Fault> {
    let report = read.snapshot(|tx| audit::verify(tx, keys, scope))?;
    let audit::Report { seals, records, unsealed, findings } = &report;
    let compared = scope.compared().count();
    let looked =
        format!("{records} records in {seals} seals; {unsealed} records in no seal; {compared} checkpoints compared");
    if findings.is_empty() {
        return Ok(output::line(format_args!("ok: {looked}"))?);
    }
    let more = findings.len().saturating_sub(most);
    let shown = findings.iter().take(most).try_for_each(output::line);
    // whoever reads only the first of them is told all the same
    let _ = shown.and_then(|()| {
        if more > 0 { output::line(format_args!("and {more} more; `--all` prints them")) } else { Ok(()) }
    });
    Err(format!("the audit trail is not what was sealed: {} findings in {looked}", findings.len()).into())
}

/// Whoever keeps the checkpoints must know that some are missing.
fn complete(unreadable: &[i64]) -> Result<(), Fault> {
    if unreadable.is_empty() {
        return Ok(());
    }
    let numbers: Vec<String> = unreadable.iter().take(SHOWN).map(i64::to_string).collect();
    let more = if unreadable.len() > SHOWN { ", …" } else { "" };
    let which = format!("seals {}{more} cannot be read, and have no checkpoint here", numbers.join(", "));
    Err(format!("{which}: run `lending-api audit verify`").into())
}

fn read_checkpoints(file: &Path) -> Result<Vec<Checkpoint>, Fault> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let parse = |(i, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|e| format!("{}:{}: no checkpoint: {e}", file.display(), i + 1).into())
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut all = lines.map(parse).collect::<Result<Vec<Checkpoint>, Fault>>()?;
    all.sort_by_key(|checkpoint| checkpoint.batch);
    all.dedup();
    // whoever gives a file wants something compared
    if all.is_empty() { Err(format!("{}: holds no checkpoint", file.display()).into()) } else { Ok(all) }
}

/// Nothing lies in a span that ends before it begins, and that would pass for good.
fn in_order(from: Option<&str>, to: Option<&str>) -> Result<(), Fault> {
    match (from, to) {
        (Some(from), Some(to)) if from >= to => {
            Err(format!("`--to {to}` is not later than `--from {from}`: nothing is between them").into())
        }
        _ => Ok(()),
    }
}

/// A day or a time, as records carry it.
fn time(text: &str) -> Result<String, String> {
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    let time = day.map(|day| day.and_utc());
    let time = time.or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()));
    let time = time.ok_or("write a day, 2026-11-01, or a time, 2026-11-01T12:00:00Z")?;
    Ok(time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
}
