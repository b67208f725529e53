//! Formats as values: what they take, some texts that they take, and some that they do not.
//!
//! The names are those of OpenAPI 3.0 and of Dropshot. Any other name asserts nothing, also `byte`, `binary` and `password`, whose
//! texts no type of ours looks into.

/// A format of strings.
pub(crate) struct Text {
    pub name: &'static str,
    /// The plainest spelling first.
    pub good: &'static [&'static str],
    pub bad: &'static [&'static str],
}

/// The format called `name`, if it asserts anything about a string.
pub(crate) fn text(name: &str) -> Option<&'static Text> {
    TEXTS.iter().find(|t| t.name == name)
}

/// Least and greatest whole number of an integer format.
pub(crate) fn integer(name: &str) -> Option<(i128, i128)> {
    Some(match name {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" | "uint" => (0, u64::MAX.into()),
        _ => return None,
    })
}

/// RFC 4122: five groups of hexadecimal digits.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|g| g.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// An address of either version.
pub(crate) fn is_ip(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

pub(crate) const TEXTS: [Text; 9] = [
    Text {
        name: "date",
        good: &["2026-06-01", "2024-02-29", "0001-01-01", "9999-12-31"],
        bad: &["2026-02-30", "2026-6-1", "2026-13-01", "20260601", "2026-06-01T00:00:00Z", " 2026-06-01", ""],
    },
    Text {
        name: "date-time",
        good: &[
            "2026-06-01T12:30:00Z",
            "2026-06-01T12:30:00.125Z",
            "2026-06-01T14:30:00+02:00",
            "2024-02-29T23:59:59.999999999-05:30",
            "2026-06-01t12:30:00z",
        ],
        bad: &[
            "2026-06-01T12:30:00",
            "2026-06-01",
            "2026-06-01 12:30:00Z",
            "2026-02-30T12:30:00Z",
            "2026-06-01T24:00:00Z",
            "2026-06-01T12:30Z",
            "2026-06-01T12:30:00+0200",
            "1780317000",
        ],
    },
    Text {
        name: "uuid",
        good: &[
            "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "6BA7B810-9dad-41d1-80b4-00C04FD430C8",
        ],
        bad: &[
            "6ba7b8109dad41d180b400c04fd430c8",
            "{6ba7b810-9dad-41d1-80b4-00c04fd430c8}",
            "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8",
            "6ba7b810-9dad-41d1-80b4-00c04fd430c",
            "6ba7b810-9dad-41d1-80b4-00c04fd430cg",
            "",
        ],
    },
    Text {
        name: "ip",
        good: &["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "2001:DB8:0:0:0:0:0:1"],
        bad: &["256.0.0.1", "192.0.2", "192.0.2.1/24", "2001:db8::1::", "[::1]", "localhost", ""],
    },
    Text {
        name: "ipv4",
        good: &["192.0.2.1", "0.0.0.0", "255.255.255.255"],
        bad: &["256.0.0.1", "192.0.2", "192.0.2.01", "192.0.2.1/24", "::1", " 192.0.2.1", ""],
    },
    Text {
        name: "ipv6",
        good: &["2001:db8::1", "::", "::ffff:192.0.2.1", "2001:DB8:0:0:0:0:0:1"],
        bad: &["2001:db8::1::", "192.0.2.1", "[::1]", "fe80::1%eth0", "12345::", "::1/64", ""],
    },
    Text {
        name: "email",
        good: &["ann@example.com", "a.b+c@mail.example.org"],
        bad: &["example.com", "ann@", "@example.com", "ann example@example.com"],
    },
    Text {
        name: "uri",
        good: &["https://example.com/a?b=c#d", "urn:isbn:0451450523"],
        bad: &["/relative", "not a uri", "https://example.com/a b", ""],
    },
    Text {
        name: "hostname",
        good: &["example.com", "localhost", "a-1.example"],
        bad: &["-a.example", "a..example", "exa mple.com", ""],
    },
];
