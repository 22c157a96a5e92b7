#!/bin/sh
# `make bench`: figures, each next to what bounds it in the same run. Nothing here passes or fails.
set -eu
cd "$(dirname "$0")/../.."
build=$PWD/build/release
bench=$build/tests/bench
work=$(mktemp -d)
chmod 0755 "$work"
trap 'kill "${sim_pid:-}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

echo "== the pure core"
"$bench/bench_core" "${BENCH_CORE:-1000000}"

echo "== a dry run over ${BENCH_USERS:-5000} accounts, single reads, no latency, no pace"
"$build/portal-sim" --users "${BENCH_USERS:-5000}" --seed 7 --rate-limit 0 --max-seconds 900 \
    --port-file "$work/port" --roster "$work/roster.csv" 2>"$work/sim.log" &
sim_pid=$!
tries=0
until [ -s "$work/port" ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { cat "$work/sim.log" >&2; exit 1; }
    sleep 0.1
done
(umask 077 && printf 'demo-secret\n' > "$work/client-secret")
sed "s|@PORT@|$(cat "$work/port")|" tests/support/demo.conf > "$work/bench.conf"
program="$build/bynder-reconcile --config $work/bench.conf --log-level error"
run() { # $1 label, rest the command
    "$bench/bench_spawn" "$@" >/dev/null || [ $? -eq 20 ]
}
run "first plan, cluster created" $program plan --format json
run "second plan, nothing changed" $program plan --format json
run "show" $program show --format json
