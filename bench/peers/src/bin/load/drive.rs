//! The measured seconds.
//!
//! Closed loop: each connection sends its next request as soon as the last is answered; the rate is the ceiling. Open loop: requests
//! are due at a fixed rate, whatever the server does, and their time runs from when they were due, so that a server that stalls is
//! not asked less often for it.

use crate::{connection::Connection, endpoint::Call, token::Tokens};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::time::{Duration, Instant};

/// What was seen.
pub struct Seen {
    pub elapsed: Duration,
    /// Time of each request, sorted.
    pub times: Vec<Duration>,
}

impl Seen {
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// Microseconds below which this part of all requests stayed.
    pub fn quantile(&self, part: f64) -> f64 {
        let index = (self.times.len() as f64 * part) as usize;
        self.times.get(index.min(self.times.len() - 1)).map_or(0.0, |t| t.as_secs_f64() * 1e6)
    }
}

/// The requests that are still to be sent.
struct Due<'a> {
    calls: &'a [Call],
    tokens: Tokens<'a>,
    sent: usize,
    started: Instant,
    /// Time between two requests; none in a closed loop.
    gap: Option<Duration>,
    until: Instant,
}

impl Due<'_> {
    /// When the next is to be sent; `None` when there is no next.
    fn next(&self, now: Instant) -> Option<Instant> {
        let at = self.gap.map_or(now, |gap| self.started + gap.mul_f64(self.sent as f64));
        (!self.tokens.is_empty() && at < self.until).then_some(at)
    }

    fn send(&mut self, conn: &mut Connection, at: Instant) -> Result<(), String> {
        let call = &self.calls[self.sent % self.calls.len()];
        conn.send(call, &self.tokens.take(), at)?;
        self.sent += 1;
        Ok(())
    }
}

/// Sends a request for each token, for `seconds` at most; `rate` makes the loop an open one.
pub fn drive(
    conns: &mut [Connection],
    calls: &[Call],
    tokens: Tokens<'_>,
    seconds: f64,
    rate: Option<f64>,
) -> Result<Seen, String> {
    let started = Instant::now();
    let until = started + Duration::from_secs_f64(seconds);
    let gap = rate.map(|r| Duration::from_secs_f64(1.0 / r));
    let mut due = Due { calls, tokens, sent: 0, started, gap, until };
    let mut times = vec![];
    loop {
        let now = Instant::now();
        let mut next = due.next(now);
        for conn in conns.iter_mut().filter(|c| !c.is_busy()) {
            let Some(at) = next.filter(|at| *at <= now) else { break };
            due.send(conn, at)?;
            next = due.next(now);
        }
        if next.is_none() && conns.iter().all(|c| !c.is_busy()) {
            break;
        }
        for index in ready(conns, next.filter(|_| gap.is_some()))? {
            if let Some((time, ())) = conns[index].receive(|_| ())? {
                times.push(time);
                // at once, before the other answers are read: a closed loop must not wait for its generator
                if let Some(at) = due.next(Instant::now()).filter(|_| gap.is_none()) {
                    due.send(&mut conns[index], at)?;
                }
            }
        }
    }
    let elapsed = started.elapsed();
    times.sort_unstable();
    Ok(Seen { elapsed, times })
}

/// The connections that have something to read; waits for them, but not beyond `next` if one is free to send then.
fn ready(conns: &[Connection], next: Option<Instant>) -> Result<Vec<usize>, String> {
    let next = next.filter(|_| conns.iter().any(|c| !c.is_busy()));
    let wait = next.map(|at| at.saturating_duration_since(Instant::now()));
    let wait = wait.and_then(|w| Timespec::try_from(w).ok());
    let mut fds: Vec<_> = conns.iter().map(|c| PollFd::new(&c.stream, PollFlags::IN)).collect();
    match poll(&mut fds, wait.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(e) => return Err(e.to_string()),
    }
    Ok(fds.iter().enumerate().filter(|(_, fd)| !fd.revents().is_empty()).map(|(i, _)| i).collect())
}
