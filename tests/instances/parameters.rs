//! Parameters in path, query and headers.

use super::{Target, complaint, oracle, report, roomy, rules, source, targets};
use crate::support::{Answer, Call, Server};
use forebear::proof::{
    instances::{Generator, Limits},
    oracle::Direction::Request,
};
use serde_json::Value;

/// A parameter as the document describes it.
struct Parameter {
    name: &'static str,
    location: &'static str,
    schema: &'static Value,
}

fn parameters(target: &Target) -> impl Iterator<Item = Parameter> + '_ {
    target.parameters().map(|p| Parameter {
        name: p["name"].as_str().unwrap(),
        location: p["in"].as_str().unwrap(),
        schema: &p["schema"],
    })
}

impl Parameter {
    /// Schema of one value: parameters with a list are repeated.
    fn item(&self) -> &'static Value {
        let schema = resolve(self.schema);
        if schema["type"] == "array" { resolve(&schema["items"]) } else { schema }
    }

    fn is_list(&self) -> bool {
        resolve(self.schema)["type"] == "array"
    }

    /// The texts that spell a value, if texts can.
    fn spell(&self, value: &Value) -> Option<Vec<String>> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
            _ => None,
        };
        let texts: Vec<String> = match value {
            Value::Array(items) if self.is_list() => items.iter().map(text).collect::<Option<_>>()?,
            value => vec![text(value)?],
        };
        let fits = |text: &String| match self.location {
            "header" => rules::fits_header(text),
            "path" => rules::fits_path(text),
            _ => true,
        };
        (!texts.is_empty() && texts.iter().all(fits)).then_some(texts)
    }

    /// Whether the document allows the texts, read by the type of the schema.
    fn allows(&self, texts: &[String]) -> bool {
        let read = |text: &String| match (self.item()["type"].as_str(), serde_json::from_str(text)) {
            (Some("integer" | "number"), Ok(Value::Number(n))) => n.into(),
            (Some("boolean"), Ok(Value::Bool(b))) => b.into(),
            _ => Value::from(text.clone()),
        };
        let value: Value = if self.is_list() { texts.iter().map(read).collect() } else { read(&texts[0]) };
        oracle().accepts(self.schema, Request, &value).unwrap()
    }

    /// The good request of the operation with these texts for the parameter.
    fn call(&self, server: &Server, target: &Target, texts: &[String]) -> Call {
        let body = target.row.body.as_ref();
        match self.location {
            "path" => target.call(server, &self.path(target, &texts[0]), body),
            "query" => {
                let pairs: Vec<String> = texts.iter().map(|t| format!("{}={}", self.name, encode(t))).collect();
                target.call(server, &format!("{}?{}", target.path(), pairs.join("&")), body)
            }
            _ => texts.iter().fold(target.call(server, &target.row.path, body), |call, text| {
                call.raw_header(self.name, text.as_bytes())
            }),
        }
    }

    fn path(&self, target: &Target, text: &str) -> String {
        let slot = format!("{{{}}}", self.name);
        let segments = target.template.split('/').zip(target.path().split('/'));
        segments.map(|(t, p)| if t == slot { encode(text) } else { p.into() }).collect::<Vec<_>>().join("/")
    }
}

