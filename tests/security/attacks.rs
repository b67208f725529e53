//! One table of everything that must not get in. Every row is refused with the same words, whatever was wrong.

use super::forge::{COMING, HEADER, LX, OLD, PREPAY, changed, claims, good, part, server, sign, sign_with};
use crate::support::{Answer, Server, now};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

/// What the attack is, and the `Authorization` headers that make it.
type Attack = (String, Vec<Vec<u8>>);

fn bearer(name: &str, token: impl AsRef<str>) -> Attack {
    (name.into(), vec![format!("Bearer {}", token.as_ref()).into_bytes()])
}

/// The header itself.
fn headers() -> Vec<Attack> {
    let line = |text: String| vec![text.into_bytes()];
    let (a, b) = (good(), good());
    vec![
        ("no header".into(), vec![]),
        ("an empty header".into(), line(String::new())),
        ("the scheme alone".into(), line("Bearer".into())),
        ("the scheme and a blank".into(), line("Bearer ".into())),
        ("the token without scheme".into(), line(good())),
        ("two blanks".into(), line(format!("Bearer  {}", good()))),
        ("a tab".into(), line(format!("Bearer\t{}", good()))),
        ("quotation marks".into(), line(format!("Bearer \"{}\"", good()))),
        ("the scheme Basic".into(), line("Basic cHJlcGF5OnByZXBheQ==".into())),
        ("the scheme Token".into(), line(format!("Token {}", good()))),
        ("the scheme JWT".into(), line(format!("JWT {}", good()))),
        ("the scheme twice".into(), line(format!("Bearer Bearer {}", good()))),
        ("two tokens in a header".into(), line(format!("Bearer {}, Bearer {}", good(), good()))),
        ("two tokens with a blank".into(), line(format!("Bearer {} {}", good(), good()))),
        ("two headers, both good".into(), vec![format!("Bearer {a}").into(), format!("Bearer {b}").into()]),
        ("two headers, the first good".into(), vec![format!("Bearer {}", good()).into(), b"Bearer x".to_vec()]),
        ("two headers, the second good".into(), vec![b"Basic eDp5".to_vec(), format!("Bearer {}", good()).into()]),
        ("bytes beyond ASCII".into(), vec![[b"Bearer ".as_slice(), good().as_bytes(), &[0xC3, 0xA9]].concat()]),
        ("8 KB and a byte".into(), line(format!("Bearer {}", "a".repeat(8193)))),
        ("20 KB".into(), line(format!("Bearer {}", "a".repeat(20_000)))),
    ]
}

/// The three parts.
fn structure() -> Vec<Attack> {
    let token = good();
    let [header, payload, signature] = <[&str; 3]>::try_from(token.split('.').collect::<Vec<_>>()).unwrap();
    let other = good();
    let (_, foreign) = other.rsplit_once('.').unwrap();
    let swapped = |from: &str, to: &str| signature.replacen(from, to, 1);
    let last = signature.chars().last().unwrap();
    let neighbour = char::from(if last == 'A' { b'B' } else { b'A' });
    let padded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, HEADER);
    vec![
        bearer("one part", "abc"),
        bearer("two parts", format!("{header}.{payload}")),
        bearer("four parts", format!("{token}.{signature}")),
        bearer("five parts, as in JWE", format!("{header}.a.b.c.d")),
        bearer("only dots", ".."),
        bearer("only letters", "a.b.c"),
        bearer("no header part", format!(".{payload}.{signature}")),
        bearer("no claims", format!("{header}..{signature}")),
        bearer("no signature", format!("{header}.{payload}.")),
        bearer("a signature of another token", format!("{header}.{payload}.{foreign}")),
        bearer("a signature cut short", format!("{header}.{payload}.{}", &signature[..20])),
        bearer("a signature and more", format!("{token}AAAA")),
        bearer("a signature with another last letter", format!("{header}.{payload}.{}{neighbour}", &signature[..42])),
        bearer("a signature with another first letter", {
            let first = if signature.starts_with('A') { "B" } else { "A" };
            format!("{header}.{payload}.{first}{}", &signature[1..])
        }),
        bearer("a padded signature", format!("{header}.{payload}.{signature}=")),
        bearer("a signature in the other alphabet", {
            let plus = swapped("-", "+");
            let slash = if plus == signature { swapped("_", "/") } else { plus };
            if slash == signature {
                format!("{header}.{payload}.+{}", &signature[1..])
            } else {
                format!("{header}.{payload}.{slash}")
            }
        }),
        bearer("a padded header", format!("{padded}.{payload}.{signature}")),
        bearer("claims of another token", {
            let theirs = part(changed(&json!({"sub": "1002"})));
            format!("{header}.{theirs}.{signature}")
        }),
        bearer("the key of another header", {
            let theirs = part(HEADER.replace("prepay", "lx"));
            format!("{theirs}.{payload}.{signature}")
        }),
        bearer("percent signs for dots", token.replace('.', "%2E")),
        bearer("in upper case", token.to_uppercase()),
        bearer(
            "JSON serialization",
            json!({"payload": payload, "protected": header, "signature": signature}).to_string(),
        ),
    ]
}

