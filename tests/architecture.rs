//! The arrows between the crates, read from cargo itself.

use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

type Edges = BTreeMap<String, BTreeSet<String>>;

/// Normal dependencies of each package, and of these the workspace's own.
fn edges() -> (Edges, BTreeSet<String>) {
    let metadata =
        MetadataCommand::new().features(CargoOpt::AllFeatures).other_options(vec!["--locked".into()]).exec().unwrap();
    let names: BTreeMap<_, _> = metadata.packages.iter().map(|p| (p.id.clone(), p.name.to_string())).collect();
    let members = metadata.workspace_members.iter().map(|id| names[id].clone()).collect();
    let mut edges = Edges::new();
    for node in &metadata.resolve.unwrap().nodes {
        let normal = node.deps.iter().filter(|d| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal));
        edges.entry(names[&node.id].clone()).or_default().extend(normal.map(|d| names[&d.pkg].clone()));
    }
    (edges, members)
}

fn reachable(edges: &Edges, from: &str) -> BTreeSet<String> {
    let (mut seen, mut todo) = (BTreeSet::new(), vec![from.to_string()]);
    while let Some(name) = todo.pop() {
        for next in &edges[&name] {
            if seen.insert(next.clone()) {
                todo.push(next.clone());
            }
        }
    }
    seen
}

#[test]
fn arrows() {
    let (edges, members) = edges();
    let own = |name: &str| edges[name].intersection(&members).map(String::as_str).collect::<Vec<_>>();
    assert_eq!(own("lending-api"), ["forebear-runtime", "generated-models", "generated-server", "lending-api-relay"]);
    assert_eq!(own("lending-api-relay"), [] as [&str; 0], "it knows neither the server nor its database");
    assert_eq!(own("generated-server"), ["forebear-runtime", "generated-models"]);
    assert_eq!(own("lending-api-client"), ["generated-client"]);
    assert_eq!(own("generated-client"), ["generated-models"]);
    assert_eq!(own("generated-models"), [] as [&str; 0]);
    assert_eq!(own("forebear-runtime"), [] as [&str; 0]);
    assert_eq!(own("forebear"), [] as [&str; 0], "the generator must build when its output does not");
}

#[test]
fn the_client_stays_light() {
    let (edges, _) = edges();
    let client = reachable(&edges, "lending-api-client");
    for heavy in
        ["dropshot", "schemars", "lending-api", "generated-server", "forebear-runtime", "rusqlite", "openssl-sys"]
    {
        assert!(!client.contains(heavy), "lending-api-client pulls {heavy}");
    }
    assert!(client.contains("reqwest"), "the walk reaches something");
}

/// Whoever does not ask for DynamoDB compiles nothing of it.
#[test]
fn the_relay_is_optional() {
    let metadata = MetadataCommand::new().other_options(vec!["--locked".into()]).exec().unwrap();
    let server = metadata.packages.iter().find(|p| p.name == "lending-api").unwrap();
    let relay = server.dependencies.iter().find(|d| d.name == "lending-api-relay").unwrap();
    assert!(relay.optional && !server.features["default"].iter().any(|f| f.contains("dynamodb")));
    let default = metadata.workspace_default_members.iter().map(|id| metadata[id].name.to_string());
    assert!(!default.collect::<Vec<_>>().contains(&"lending-api-relay".to_string()));
}

#[test]
fn the_relay_has_one_tls_stack() {
    let (edges, _) = edges();
    let relay = reachable(&edges, "lending-api-relay");
    for other in ["openssl-sys", "native-tls", "rusqlite", "dropshot"] {
        assert!(!relay.contains(other), "lending-api-relay pulls {other}");
    }
    assert!(relay.contains("aws-lc-rs") && relay.contains("rustls"), "the walk reaches something");
    // its SDK has features that bring older ones along
    let metadata = MetadataCommand::new().features(CargoOpt::AllFeatures).exec().unwrap();
    let of = |name: &str| metadata.packages.iter().filter(|p| p.name == name).count();
    assert_eq!((of("rustls"), of("hyper"), of("h2")), (1, 1, 1));
}

#[test]
fn the_runtime_knows_no_database() {
    let (edges, _) = edges();
    let runtime = reachable(&edges, "forebear-runtime");
    for driver in ["rusqlite", "oracle", "redis", "jsonwebtoken"] {
        assert!(!runtime.contains(driver), "forebear-runtime pulls {driver}");
    }
}

/// Lines of a handler, with its signature.
const LONGEST: usize = 25;

#[test]
fn handlers_are_short() {
    let (mut seen, mut long) = (0, vec![]);
    for file in std::fs::read_dir("server/src/handlers").unwrap().map(|e| e.unwrap().path()) {
        for (name, lines) in methods(&std::fs::read_to_string(&file).unwrap()) {
            seen += 1;
            if lines > LONGEST {
                long.push(format!("{}: {name} has {lines} lines", file.display()));
            }
        }
    }
    let remedy = "move rules to server/src/rules/, and what handlers share to a function beside them";
    assert!(long.is_empty(), "a handler has {LONGEST} lines at most; {remedy}:\n{}", long.join("\n"));
    let operations = crate::contract::operation_ids().len();
    assert!(seen >= operations, "{seen} handlers were found, and there are {operations} operations: run `just fmt`");
}

/// Each method of a formatted file, with its lines from `fn` to the brace below it.
fn methods(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = lines.iter().enumerate().filter_map(|(i, line)| Some((i, line.strip_prefix("    fn ")?)));
    begins
        .map(|(i, rest)| {
            let length = lines[i..].iter().position(|line| *line == "    }").map_or(1, |end| end + 1);
            (rest.split(['(', '<']).next().unwrap_or_default().to_string(), length)
        })
        .collect()
}

#[test]
fn a_long_handler_is_noticed() {
    let body = "        let x = (1) {\n".repeat(24);
    let text = format!(
        "impl X for App {{\n    fn short(&self) {{\n    }}\n\n    fn long(\n        &self,\n    ) {{\n{body}    }}\n}}\n"
    );
    assert_eq!(methods(&text), [("short".into(), 2), ("long".into(), 28)]);
}