fn resolve(schema: &'static Value) -> &'static Value {
    schema["$ref"].as_str().map_or(schema, |r| source().pointer(&r[1..]).unwrap())
}

/// Everything but unreserved characters in percent-encoding.
fn encode(text: &str) -> String {
    let byte = |b: u8| match b {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn generator() -> Generator<'static> {
    Generator::new(oracle(), Request, Limits { valid: 40, mutants: 60, seed: 1 })
}

/// 400 and the name of the parameter.
fn refuses(answer: &Answer, parameter: &str) -> bool {
    let names = |e: &Value| e["parameter"] == parameter;
    answer.status == 400 && answer.json()["errors"].as_array().is_some_and(|all| all.iter().any(names))
}

#[tokio::test]
async fn every_valid_value_is_taken() {
    let server = roomy().await;
    let (mut sent, mut wrong) = (0, vec![]);
    for target in targets(&server).await {
        for parameter in parameters(&target).filter(|p| !rules::is_made_by_the_server(p.name)) {
            let valid = generator().valid(parameter.schema).unwrap();
            assert_eq!(valid.gaps, [""; 0], "{} {}", target.row.operation, parameter.name);
            for texts in valid.values.iter().filter_map(|v| parameter.spell(v)) {
                let answer = parameter.call(&server, &target, &texts).send().await;
                let told = |text: &String| rules::is_no_list_of_tags(parameter.name, text);
                let told = rules::is_too_many_words(&answer.json_or_null()) || texts.iter().any(told);
                let refused = answer.status == 400 && !told;
                if refused || answer.status >= 500 {
                    wrong.push(complaint(&target, &format!("{} {texts:?}", parameter.name), &answer));
                }
                sent += 1;
            }
        }
    }
    assert!(sent > 400, "only {sent} values");
    report("valid values were refused", sent, &wrong);
}

#[tokio::test]
async fn every_mutant_is_refused_by_name() {
    let server = roomy().await;
    let (mut sent, mut wrong) = (0, vec![]);
    for target in targets(&server).await {
        for parameter in parameters(&target) {
            let mutants = generator().mutants(parameter.schema).unwrap().mutants;
            let texts = mutants.iter().filter_map(|m| parameter.spell(&m.instance)).filter(|t| !parameter.allows(t));
            for texts in texts {
                let answer = parameter.call(&server, &target, &texts).send().await;
                if !refuses(&answer, parameter.name) {
                    wrong.push(complaint(&target, &format!("{} {texts:?}", parameter.name), &answer));
                }
                sent += 1;
            }
        }
    }
    assert!(sent > 500, "only {sent} mutants");
    report("mutants were not refused by the name of the parameter", sent, &wrong);
}

#[tokio::test]
async fn a_scalar_is_given_once() {
    let server = roomy().await;
    let (mut sent, mut wrong) = (0, vec![]);
    for target in targets(&server).await {
        for parameter in parameters(&target).filter(|p| !p.is_list() && p.location != "path") {
            let valid = generator().valid(parameter.schema).unwrap();
            let Some(once) = valid.values.iter().find_map(|v| parameter.spell(v)) else { continue };
            let answer = parameter.call(&server, &target, &[once.clone(), once].concat()).send().await;
            if !rules::may_be_repeated(parameter.name) && !refuses(&answer, parameter.name) {
                wrong.push(complaint(&target, &format!("{} twice", parameter.name), &answer));
            }
            sent += 1;
        }
    }
    assert!(sent > 30, "only {sent} parameters");
    report("repeated scalars were not refused", sent, &wrong);
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_by_name() {
    let server = roomy().await;
    for target in targets(&server).await {
        let path = format!("{}?no-such-parameter=1", target.path());
        let answer = target.call(&server, &path, target.row.body.as_ref()).send().await;
        if target.operation["security"].as_array().is_some_and(Vec::is_empty) {
            // probes are sent by machines that add parameters of their own; open operations look at nothing
            assert_eq!(answer.status, target.row.status, "{}", complaint(&target, &path, &answer));
        } else {
            assert!(refuses(&answer, "no-such-parameter"), "{}", complaint(&target, &path, &answer));
        }
    }
}

#[tokio::test]
async fn a_page_token_that_the_server_made_is_taken() {
    let server = roomy().await;
    let mut followed = 0;
    for target in targets(&server).await.iter().filter(|t| t.operation["x-page"] == true) {
        let first = server.get(&format!("{}?limit=1", target.path())).expect(200).await.json();
        let Some(token) = first["next_page"].as_str() else { continue };
        server.get(&format!("{}?limit=1&page-token={}", target.path(), encode(token))).expect(200).await;
        followed += 1;
    }
    assert!(followed >= 6, "only {followed} lists have a second page");
}
