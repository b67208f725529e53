//! The front door, as raw bytes see it: slow and large requests, too many connections, TLS, browsers.

use crate::support::{Server, now};
use lending_api::config::{Config, TlsConfig};
use std::{
    io,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.base.strip_prefix("http://").unwrap()).await.unwrap()
}

/// What comes back until the server closes; nothing, when it does so without a word.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = vec![];
    let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await.expect("the server closes");
    let reset = |e: &io::Error| e.kind() == io::ErrorKind::ConnectionReset;
    assert!(read.as_ref().map_or_else(reset, |_| true), "{read:?}");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends bytes, and reads to the end.
pub async fn raw(server: &Server, request: &[u8]) -> String {
    let mut stream = connect(server).await;
    // the server may refuse before everything is sent
    let _ = stream.write_all(request).await;
    rest(&mut stream).await
}

#[tokio::test]
async fn five_hundred_trickling_connections_delay_nobody() {
    let server = Server::start_with(now(), |config| config.http.header_timeout_seconds = 3).await;
    let address = server.base.strip_prefix("http://").unwrap().to_string();
    let tricklers: Vec<_> = (0..500)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                let begin = Instant::now();
                for byte in "GET /healthz HTTP/1.1\r\nx-slow: ".bytes().chain(std::iter::repeat(b'a')) {
                    if stream.write_all(&[byte]).await.is_err() || begin.elapsed() > Duration::from_secs(15) {
                        break;
                    }
                    sleep(Duration::from_millis(250)).await;
                }
                begin.elapsed()
            })
        })
        .collect();
    sleep(Duration::from_millis(500)).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..100 {
        let begin = Instant::now();
        server.get("/api/v1/location").expect(200).await;
        slowest = slowest.max(begin.elapsed());
    }
    assert!(slowest < Duration::from_millis(500), "a request took {slowest:?}");
    for trickler in tricklers {
        let lasted = trickler.await.unwrap();
        assert!(lasted < Duration::from_secs(10), "a trickling connection lasted {lasted:?}");
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let server = Server::start_with(now(), |config| config.http.header_timeout_seconds = 1).await;
    let begin = Instant::now();
    assert_eq!(raw(&server, b"").await, "");
    assert!((900..5000).contains(&begin.elapsed().as_millis()), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn between_two_requests_there_is_more_time_than_for_headers() {
    let server = Server::start_with(now(), |config| {
        (config.http.header_timeout_seconds, config.http.idle_timeout_seconds) = (1, 4);
    })
    .await;
    const KEEP: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut stream = connect(&server).await;
    for _ in 0..2 {
        stream.write_all(KEEP).await.unwrap();
        sleep(Duration::from_secs(2)).await;
    }
    stream.write_all(KEEP).await.unwrap();
    let begin = Instant::now();
    let all = rest(&mut stream).await;
    assert_eq!(all.matches("HTTP/1.1 200 OK").count(), 3, "{all}");
    assert!((3000..8000).contains(&begin.elapsed().as_millis()), "{:?}", begin.elapsed());
    // a second request whose headers trickle has no more time than a first
    let mut stream = connect(&server).await;
    stream.write_all(KEEP).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    stream.write_all(b"GET /hea").await.unwrap();
    let begin = Instant::now();
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    assert!(begin.elapsed() < Duration::from_millis(2500), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_body_that_trickles_is_given_up() {
    let server = Server::start().await;
    let mut stream = connect(&server).await;
    let token = server.token(Some("1001"), None);
    let head = format!(
        "POST /api/v1/resource HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: 1000\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let begin = Instant::now();
    let (mut read, mut write) = stream.into_split();
    let trickle = tokio::spawn(async move {
        while write.write_all(b" ").await.is_ok() {
            sleep(Duration::from_millis(200)).await;
        }
    });
    let mut answer = vec![];
    timeout(Duration::from_secs(20), read.read_to_end(&mut answer)).await.unwrap().unwrap();
    trickle.abort();
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("HTTP/1.1 400 ") && text.contains("the body did not arrive in time"), "{text}");
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn headers_have_a_largest_size_and_number() {
    let server = Server::start_with(now(), |config| config.http.max_header_bytes = 8192).await;
    let with = |headers: &str| format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
    let fits = with(&format!("x-large: {}\r\n", "a".repeat(7000)));
    assert!(raw(&server, fits.as_bytes()).await.starts_with("HTTP/1.1 200 "));
    let large = with(&format!("x-large: {}\r\n", "a".repeat(9000)));
    assert!(raw(&server, large.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    let many: String = (0..100).map(|i| format!("x-{i}: a\r\n")).collect();
    assert!(raw(&server, with(&many).as_bytes()).await.starts_with("HTTP/1.1 431 "));
    let path = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(70_000));
    let refused = raw(&server, path.as_bytes()).await;
    assert!(refused.starts_with("HTTP/1.1 414 ") || refused.starts_with("HTTP/1.1 431 "), "{refused}");
}

/// What two servers in a row could understand in two ways (RFC 9112, section 11.2).
#[tokio::test]
async fn an_ambiguous_request_is_not_understood_at_all() {
    let server = Server::start().await;
    let post = "POST /api/v1/resource HTTP/1.1\r\nhost: x\r\n";
    for (name, request) in [
        ("two lengths", format!("{post}content-length: 4\r\ncontent-length: 5\r\n\r\nabcde")),
        ("a length that is no number", format!("{post}content-length: 4x\r\n\r\nabcd")),
        ("a negative length", format!("{post}content-length: -1\r\n\r\nabcd")),
        ("a transfer coding that is unknown", format!("{post}transfer-encoding: gzip\r\n\r\nabcd")),
        ("chunked before another coding", format!("{post}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n")),
        ("a blank before the colon", format!("{post}content-length : 4\r\n\r\nabcd")),
        ("a folded header", format!("{post}x-a: b\r\n c\r\n\r\n")),
        ("a NUL in a header", format!("{post}x-a: b\0c\r\n\r\n")),
        ("a name with a blank", format!("{post}x a: b\r\n\r\n")),
        ("no version", "GET /healthz\r\n\r\n".to_string()),
        ("another protocol", "GET /healthz HTTQ/1.1\r\nhost: x\r\n\r\n".into()),
        ("HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into()),
        ("a TLS handshake", "\u{16}\u{3}\u{1}\u{2}\0".into()),
    ] {
        let answer = raw(&server, request.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{name}: {answer}");
        assert!(!answer.contains(" 200 ") && answer.matches("HTTP/1.1").count() <= 1, "{name}: {answer}");
    }
    // both lengths: chunked counts, and the connection is not used again, so nothing can follow
    let both = format!("{post}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{HEALTH}");
    let answer = raw(&server, both.as_bytes()).await;
    assert!(!answer.contains(" 200 "), "{answer}");
}

#[tokio::test]
async fn connections_beyond_the_cap_wait() {
    let server = Server::start_with(now(), |config| {
        config.http.max_connections = 3;
        config.http.header_timeout_seconds = 60;
    })
    .await;
    let mut held = vec![];
    for _ in 0..3 {
        let mut stream = connect(&server).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n").await.unwrap();
        held.push(stream);
    }
    sleep(Duration::from_millis(200)).await;
    let mut next = connect(&server).await;
    next.write_all(HEALTH.as_bytes()).await.unwrap();
    assert!(timeout(Duration::from_millis(500), next.read_u8()).await.is_err(), "the fourth is served beside three");
    held.pop();
    assert_eq!(timeout(Duration::from_secs(5), next.read_u8()).await.unwrap().unwrap(), b'H');
}

#[tokio::test]
async fn nobody_keeps_a_connection_that_others_wait_for() {
    let server = Server::start_with(now(), |config| config.http.max_connections = 3).await;
    let keep = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = connect(&server).await;
    first.write_all(keep).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    let mut held = vec![];
    for _ in 0..6 {
        let mut stream = connect(&server).await;
        stream.write_all(keep).await.unwrap();
        sleep(Duration::from_millis(50)).await;
        held.push(stream);
    }
    let mut next = connect(&server).await;
    next.write_all(HEALTH.as_bytes()).await.unwrap();
    let answer = timeout(Duration::from_secs(5), rest(&mut next)).await.expect("there is room");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // while there was room, it was kept
    first.write_all(HEALTH.as_bytes()).await.unwrap();
    assert_eq!(rest(&mut first).await.matches("HTTP/1.1 200").count(), 2);
}

#[tokio::test]
async fn who_takes_no_answer_is_let_go() {
    let server = Server::start_with(now(), |config| config.http.write_timeout_seconds = 1).await;
    let asked = b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
    let mut held = vec![];
    for _ in 0..4 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let address = server.base.strip_prefix("http://").unwrap().parse().unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        stream.write_all(&asked).await.unwrap();
        held.push(stream);
    }
    sleep(Duration::from_secs(4)).await;
    // what the kernel had taken is still there, and then nothing more comes
    for mut stream in held {
        let answers = rest(&mut stream).await.matches("HTTP/1.1 200 OK").count();
        assert!(answers < 50, "{answers} of 100 answers");
    }
}

#[tokio::test]
async fn who_takes_answers_slowly_gets_them_whole() {
    let server = Server::start_with(now(), |config| config.http.write_timeout_seconds = 1).await;
    let whole = server.bare("GET", "/openapi.json").expect(200).await.text.len();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let mut stream = socket.connect(server.base.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap();
    let asked = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(60);
    stream.write_all(asked.as_bytes()).await.unwrap();
    let (mut got, mut buffer, begin) = (0, vec![0; whole], Instant::now());
    while got < 60 * whole {
        let bytes = timeout(Duration::from_secs(5), stream.read(&mut buffer)).await.unwrap().unwrap();
        assert!(bytes > 0, "closed after {got} bytes in {:?}", begin.elapsed());
        got += bytes;
        if begin.elapsed() < Duration::from_secs(4) {
            sleep(Duration::from_millis(50)).await;
        }
    }
    assert!(begin.elapsed() > Duration::from_secs(2), "slower than the time for a wait");
}

#[tokio::test]
async fn after_a_preflight_there_is_time_for_the_request() {
    let server = Server::start_with(now(), |config| {
        config.cors.origins = vec!["https://app.example.gov".into()];
        config.http.header_timeout_seconds = 1;
    })
    .await;
    let mut stream = connect(&server).await;
    let preflight = "OPTIONS /healthz HTTP/1.1\r\nhost: x\r\norigin: https://app.example.gov\r\n\
        access-control-request-method: GET\r\n\r\n";
    stream.write_all(preflight.as_bytes()).await.unwrap();
    sleep(Duration::from_millis(1500)).await;
    stream.write_all(HEALTH.as_bytes()).await.unwrap();
    let all = rest(&mut stream).await;
    assert_eq!(all.matches("HTTP/1.1 200 OK").count(), 2, "{all}");
}

#[tokio::test]
async fn every_answer_is_data_and_never_a_page() {
    let server = Server::start().await;
    for (path, status) in
        [("/healthz", 200), ("/api/v1/location", 200), ("/nowhere", 404), ("/api/v1/location?x=1", 400)]
    {
        let answer = server.get(path).expect(status).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("strict-transport-security"), None, "over plain HTTP it would say nothing");
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
}

#[tokio::test]
async fn browsers_of_other_origins_are_let_in_by_name() {
    let origin = "https://app.example.gov";
    let ask = |server: &Server, from: &str| {
        server
            .bare("OPTIONS", "/api/v1/location")
            .header("origin", from)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization")
            .unchecked()
    };
    let closed = Server::start().await;
    let answer = ask(&closed, origin).send().await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (405, None));

    let server = Server::start_with(now(), |config| config.cors.origins = vec![origin.into()]).await;
    let answer = ask(&server, origin).send().await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(origin)));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("idempotency-key"));
    assert_eq!(answer.header("access-control-max-age"), Some("600"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    for other in ["https://evil.example", "https://app.example.gov.evil.example", "http://app.example.gov", "null"] {
        assert_eq!(ask(&server, other).send().await.header("access-control-allow-origin"), None, "{other}");
        let read = server.get("/api/v1/location").header("origin", other).expect(200).await;
        assert_eq!(read.header("access-control-allow-origin"), None, "{other}");
    }
    let read = server.get("/api/v1/location").header("origin", origin).expect(200).await;
    assert_eq!(read.header("access-control-allow-origin"), Some(origin));
    let readable = read.header("access-control-expose-headers").unwrap();
    assert!(["ratelimit", "etag", "idempotency-replayed", "retry-after"].iter().all(|name| readable.contains(name)));
    assert!(read.header("vary").unwrap().to_lowercase().contains("origin"));
}

/// A self-signed certificate for `localhost`, in two files.
fn certificate(folder: &std::path::Path) -> (TlsConfig, reqwest::Certificate) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    let tls = TlsConfig { cert_file: folder.join("cert.pem"), key_file: folder.join("key.pem") };
    std::fs::write(&tls.cert_file, made.cert.pem()).unwrap();
    std::fs::write(&tls.key_file, made.signing_key.serialize_pem()).unwrap();
    (tls, reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap())
}

/// A new connection that trusts one certificate.
async fn over_tls(server: &Server, trusted: &reqwest::Certificate) -> reqwest::Result<reqwest::Response> {
    let port = server.base.rsplit_once(':').unwrap().1;
    let client = reqwest::Client::builder().tls_certs_only([trusted.clone()]).build()?;
    client.get(format!("https://localhost:{port}/healthz")).send().await
}

#[tokio::test]
async fn tls_and_a_certificate_that_changes_on_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let (tls, first) = certificate(folder.path());
    let with = |tls: TlsConfig| {
        move |config: &mut Config| {
            config.tls = Some(tls);
            config.http.header_timeout_seconds = 2;
        }
    };
    let server = Server::start_with(now(), with(tls)).await;
    let answer = over_tls(&server, &first).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().contains_key("strict-transport-security"));
    assert_eq!(answer.version(), reqwest::Version::HTTP_11);
    assert_eq!(raw(&server, HEALTH.as_bytes()).await.find("HTTP/1.1 200"), None, "plain HTTP on the TLS port");

    let begin = Instant::now();
    assert_eq!(raw(&server, b"").await, "");
    assert!(begin.elapsed() < Duration::from_secs(6), "a handshake that never begins is given up");

    let (_, second) = certificate(folder.path());
    server.running().reloader().reload(&server.config).unwrap();
    assert_eq!(over_tls(&server, &second).await.unwrap().status(), 200);
    over_tls(&server, &first).await.expect_err("the first certificate is gone");

    // a broken one changes nothing
    std::fs::write(folder.path().join("cert.pem"), "not a certificate").unwrap();
    let error = server.running().reloader().reload(&server.config).unwrap_err().to_string();
    assert!(error.starts_with("tls.cert_file ") && error.contains("cert.pem"), "{error}");
    assert_eq!(over_tls(&server, &second).await.unwrap().status(), 200);
}
