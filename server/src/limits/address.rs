//! What one address may do without having proven anything: before any cryptography, and at operations that are open to all.
//!
//! A request with a good token never counts here, whatever becomes of its user. One without costs its address a share, and an address
//! that has used up its share is refused unheard until some of it has come back.

use super::{Bucket, Failures, local::Local};
use crate::config::AddressConfig;
use forebear_runtime::Admission;
use http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The limiter of addresses.
pub struct Addresses {
    refused: Failures<IpAddr>,
    open: (Bucket, Local),
}

impl Addresses {
    /// A limiter as configured.
    #[must_use]
    pub fn new(config: AddressConfig) -> Self {
        let AddressConfig { refused, open, window_seconds } = config;
        let bucket = |class, quota| Bucket { class, whom: "address", quota, window_seconds };
        let open = bucket("open", open);
        Self { refused: Failures::new(bucket("unauthenticated", refused)), open: (open, Local::new(open)) }
    }

    /// Counts a request to an operation that is open to all.
    ///
    /// # Errors
    /// The limit that is used up.
    pub fn open(&self, address: IpAddr) -> Result<(), Admission> {
        let (bucket, local) = &self.open;
        let count = local.check(&network(address).to_string());
        if count.is_refused() { Err(bucket.admission(count)) } else { Ok(()) }
    }

    /// Refuses an address that has used up its share of bad tokens.
    ///
    /// # Errors
    /// The limit that is used up.
    pub fn heard(&self, address: IpAddr) -> Result<(), Admission> {
        self.refused.heard(|| network(address))
    }

    /// Counts a request without a good token of a service.
    pub fn failed(&self, address: IpAddr) {
        self.refused.failed(network(address));
    }
}

/// A host has a whole /64 of IPv6, so that is what counts as one address; IPv4 in IPv6 is IPv4.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

/// Proxies whose word about the client's address is taken.
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Those of these networks.
    #[must_use]
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.to_vec())
    }

    /// The client's address: the peer's own, unless the peer is a trusted proxy. Then the last address of `X-Forwarded-For` that is
    /// not a trusted proxy's; each of them has added the address it saw, so whatever stands further left is the client's own word.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let lines = headers.get_all("x-forwarded-for").iter().rev();
        // by bytes: what a client wrote must not make the proxy's word beside it unreadable
        for hop in lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')) {
            // a hop that is no address: what a trusted proxy wrote last is as far as is known
            let Some(address) = address_of(hop) else { return client };
            client = address.to_canonical();
            if !self.trusts(client) {
                return client;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }
}

/// An address, which some proxies write with the port.
fn address_of(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim();
    hop.parse().ok().or_else(|| hop.parse().ok().map(|socket: SocketAddr| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(&["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", http::HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
    }

    #[test]
    fn what_the_client_wrote_itself_does_not_count() {
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.2.2.2"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, nonsense, 10.2.2.2"]), "10.2.2.2");
        assert_eq!(client("10.0.0.1", &["\u{ff}, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["\u{ff}", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("fd00::1", &["10.3.3.3"]), "10.3.3.3");
    }

    #[test]
    fn an_address_that_fails_too_often_is_not_heard() {
        let addresses = Addresses::new(AddressConfig { refused: 3, open: 1, window_seconds: 3600 });
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        for _ in 0..3 {
            addresses.failed(at("2001:db8::1"));
            assert!(addresses.heard(at("2001:db8::1")).is_ok());
        }
        addresses.failed(at("2001:db8::ffff"));
        assert!(addresses.heard(at("2001:db8::2")).is_err(), "one /64 is one address");
        assert!(addresses.heard(at("2001:db8:0:1::1")).is_ok());
        assert!(addresses.open(at("192.0.2.1")).is_ok());
        assert!(addresses.open(at("::ffff:192.0.2.1")).is_err());
    }
}