/// `alg` and everything else in the header part.
fn header_members() -> Vec<Attack> {
    let mut attacks = vec![];
    let claims = || claims().to_string();
    for alg in
        ["none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA"]
    {
        let header = HEADER.replace("HS256", alg);
        attacks.push(bearer(&format!("alg {alg:?} over a good signature"), sign(&header, &claims(), PREPAY)));
        if alg.eq_ignore_ascii_case("none") {
            attacks.push(bearer(&format!("alg {alg} unsigned"), format!("{}.{}.", part(&header), part(claims()))));
        }
    }
    for (name, algorithm) in [("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)] {
        let header = HEADER.replace("HS256", name);
        attacks.push(bearer(&format!("a true {name}"), sign_with(algorithm, &header, &claims(), PREPAY)));
        attacks.push(bearer(&format!("{name} called HS256"), sign_with(algorithm, HEADER, &claims(), PREPAY)));
    }
    for (name, header) in [
        ("no alg", r#"{"typ":"lending+jwt","kid":"prepay.1"}"#),
        ("alg null", r#"{"alg":null,"typ":"lending+jwt","kid":"prepay.1"}"#),
        ("alg in a list", r#"{"alg":["HS256"],"typ":"lending+jwt","kid":"prepay.1"}"#),
        ("alg twice", r#"{"alg":"none","alg":"HS256","typ":"lending+jwt","kid":"prepay.1"}"#),
        ("kid twice", r#"{"alg":"HS256","typ":"lending+jwt","kid":"lx.1","kid":"prepay.1"}"#),
        ("no typ", r#"{"alg":"HS256","kid":"prepay.1"}"#),
        ("typ JWT", r#"{"alg":"HS256","typ":"JWT","kid":"prepay.1"}"#),
        ("typ at+jwt", r#"{"alg":"HS256","typ":"at+jwt","kid":"prepay.1"}"#),
        ("typ in upper case", r#"{"alg":"HS256","typ":"LENDING+JWT","kid":"prepay.1"}"#),
        ("typ with its tree", r#"{"alg":"HS256","typ":"application/lending+jwt","kid":"prepay.1"}"#),
        ("no kid", r#"{"alg":"HS256","typ":"lending+jwt"}"#),
        ("kid null", r#"{"alg":"HS256","typ":"lending+jwt","kid":null}"#),
        ("kid a number", r#"{"alg":"HS256","typ":"lending+jwt","kid":1}"#),
        ("kid a list", r#"{"alg":"HS256","typ":"lending+jwt","kid":["prepay.1"]}"#),
        ("a header that is a list", r#"["HS256"]"#),
        ("a header that is a text", r#""HS256""#),
        ("a header that is null", "null"),
        ("a header that is no JSON", "alg=HS256"),
        ("a header with more after it", r#"{"alg":"HS256","typ":"lending+jwt","kid":"prepay.1"}x"#),
        ("a header with a byte order mark", "\u{feff}{\"alg\":\"HS256\",\"typ\":\"lending+jwt\",\"kid\":\"prepay.1\"}"),
    ] {
        attacks.push(bearer(name, sign(header, &claims(), PREPAY)));
    }
    let long = "k".repeat(2000);
    for kid in [
        "",
        "prepay",
        "prepay.",
        ".1",
        "prepay.2",
        "prepay.1.1",
        "PREPAY.1",
        " prepay.1",
        "prepay.1 ",
        "prepay.01",
        "nobody.1",
        "../../dev/null",
        "prepay.1' OR '1'='1",
        "prepay.1\\u0000",
        "*",
        &long,
    ] {
        let header = HEADER.replace("prepay.1", kid);
        attacks.push(bearer(&format!("kid {:.24}", kid), sign(&header, &claims(), PREPAY)));
        attacks.push(bearer(&format!("kid {:.24} and an empty key", kid), sign(&header, &claims(), "")));
    }
    for (name, member) in [
        ("an empty crit", r#""crit":[]"#),
        ("crit exp", r#""crit":["exp"]"#),
        ("crit unknown", r#""crit":["x-ours"],"x-ours":true"#),
        ("b64 false", r#""crit":["b64"],"b64":false"#),
        ("jku", r#""jku":"https://attacker.example/keys""#),
        ("jwk", r#""jwk":{"kty":"oct","k":"AAAA"}"#),
        ("x5u", r#""x5u":"https://attacker.example/cert""#),
        ("x5c", r#""x5c":["AAAA"]"#),
        ("x5t", r#""x5t":"AAAA""#),
        ("zip", r#""zip":"DEF""#),
        ("cty", r#""cty":"JWT""#),
        ("enc", r#""enc":"A256GCM""#),
    ] {
        let header = HEADER.replace(r#""kid""#, &format!("{member},\"kid\""));
        attacks.push(bearer(name, sign(&header, &claims(), PREPAY)));
    }
    attacks
}

/// The key that signs.
fn keys() -> Vec<Attack> {
    let of = |kid: &str, service: &str, key: &str| {
        let claims = changed(&json!({"iss": service, "act": {"sub": service}}));
        sign(&HEADER.replace("prepay.1", kid), &claims, key)
    };
    let nobody = changed(&json!({"sub": null, "iss": "lx", "act": {"sub": "lx"}}));
    vec![
        bearer("an empty key", of("prepay.1", "prepay", "")),
        bearer("zeros", of("prepay.1", "prepay", &"\0".repeat(32))),
        bearer("a guess", of("prepay.1", "prepay", "secret")),
        bearer("the key and a line break", of("prepay.1", "prepay", &format!("{PREPAY}\n"))),
        bearer("the key cut short", of("prepay.1", "prepay", &PREPAY[..31])),
        bearer("the key in upper case", of("prepay.1", "prepay", &PREPAY.to_uppercase())),
        bearer("the key of another service", of("prepay.1", "prepay", LX)),
        bearer("a service under another's kid", of("prepay.1", "lx", LX)),
        bearer("a service with its own key as another", of("lx.1", "prepay", LX)),
        bearer("a service that has no users", of("lx.1", "lx", LX)),
        bearer("a service that acts for another", {
            let claims = changed(&json!({"iss": "lx", "sub": null}));
            sign(&HEADER.replace("prepay", "lx"), &claims, LX)
        }),
        bearer(
            "another's actor",
            sign(&HEADER.replace("prepay", "lx"), &nobody.replace("{\"sub\":\"lx\"}", "{\"sub\":\"prepay\"}"), LX),
        ),
        bearer("a key whose time is over", of("prepay2.1", "prepay2", OLD)),
        bearer("a key whose time has not come", of("prepay2.2", "prepay2", COMING)),
    ]
}

/// The claims, under a good signature.
fn changed_claims() -> Vec<Attack> {
    let at = now().timestamp();
    let table = [
        ("expired", json!({"exp": at - 6, "iat": at - 60})),
        ("expired at the leeway", json!({"exp": at - 5, "iat": at - 60})),
        ("a year", json!({"exp": at + 31_536_000})),
        ("301 seconds", json!({"exp": at + 301})),
        ("exp before iat", json!({"iat": at, "exp": at - 1})),
        ("exp with iat", json!({"iat": at, "exp": at})),
        ("issued in 6 seconds", json!({"iat": at + 6, "exp": at + 60})),
        ("issued in 1970", json!({"iat": 0})),
        ("issued before 1970", json!({"iat": -5_000_000_000_i64})),
        ("no exp", json!({"exp": null})),
        ("no iat", json!({"iat": null})),
        ("exp as text", json!({"exp": (at + 60).to_string()})),
        ("exp with a fraction", json!({"exp": at as f64 + 60.5})),
        ("exp with a zero fraction", json!({"exp": at as f64 + 60.0})),
        ("iat with a fraction", json!({"iat": at as f64 + 0.5})),
        ("exp in a list", json!({"exp": [at + 60]})),
        ("exp beyond 64 bits", json!({"exp": 1e30})),
        ("exp as true", json!({"exp": true})),
        ("nbf", json!({"nbf": at})),
        ("another issuer", json!({"iss": "lx"})),
        ("the issuer in a list", json!({"iss": ["prepay"]})),
        ("the issuer and a blank", json!({"iss": "prepay "})),
        ("the issuer in upper case", json!({"iss": "PREPAY"})),
        ("no issuer", json!({"iss": null})),
        ("another audience", json!({"aud": "other-api"})),
        ("the audience in a list", json!({"aud": ["lending-api"]})),
        ("two audiences", json!({"aud": ["lending-api", "other-api"]})),
        ("the audience with a slash", json!({"aud": "lending-api/"})),
        ("no audience", json!({"aud": null})),
        ("another actor", json!({"act": {"sub": "lx"}})),
        ("no actor", json!({"act": null})),
        ("the actor as text", json!({"act": "prepay"})),
        ("an actor of an actor", json!({"act": {"sub": "prepay", "act": {"sub": "lx"}}})),
        ("an empty actor", json!({"act": {}})),
        ("an empty jti", json!({"jti": ""})),
        ("no jti", json!({"jti": null})),
        ("jti a number", json!({"jti": 7})),
        ("jti of 129 bytes", json!({"jti": "j".repeat(129)})),
        ("an empty user", json!({"sub": ""})),
        ("the user as a number", json!({"sub": 1001})),
        ("the user in a list", json!({"sub": ["1001", "1002"]})),
        ("an empty location", json!({"location_id": ""})),
        ("the location as a number", json!({"location_id": 5})),
        ("a location without a user", json!({"sub": null, "location_id": "5"})),
        ("an id_token where users are asserted", json!({"id_token": "a.b.c"})),
        ("a session where users are asserted", json!({"sid": "s"})),
        ("both proofs", json!({"id_token": "a.b.c", "sid": "s"})),
        ("an empty session", json!({"sid": ""})),
        ("a session without a user", json!({"sub": null, "sid": "s"})),
        ("an id_token without a user", json!({"sub": null, "id_token": "a.b.c"})),
        ("a claim of power", json!({"admin": true})),
        ("a scope", json!({"scope": "payoff:write"})),
        ("roles", json!({"roles": ["admin"]})),
        ("claims under another name", json!({"user": "1002"})),
    ];
    table.iter().map(|(name, changes)| bearer(name, sign(HEADER, &changed(changes), PREPAY))).collect()
}

/// Claims that no JSON library would write.
fn raw_claims() -> Vec<Attack> {
    let whole = claims().to_string();
    let twice = |member: &str| whole.replacen('{', &format!("{{{member},"), 1);
    let null = |name: &str| whole.replacen('{', &format!("{{\"{name}\":null,"), 1);
    let mut attacks: Vec<Attack> = vec![];
    for member in [
        r#""iss":"lx""#,
        r#""aud":"other""#,
        r#""sub":"1002""#,
        r#""exp":9999999999"#,
        r#""iat":1"#,
        r#""jti":"x""#,
        r#""act":{"sub":"lx"}"#,
    ] {
        attacks.push(bearer(&format!("twice: {member}"), sign(HEADER, &twice(member), PREPAY)));
    }
    for name in ["location_id", "id_token", "sid"] {
        attacks.push(bearer(&format!("{name} null"), sign(HEADER, &null(name), PREPAY)));
    }
    for (name, text) in [
        ("claims in a list", format!("[{whole}]")),
        ("claims as text", Value::from(whole.clone()).to_string()),
        ("no claims", "{}".into()),
        ("null for claims", "null".into()),
        ("nothing for claims", String::new()),
        ("claims with more after them", format!("{whole}{{}}")),
        ("claims cut short", whole[..whole.len() - 1].into()),
        ("claims with a comment", whole.replacen('{', "{/**/", 1)),
        ("a deep nest", format!("{{\"act\":{}{}", "[".repeat(5000), "]".repeat(5000))),
        ("an escaped name", whole.replace("\"sub\":\"1001\"", "\"\\u0073ub\":\"1001\",\"sub\":\"1002\"")),
    ] {
        attacks.push(bearer(name, sign(HEADER, &text, PREPAY)));
    }
    let latin = [b"{\"iss\":\"prepay\",\"x\":\"".as_slice(), &[0xE9], b"\"}"].concat();
    let message = format!("{}.{}", part(HEADER), part(latin));
    let key = jsonwebtoken::EncodingKey::from_secret(PREPAY.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    attacks.push(bearer("claims that are not UTF-8", format!("{message}.{signature}")));
    attacks
}

/// What every refused caller reads, without the id of the request.
fn constant(answer: &Answer) -> Value {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("request_id").expect("an id to quote");
    json!({"status": answer.status, "body": body, "scheme": answer.header("www-authenticate"), "media": answer.header("content-type")})
}

async fn send(server: &Server, (_, headers): &Attack) -> Answer {
    let mut call = server.bare("GET", "/api/v1/location");
    for value in headers {
        call = call.raw_header("authorization", value);
    }
    call.send().await
}

#[tokio::test]
async fn every_attack_gets_the_same_answer() {
    let server = server().await;
    let attacks: Vec<Attack> =
        [headers(), structure(), header_members(), keys(), changed_claims(), raw_claims()].concat();
    assert!(attacks.len() >= 190, "{} attacks", attacks.len());
    let expected = constant(&server.bare("GET", "/api/v1/location").send().await);
    assert_eq!(expected["status"], 401);
    let mut wrong = vec![];
    for attack in &attacks {
        let answer = send(&server, attack).await;
        if answer.status != 401 || constant(&answer) != expected {
            wrong.push(format!("{}: {} {}", attack.0, answer.status, answer.text));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), attacks.len());
    // and the same server lets a good token in, once
    let token = good();
    server.get("/api/v1/location").bearer(&token).expect(200).await;
    let again = server.get("/api/v1/location").bearer(&token).send().await;
    assert_eq!(constant(&again), expected, "a token that was used");
}

/// The token in a place where it must not be looked for.
#[tokio::test]
async fn a_token_counts_in_its_header_alone() {
    let server = server().await;
    for path in
        [format!("/api/v1/location?access_token={}", good()), format!("/api/v1/location?authorization={}", good())]
    {
        assert_eq!(server.bare("GET", &path).send().await.problem(), "401 unauthenticated");
    }
    for (name, value) in [
        ("cookie", format!("access_token={}", good())),
        ("x-authorization", format!("Bearer {}", good())),
        ("proxy-authorization", format!("Bearer {}", good())),
        ("x-forwarded-user", "1001".into()),
        ("x-original-url", "/healthz".into()),
    ] {
        let answer = server.bare("GET", "/api/v1/location").header(name, &value).send().await;
        assert_eq!(answer.problem(), "401 unauthenticated", "{name}");
    }
    let form = format!("access_token={}", good());
    let posted = server.bare("POST", "/api/v1/resource").text("application/x-www-form-urlencoded", &form).send().await;
    assert_eq!(posted.problem(), "401 unauthenticated");
}

/// Whatever the scheme's case, and at the edges of its time, a good token is good.
#[tokio::test]
async fn what_is_good_is_not_refused() {
    let server = server().await;
    let at = now().timestamp();
    for changes in [
        json!({}),
        json!({"exp": at + 300}),
        json!({"iat": at + 5, "exp": at + 305}),
        json!({"iat": at - 5, "exp": at - 4}),
        json!({"jti": "j".repeat(128)}),
        json!({"location_id": "5"}),
    ] {
        let token = sign(HEADER, &changed(&changes), PREPAY);
        server.get("/api/v1/location").bearer(&token).expect(200).await;
    }
    server.bare("GET", "/api/v1/location").header("authorization", &format!("bEARER {}", good())).expect(200).await;
    let nobody = changed(&json!({"sub": null, "iss": "lx", "act": {"sub": "lx"}}));
    server.get("/api/v1/country").bearer(&sign(&HEADER.replace("prepay", "lx"), &nobody, LX)).expect(200).await;
}
