# The verbs of the project. Each is one plain command, so that `just` is a convenience and never needed.

# List the verbs
default:
    @just --list

# Write the generated crates and docs/operations.md from openapi/lending.yaml
generate:
    cargo run -p forebear -- generate
    cargo run -p forebear -- coverage --markdown > docs/operations.md

# Say whether the generated crates are what the document gives
check:
    cargo run -p forebear -- check

# Say what in the document cannot be carried, and what to write instead
lint:
    cargo run -p forebear -- lint openapi/lending.yaml

# Say what changed since the newest released document, and what it means for callers
diff:
    cargo run -p forebear -- diff --released openapi/released openapi/lending.yaml

# Keep the document as the released one of its version; raise `info.version` first
release:
    cargo run -p forebear -- release

# Format what people write; the generator formats its own output
fmt:
    cargo fmt --all

# Lint the code
clippy:
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo clippy -p lending-api --features dynamodb --all-targets --locked -- -D warnings

# Run every test
test *arguments:
    cargo test --workspace --locked --features lending-api/dynamodb {{ arguments }}

# Run the server, or another command of it: `just run openapi`
run *arguments:
    cargo run -- {{ arguments }}

# Validate the document with OpenAPI Generator
doc-validate:
    bash .ci/run document

# Measure the server beside hand-written peers; prints a table (docs/speed.md)
bench:
    bench/run

# Measure changes beside hand-written peers, and five minutes of them; prints tables (docs/speed.md)
bench-posts:
    bench/posts

# Let Schemathesis make requests of the document to a real server
schemathesis:
    bash .ci/run schemathesis

# Check licences, advisories and sources of the dependencies; needs cargo-deny
deny:
    cargo deny check

# Everything that must hold before a change is merged
ci:
    bash .ci/run
