# What the measuring scripts share; they source it. It builds the servers, starts them on free ports with a database each, and ends
# them again.

fail() {
    printf 'bench: %s\n' "$*" >&2
    exit 1
}
say() { printf '%s\n' "$*" >&2; }
[[ -r /proc/self/stat ]] || fail "needs Linux: processor times come from /proc"

target=${CARGO_TARGET_DIR:-target}
peers=${PEERS_TARGET_DIR:-$target/peers}
venv=${VENV:-$target/bench-venv}
declare -A pid address

# build SERVER…
build() {
    say "building (release)"
    cargo build --release --locked --bin lending-api
    CARGO_TARGET_DIR=$peers cargo build --release --locked --manifest-path bench/peers/Cargo.toml
    if [[ " $* " == *" fastapi "* && ! -x $venv/bin/uvicorn ]]; then
        say "installing FastAPI into $venv"
        python3 -m venv "$venv" || fail "python3 with venv is needed for FastAPI; leave it out with SERVERS='ours axum-tuned …'"
        "$venv/bin/pip" install --quiet -r bench/fastapi/requirements.txt
    fi
}

cleanup() {
    for server in "${!pid[@]}"; do kill "${pid[$server]}" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}

# One service with every scope that is asked for, and limits that a benchmark does not reach.
configure() {
    work=$(mktemp -d)
    trap cleanup EXIT INT TERM
    KEY=$(head -c 48 /dev/urandom | base64 -w0)
    export KEY
    key_id=bench.1
    cat > "$work/lending.toml" <<TOML
data_dir = "$work/data"
sample = true
[services.bench]
scopes = ["naics-code:read", "payoff:read", "payoff:write"]
keys = [{ id = "1", secret = "$KEY" }]
user = "asserted"
[limits.address]
refused = 1
open = 4000000000
window_seconds = 1
TOML
    for class in reference-read read write; do
        printf '[limits.classes.%s]\nservice = 4000000000\nuser = 4000000000\nwindow_seconds = 1\n' $class >> "$work/lending.toml"
    done
    export LENDING_CONFIG=$work/lending.toml
    "$target/release/lending-api" migrate > /dev/null
}

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# A day on which a payoff may be, as the sample has it.
payoff_date() {
    python3 -c 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("SELECT MAX(payoff_date) FROM payoff").fetchone())' \
        "$work/data/lending.db"
}

start() {
    local server=$1 at=127.0.0.1:$(port) log=$work/$1.log
    mkdir -p "$work/$server"
    cp -r "$work/data/." "$work/$server"
    export LENDING_BIND=$at LENDING_DATA_DIR=$work/$server
    case $server in
        ours) LENDING_REPLY_CACHE_BYTES=0 "$target/release/lending-api" > /dev/null 2> "$log" & ;;
        ours-cached) "$target/release/lending-api" > /dev/null 2> "$log" & ;;
        axum-*) "$peers/release/$server" "$work/$server/lending.db" "$at" 2> "$log" & ;;
        fastapi) DATABASE=$work/$server/lending.db "$venv/bin/uvicorn" --app-dir bench/fastapi app:app --host 127.0.0.1 \
            --port "${at##*:}" --workers 1 --no-access-log --log-level warning 2> "$log" & ;;
        *) fail "there is no server \`$server\`" ;;
    esac
    pid[$server]=$! address[$server]=$at
    for _ in $(seq 100); do
        if (exec 3<> "/dev/tcp/${at%:*}/${at##*:}") 2>/dev/null; then return; fi
        kill -0 "${pid[$server]}" 2>/dev/null || break
        sleep 0.1
    done
    fail "$server does not listen: $(tail -n 5 "$log")"
}

# measure SERVER ENDPOINT KIND SECONDS CONNECTIONS [OPTION…]: a line in $work/results
measure() {
    local server=$1 endpoint=$2 kind=$3 seconds=$4 connections=$5; shift 5
    local line
    line=$("$peers/release/load" --address "${address[$server]}" --pid "${pid[$server]}" --key-id "$key_id" \
        --endpoint "$endpoint" --seconds "$seconds" --connections "$connections" "$@") ||
        fail "$server: $endpoint: see above; its log ends with: $(tail -n 3 "$work/$server.log")"
    printf '%s\t%s\t%s\t%s\n' "$server" "$endpoint" "$kind" "$line" | tee -a "$work/results" >&2
}
