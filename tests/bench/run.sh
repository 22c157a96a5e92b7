#!/bin/sh
# `make bench`: figures, each next to what bounds it in the same run. Nothing here passes or fails.
set -eu
cd "$(dirname "$0")/../.."
build=$PWD/build/release
bench=$build/tests/bench
work=$(mktemp -d)
chmod 0755 "$work"
trap 'kill "${sim_pid:-}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

figures=$work/figures
: > "$figures"
# Shows what a bench prints, and keeps its lines FIGURE KEY VALUE LIMIT TEXT for the table.
keep() {
    "$@" > "$work/said"
    cat "$work/said" >> "$figures"
    grep -v '^FIGURE' "$work/said" || true
}

echo "== the pure core"
keep "$bench/bench_core" "${BENCH_CORE:-1000000}"

echo "== storing ${BENCH_STORE:-1000000} accounts, next to a bare COPY"
keep "$bench/bench_store" "${BENCH_STORE:-1000000}"

echo "== five years of ${BENCH_HISTORY:-100000} accounts"
keep "$bench/bench_history" "${BENCH_HISTORY:-100000}"

echo "== checking a chain of ${BENCH_EVENTS:-300000} events"
"$bench/bench_audit" "${BENCH_EVENTS:-300000}"

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
kill "$sim_pid" 2>/dev/null || true
wait "$sim_pid" 2>/dev/null || true

# Reading, writing and reading back are three requests an act, so 15 a second bound it at 5 acts.
acts=${BENCH_ACTS:-500}
echo "== $acts suspensions at 15 requests a second"
{
    echo 'EmpID,Name,EmploymentStatus,DateofTermination'
    i=0
    while [ $i -lt "$acts" ]; do
        i=$((i + 1))
        echo "$i,Person$i Bench$i,Voluntarily Terminated,2024-01-31"
    done
} > "$work/leavers.csv"
rm -f "$work/port"
"$build/portal-sim" --people "$work/leavers.csv" --people-id EmpID --people-name Name \
    --people-status EmploymentStatus --people-last-day DateofTermination --rate-limit 4500 \
    --max-seconds 900 --port-file "$work/port" 2>"$work/sim.log" &
sim_pid=$!
until [ -s "$work/port" ]; do sleep 0.1; done
act_conf() { # $1 requests a second, $2 in any window
    cat <<EOT
portal: { name = "acts"; url = "http://127.0.0.1:$(cat "$work/port")"; client_id = "demo";
          client_secret_file = "client-secret"; requests_per_second = $1; requests_per_window = $2; };
database: { embedded = "pg"; };
roster: { source = "leavers.csv"; columns: { employee_number = "EmpID"; name = "Name";
          status = "EmploymentStatus"; last_day = "DateofTermination"; };
          status: { employed = [ "Active" ]; departed = [ "Voluntarily Terminated" ]; }; };
matching: { keys = [ "employee_number" ]; min_matched_percent = 0.0; };
policy: { rules = ( { name = "departed"; when = { account = "active"; person = "departed"; }; do = "suspend"; } ); };
limits: { suspend: { count = 100000; percent = 100.0; rolling_days = 30; rolling_count = 100000; }; min_admins = 0; };
EOT
}
act_conf 100000.0 100000000 > "$work/fast.conf"
act_conf 15.0 4500 > "$work/paced.conf"
fast="$build/bynder-reconcile --config $work/fast.conf --log-level error"
run "plan" $fast plan --format json
digest=$($fast show --format json | sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' | head -n 1)
plan=$($fast show --format json | sed -n 's/^    "id": \([0-9]*\),.*/\1/p' | head -n 1)
overrides=$($fast show --format json | tr -d ' \n' | grep -o '"id":"G[0-9]*","verdict":"hold"' | cut -d'"' -f4 | paste -sd, -)
$fast approve "$plan" --digest "$digest" ${overrides:+--override "$overrides" --reason bench} >/dev/null
run "apply" "$build/bynder-reconcile" --config "$work/paced.conf" --log-level error apply "$plan"
"$bench/bench_log" "http://127.0.0.1:$(cat "$work/port")" 15

echo "== figures"
sh tests/bench/table.sh "$figures" build/bench.json
