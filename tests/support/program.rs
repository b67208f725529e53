//! Programs that nobody here wrote and some tests need.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Whether a program is there. A test without it says so and passes; in CI it fails.
pub fn is_there(program: &str, test: &str) -> bool {
    let there = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "{program} is needed in CI");
        eprintln!("SKIPPED {test}: {program} is not installed");
    }
    there
}

/// A port that is free now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Sends a signal by its name, such as `TERM`.
pub fn send_signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// A real Redis that keeps nothing on disk.
pub struct Redis {
    child: Child,
    pub port: u16,
}

impl Redis {
    pub fn start() -> Self {
        Self::start_on(free_port())
    }

    pub fn start_on(port: u16) -> Self {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let begin = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(10), "redis-server does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        let redis = Self { child, port };
        // it has remembered since long ago, as one in service has
        redis.command("SET {lending}:tokens-since 0");
        redis
    }

    /// Sends a command, and waits for its answer.
    pub fn command(&self, line: &str) {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        assert!(answer.starts_with('+'), "{line}: {answer}");
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// `STOP` makes it hang, `CONT` wakes it up again.
    pub fn signal(&self, name: &str) {
        send_signal(&self.child, name);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The `lending-api` binary, started as an operator does, with what it logs.
pub struct Program {
    child: Child,
    pub base: String,
    log: Arc<Mutex<Vec<String>>>,
}

/// The binary before it listens.
pub struct Starting {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Starting {
    /// Serves from a folder with a `lending.toml`.
    pub fn serve(folder: &Path) -> Self {
        Self::serve_with(folder, &[])
    }

    /// With further variables of the environment.
    pub fn serve_with(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lending-api"))
            .current_dir(folder)
            .env_clear()
            .env("LENDING_BIND", "127.0.0.1:0")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(vec![]));
        let (kept, errors) = (log.clone(), BufReader::new(child.stderr.take().unwrap()));
        std::thread::spawn(move || errors.lines().map_while(Result::ok).for_each(|l| kept.lock().unwrap().push(l)));
        Self { child, log }
    }

    pub fn signal(&self, name: &str) {
        send_signal(&self.child, name);
    }

    /// Waits until SIGHUP, the first of the signals, no longer ends it.
    pub async fn wait_until_it_handles_hangups(&self) {
        let begin = Instant::now();
        let handles = || {
            let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
            u64::from_str_radix(caught, 16).unwrap() & 1 == 1
        };
        while !handles() {
            assert!(begin.elapsed() < Duration::from_secs(3), "a hangup would end it");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until it listens.
    pub fn listens(mut self) -> Program {
        let mut line = String::new();
        BufReader::new(self.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim_end().strip_prefix("lending-api listens on ").unwrap_or_else(|| {
            panic!("the server ended: {:?}", self.log.lock().unwrap());
        });
        Program { base: base.into(), child: self.child, log: self.log }
    }
}

impl Program {
    /// Serves from a folder with a `lending.toml`.
    pub fn serve(folder: &Path) -> Self {
        Starting::serve(folder).listens()
    }

    pub fn signal(&self, name: &str) {
        send_signal(&self.child, name);
    }

    /// Waits until it has ended by itself.
    pub fn ended(mut self) {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return assert!(status.success());
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "it does not end: {:#?}", self.log.lock().unwrap());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Log lines that hold a text.
    pub fn logged(&self, text: &str) -> usize {
        self.log.lock().unwrap().iter().filter(|line| line.contains(text)).count()
    }

    /// Waits until so many lines hold a text.
    pub async fn wait_for(&self, times: usize, text: &str) {
        let begin = Instant::now();
        while self.logged(text) < times {
            assert!(begin.elapsed() < Duration::from_secs(10), "not logged: {text}: {:#?}", self.log.lock().unwrap());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
