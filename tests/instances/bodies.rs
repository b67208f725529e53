//! Request bodies.

use super::{Target, complaint, oracle, report, roomy, rules, source, targets};
use crate::support::{Answer, Server};
use forebear::proof::{
    instances::{Generator, Limits, Mutant},
    oracle::Direction::{self, Request},
    same,
};
use serde_json::{Value, json};

/// Most bodies of one operation.
const LIMITS: Limits = Limits { valid: 120, mutants: 400, seed: 1 };

fn generator() -> Generator<'static> {
    let generator = Generator::new(oracle(), Request, LIMITS);
    rules::PINS.iter().fold(generator, |g, (pointer, value, _)| g.pin(pointer, json!(value)))
}

#[tokio::test]
async fn every_valid_body_is_taken_and_kept() {
    let server = roomy().await;
    let (mut sent, mut wrong) = (0, vec![]);
    for target in targets(&server).await {
        let Some(schema) = target.body() else { continue };
        let valid = generator().valid(schema).unwrap();
        assert_eq!(valid.gaps, [""; 0], "{}", target.row.operation);
        for mut body in valid.values {
            rules::agree(&mut body);
            wrong.extend(match target.row.method {
                "PATCH" => unmerged(&server, &target, &body).await,
                _ => {
                    let answer = target.call(&server, target.path(), Some(&body)).send().await;
                    let wrong = untaken(&target, schema, Direction::Request, &body, &answer);
                    if target.row.method == "POST" {
                        make_room(&server, schema, &answer);
                    }
                    wrong
                }
            });
            sent += 1;
        }
    }
    assert!(sent > 200, "only {sent} bodies");
    report("valid bodies were not taken as they are", sent, &wrong);
}

/// Removes the row that was made if it holds a unique value: the next body may have the same.
fn make_room(server: &Server, schema: &Value, answer: &Answer) {
    let row = schema["$ref"].as_str().and_then(|r| source().pointer(&r[1..])).unwrap_or(schema);
    let properties = || row["properties"].as_object().into_iter().flatten();
    let (Some(table), true) = (row["x-table"].as_str(), properties().any(|(_, p)| p["x-unique"] == true)) else {
        return;
    };
    let (key, _) = properties().find(|(_, p)| p["x-column"]["key"] == true).unwrap();
    let sql = format!("DELETE FROM {table} WHERE {key} = ?1");
    server.database().execute(&sql, [answer.json()[key].as_str().unwrap_or_default()]).unwrap();
}

/// A status other than that of success, or an answer with another value than the one that was sent.
fn untaken(target: &Target, schema: &Value, direction: Direction, body: &Value, answer: &Answer) -> Option<String> {
    if answer.status != target.row.status {
        return Some(complaint(target, &body.to_string(), answer));
    }
    let mut returned = answer.json();
    returned.as_object_mut()?.retain(|name, _| body.get(name).is_some());
    let difference = same::difference(oracle(), schema, direction, body, &returned)?;
    Some(format!("{} changed {difference:?}", target.row.operation))
}

/// A PATCH after which the row is not what RFC 7396 makes of it. Where that is no row, because an object that was absent did not
/// come whole, it must be refused at a member of this object.
async fn unmerged(server: &Server, target: &Target, patch: &Value) -> Option<String> {
    let schema = target.operation.pointer("/responses/200/content/application~1json/schema").unwrap();
    let before = server.get(target.path()).expect(200).await.json();
    let answer = target.call(server, target.path(), Some(patch)).send().await;
    let mut after = rules::merged(&before, patch);
    if !oracle().accepts(schema, Direction::Response, &after).unwrap() {
        let told = answer.status == 422 && answer.json()["errors"][0]["code"] == "required";
        return (!told).then(|| complaint(target, &patch.to_string(), &answer));
    }
    after.as_object_mut()?.retain(|name, _| patch.get(name).is_some());
    let kept = untaken(target, schema, Direction::Response, &after, &answer);
    let cleared =
        patch.as_object()?.iter().filter(|(_, v)| v.is_null()).find(|(name, _)| answer.json().get(name).is_some());
    kept.or_else(|| {
        cleared.map(|(name, _)| complaint(target, &format!("{name} is still there after {patch}"), &answer))
    })
}

#[tokio::test]
async fn every_mutant_is_refused_where_it_is_broken() {
    let server = roomy().await;
    let (mut sent, mut wrong) = (0, vec![]);
    for target in targets(&server).await {
        let Some(schema) = target.body() else { continue };
        for mutant in generator().mutants(schema).unwrap().mutants {
            wrong.extend(unrefused(&server, &target, &mutant).await);
            sent += 1;
        }
    }
    assert!(sent > 500, "only {sent} mutants");
    report("mutants were not refused at their place", sent, &wrong);
}

/// A status other than 422, or errors that do not name the place. No request body of this document has a union, so the place is
/// always known exactly.
async fn unrefused(server: &Server, target: &Target, mutant: &Mutant) -> Option<String> {
    assert_eq!(mutant.union, None, "a body with a union: say here which pointers may be named instead");
    let answer = target.call(server, target.path(), Some(&mutant.instance)).send().await;
    let named = answer.status == 422
        && answer.json()["errors"]
            .as_array()
            .is_some_and(|e| e.iter().any(|e| e["pointer"] == mutant.pointer.as_str()));
    let what = || format!("{:?} {} of {}", mutant.constraint, mutant.pointer, mutant.instance);
    (!named).then(|| complaint(target, &what(), &answer))
}
