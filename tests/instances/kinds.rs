//! Every schema of the document has instances, and every kind of mutant comes up: else the proofs would prove less than they say.

use super::{oracle, source};
use forebear::proof::{
    instances::{Constraint, Generator, Limits},
    oracle::Direction,
};
use serde_json::json;
use std::collections::BTreeSet;

/// Instances and mutants of each component; every claim checked again.
fn all_kinds(direction: Direction) -> BTreeSet<Constraint> {
    let generator = Generator::new(oracle(), direction, Limits::default());
    let mut kinds = BTreeSet::new();
    for name in source()["components"]["schemas"].as_object().unwrap().keys() {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        let valid = generator.valid(&schema).unwrap();
        assert!(!valid.values.is_empty(), "{name} has no instance");
        assert_eq!(valid.gaps, [""; 0], "{name}");
        for value in &valid.values {
            assert!(oracle().accepts(&schema, direction, value).unwrap(), "{name} refuses {value}");
        }
        for mutant in generator.mutants(&schema).unwrap().mutants {
            assert!(!oracle().accepts(&schema, direction, &mutant.instance).unwrap(), "{name} takes {mutant:?}");
            kinds.insert(mutant.constraint);
        }
    }
    kinds
}

#[test]
fn every_kind_of_mutant() {
    let kinds = all_kinds(Direction::Request);
    use Constraint::*;
    let wanted = [
        Type,
        Required,
        Unknown,
        ReadOnly,
        Minimum,
        Maximum,
        MinLength,
        MaxLength,
        Pattern,
        Enum,
        Format,
        MinItems,
        MaxItems,
        UniqueItems,
    ];
    let missing: Vec<_> = wanted.iter().filter(|k| !kinds.contains(k)).collect();
    assert!(missing.is_empty(), "no mutants of {missing:?}");
    all_kinds(Direction::Response);
}
