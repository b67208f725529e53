//! Tokens that nobody thought of: random bytes, and good tokens with random damage.

use super::forge::{good, server};
use proptest::{
    collection::vec,
    prelude::any,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

const CASES: usize = 400;

/// Damage to a token: where, and what stands there instead.
fn damaged(token: &str, at: usize, byte: u8, cut: bool) -> Vec<u8> {
    let mut bytes = token.as_bytes().to_vec();
    let at = at % bytes.len();
    if cut {
        bytes.truncate(at);
    } else if bytes[at] == byte {
        bytes.insert(at, byte);
    } else {
        bytes[at] = byte;
    }
    bytes
}

#[tokio::test]
async fn random_bytes_never_get_in_and_never_break_anything() {
    let server = server().await;
    let mut runner = TestRunner::default();
    let printable = || 0x21..0x7F_u8;
    for case in 0..CASES {
        let token = if case % 2 == 0 {
            let (at, byte, cut) =
                (any::<usize>(), printable(), proptest::bool::weighted(0.2)).new_tree(&mut runner).unwrap().current();
            damaged(&good(), at, byte, cut)
        } else {
            vec(any::<u8>().prop_filter("a header value", |b| *b == 9 || (*b >= 32 && *b != 127)), 0..200)
                .new_tree(&mut runner)
                .unwrap()
                .current()
        };
        let header = [b"Bearer ".as_slice(), &token].concat();
        let answer = server.bare("GET", "/api/v1/location").raw_header("authorization", &header).send().await;
        assert_eq!(answer.problem(), "401 unauthenticated", "{:?}", String::from_utf8_lossy(&token));
    }
}
