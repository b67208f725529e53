#!/usr/bin/env bash
# The README's five minutes, as a newcomer goes through them: lay out, start, ask, change the document, read the compiler.
#
#   forebear/tests/init.sh [DOCUMENT…]    also builds a project of stubs for each document
#
# What is laid out and compiled stays in target/init, so that the next run compiles little.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=${CARGO_TARGET_DIR:-$root/target}/init
server=

forebear() { cargo run --quiet --locked --manifest-path "$root/Cargo.toml" -p forebear -- "$@"; }
project_cargo() { CARGO_TARGET_DIR=$scratch/target cargo "$@"; }
stop() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    server=
}
fail() {
    printf 'init: %s\n' "$*" >&2
    exit 1
}
trap stop EXIT

# Lays out a project in a folder that was none before.
lay_out() {
    rm -rf "$scratch/$1"
    (cd "$scratch" && forebear init "$@")
}

# expect STATUS ARGUMENTS-OF-CURL…
expect() {
    local status
    status=$(curl -sS -o "$scratch/answer" -w '%{http_code}' "${@:2}")
    [ "$status" = "$1" ] || fail "expected $1 and got $status of ${*: -1}: $(cat "$scratch/answer")"
    printf '%s %s\n' "$status" "$(cut -c1-100 "$scratch/answer")"
}

# Starts the server that was built; sets `server`, `url` and `token`.
start() {
    PORT=0 API_TOKEN='' "$scratch/target/debug/app" >"$scratch/log" 2>&1 && fail "an empty token opened the server"
    PORT=0 "$scratch/target/debug/app" >"$scratch/log" 2>&1 &
    server=$!
    for _ in $(seq 100); do
        grep -q '^try: ' "$scratch/log" && break
        sleep 0.1
    done
    url=$(sed -n 's/^listening on //p' "$scratch/log")
    token=$(sed -n 's/.*\(Authorization: Bearer [^"]*\)".*/\1/p' "$scratch/log")
    [ -n "$url" ] && [ -n "$token" ] || fail "the server did not start: $(cat "$scratch/log")"
}

mkdir -p "$scratch"
lay_out notes
cd "$scratch/notes"
project_cargo build --quiet
start
json=(-H 'Content-Type: application/json')
expect 204 "$url/health"
expect 401 "$url/notes"
expect 200 -H "$token" "$url/notes"
expect 201 -H "$token" "${json[@]}" -d '{"text": "buy milk"}' "$url/notes"
id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' "$scratch/answer")
expect 200 -H "$token" "$url/notes/$id"
expect 422 -H "$token" "${json[@]}" -d '{"text": ""}' "$url/notes"
expect 400 -H "$token" "$url/notes?colour=red"
expect 204 -H "$token" -X DELETE "$url/notes/$id"
expect 404 -H "$token" "$url/notes/$id"
stop

forebear check
sed -i.old 's/operationId: get_note/operationId: read_note/' openapi/notes.yaml && rm openapi/notes.yaml.old
forebear check >/dev/null && fail "a stale project passed for a fresh one"
forebear generate
project_cargo build --quiet 2>"$scratch/log" && fail "a handler is missing, and the compiler did not say so"
grep 'missing: `read_note`' "$scratch/log" || fail "the compiler said something else: $(cat "$scratch/log")"
sed -i.old 's/read_note/get_note/' openapi/notes.yaml && rm openapi/notes.yaml.old
forebear generate
sed -i.old '/^mod note;/d' src/handlers/mod.rs && rm src/handlers/mod.rs.old
project_cargo build --quiet 2>"$scratch/log" && fail "the handlers of a tag are missing, and the compiler did not say so"
hint='`NoteApi` is not implemented: write `impl NoteApi for …` in the handlers file of the tag `note`'
grep -F "$hint" "$scratch/log" || fail "the compiler said something else: $(cat "$scratch/log")"

cd "$root"
for document in "$@"; do
    lay_out stubs "$(realpath "$document")"
    (cd "$scratch/stubs" && project_cargo build --quiet)
done
