#!/bin/sh
# `make bench`: figures, each next to what bounds it in the same run. Nothing here passes or fails: a
# value above its limit is shown as 'over'. At the end all figures as a table, and in build/bench.json.
#
# Sizes, in the environment. The limits are meant for these:
#   BENCH_CORE=1000000          accounts matched and decided
#   BENCH_PEOPLE=4              made-up companies of each size and culture
#   BENCH_EVENTS=300000         events of a chain
#   BENCH_ROSTER=1000000        rows of a roster
#   BENCH_STORE=1000000         accounts merged
#   BENCH_HISTORY_USERS=100000  accounts of the long history
#   BENCH_HISTORY_DAYS=1825     its days
#   BENCH_USERS=100000          accounts of the portal
#   BENCH_ACTS=500              suspensions
#   BENCH_PACED_USERS=3000      accounts read one by one at 10 a second: five minutes
#   BENCH_FIRST_USERS=10000     accounts of a first collection at 15 requests a second: three minutes
#   BENCH_PORTALS=1000          portals of one history
#   BENCH_PORTAL_USERS=1000     accounts of each
#   BENCH_PORTAL_ROWS=          above that: copied until there are so many, to ask how they stand
#   RECONCILE_TEST_CITUS=       servers to spread that history over too (docs/scale.md), on this machine
#   BENCH_MILLION=              1: a plan over a million accounts too; more than 1: over so many
#   BENCH_ONLY=                 names of parts, for instance "history day": only these
set -eu
cd "$(dirname "$0")/../.."
build=$PWD/build/release
bench=$build/tests/bench
users=${BENCH_USERS:-100000}
sim_pid=
sim_pids= # of several, those before it
work=$(mktemp -d)
chmod 0755 "$work"
stop_portal() {
    for pid in $sim_pids $sim_pid; do
        kill "$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    sim_pid=
    sim_pids=
}
leave() { # what was measured is kept when something ends badly
    stop_portal
    [ ! -s "$work/figures" ] || write_json
    rm -rf "$work"
}
trap leave EXIT
(umask 077 && printf 'demo-secret\n' > "$work/client-secret" && printf 'bench-token\n' > "$work/token")
: > "$work/figures"

# Shows what the command says, and keeps the figures in it. Exit code 20 is a plan that a guard
# holds: no failure.
measure() {
    code=0
    "$@" > "$work/said" 2>&1 || code=$?
    grep -v '^FIGURE ' "$work/said" || true
    sed -n 's/^FIGURE //p' "$work/said" >> "$work/figures"
    [ $code -eq 0 ] || [ $code -eq 20 ] || exit $code
}
figure() { # $1 key, $2 value, $3 limit or -, $4 text
    echo "$4: $2"
    echo "$1 $2 $3 $4" >> "$work/figures"
}
value() { # $1 key of a figure
    awk -v key="$1" '$1 == key { found = $2 } END { print found }' "$work/figures"
}
calculate() {
    awk "BEGIN { printf \"%.${2:-2}f\", $1 }"
}

start_portal() { # options of portal-sim
    rm -f "$work/port"
    "$build/portal-sim" --max-seconds 20000 --port-file "$work/port" --roster "$work/roster.csv" "$@" \
        2>"$work/sim.log" &
    sim_pid=$!
    tries=0
    until [ -s "$work/port" ]; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ] || ! kill -0 "$sim_pid" 2>/dev/null; then
            cat "$work/sim.log" >&2
            exit 1
        fi
        sleep 0.1
    done
    url=http://127.0.0.1:$(cat "$work/port")
}
configure() { # $1 name, $2 logins, $3 requests a second, $4 in any window; makes the database too
    sed -e "s|@PORT@|$(cat "$work/port")|" -e "s|logins = .*;|logins = \"$2\";|" \
        -e "s|embedded = \"pg\"|embedded = \"pg-$1\"|" \
        -e "s|requests_per_second = .*;|requests_per_second = $3;|" \
        -e "s|requests_per_window = .*;|requests_per_window = $4;|" \
        tests/support/demo.conf > "$work/$1.conf"
    program="$build/bynder-reconcile --config $work/$1.conf --log-level error"
    $program migrate > /dev/null
}
requests() {
    "$bench/bench_portal" "$url" number requests
}
quietly() { # a command whose output is thrown away, whose complaints and figures are not
    "$@" > /dev/null
}
spawn() { # key, seconds at most, MB at most, text, command
    measure quietly "$bench/bench_spawn" "$@"
}

part_core() {
    measure "$bench/bench_core" "${BENCH_CORE:-1000000}"
}

part_people() {
    measure "$bench/bench_people" "${BENCH_PEOPLE:-4}"
}

part_chain() {
    measure "$bench/bench_audit" "${BENCH_EVENTS:-300000}"
}

# A roster as it should be, and the same people with all that a program can put around and into them.
part_roster() {
    people=${BENCH_ROSTER:-1000000}
    awk -v n="$people" 'BEGIN {
        print "No,Mail,Name,Status,Hired,Last,Department"
        for (i = 1; i <= n; i++)
            printf "%06d,p%d@acme.example,Ann%d Example%d,Active,2010-01-%02d,%s,Dept %d\n", i, i, i,
                i, i % 28 + 1, i % 10 ? "" : "2026-09-19", i % 40 }' > "$work/plain.csv"
    awk -v n="$people" 'BEGIN {
        print "sep=,\nPeople of Acme,,\nNo,Mail,Full\302\240Name,Status,Hired,Last,Department,Away,From"
        print "Number,E-Mail,Name,State,First day,End,Where,On leave,Since,"
        for (i = 1; i <= n; i++)
            printf "%06d,p%d@acme.example,Ann%d Example%d,Active,%d/1/10,%s,Dept %d,%s,%s,\n", i, i, i,
                i, i % 12 + 1, i % 10 ? "31.12.9999" : "46284", i % 40, i % 50 == 1 ? "True" : "False",
                i % 50 == 1 ? "2026-01-31" : "0000-00-00"
        printf "Total: %d\n", n }' > "$work/around.csv"
    for kind in plain around; do
        cat > "$work/$kind.conf" <<EOT
portal: { name = "roster"; url = "http://127.0.0.1:9"; client_id = "demo"; client_secret_file = "client-secret"; };
database: { embedded = "pg"; };
roster: { source = "$kind.csv";
$([ $kind = plain ] || echo 'header_row = 2; label_rows = 1; footer = "Total*"; two_digit_year_cutoff = 2049;
  date_formats: { hire_date = "%m/%d/%y"; last_day = "excel-serial"; };
  no_date = [ "open*", "1900-01-01" ]; on_leave_column = "Away"; leave_from_column = "From";')
  columns: { employee_number = "No"; email = "Mail"; status = "Status"; hire_date = "Hired"; last_day = "Last";
  department = "Department"; name = "$([ $kind = plain ] && echo Name || echo 'Full Name')"; };
  status: { employed = "Active"; }; };
policy: { mode = "enforce"; rules = ( { name = "departed"; when = { person = "departed"; }; do = "suspend"; } ); };
EOT
        spawn "roster_$kind" - - "roster check of $people rows, $kind, three times" \
            sh -c 'for turn in 1 2 3; do "$@" || exit; done' turns \
            "$build/bynder-reconcile" --config "$work/$kind.conf" roster check
    done
    # What it costs on this machine to look at each of its values once.
    spawn roster_yard - - "awk counts the values of the plain file" \
        awk -F, '{ for (i = 1; i <= NF; i++) seen[$i]++ }' "$work/plain.csv"
    figure roster_ratio_yard "$(calculate "$(value roster_plain_processor) / 3 / $(value roster_yard_processor)")" 0.5 \
        "the plain file, once, over that, processor"
    for what in processor megabytes; do
        figure "roster_ratio_$what" "$(calculate "$(value "roster_around_$what") / $(value "roster_plain_$what")")" 1.3 \
            "all settings over the plain file, $what"
    done
}

part_store() {
    measure "$bench/bench_store" "${BENCH_STORE:-1000000}"
}

part_history() {
    measure "$bench/bench_history" "${BENCH_HISTORY_USERS:-100000}" "${BENCH_HISTORY_DAYS:-1825}"
}

# Everybody by a single read, without latency and without a pace.
part_collect() {
    start_portal --users "$users" --seed 7 --rate-limit 0 --token bench-token
    configure each each 100000.0 100000000
    measure "$bench/bench_collect" "$url" "$work/token" 8
    spawn full 20 80 "a first plan of $users accounts, a single read each" $program plan --format json
    figure full_megabytes_per_100000 "$(calculate "$(value full_megabytes) * 100000 / $users" 1)" - \
        "peak memory of it, MB per 100,000 accounts"
    spawn show - - "that plan shown again" $program show --format json
    stop_portal
}

# The day after: 3 in 100 have logged in since, everything else is as it was. Activity of every kind is
# read beside the logins.
part_day() {
    start_portal --users "$users" --seed 7 --rate-limit 0
    configure day events 100000.0 100000000
    sed -i 's|logins = "events";|& activity_for = "always";|' "$work/day.conf"
    before=$(requests)
    spawn first - 80 "the first plan of $users accounts, by events" $program plan --format json
    first=$(($(requests) - before))
    figure first_requests "$first" - "requests of the first plan"
    $program psql -q -f tests/bench/day_later.sql
    $program psql -qAt -c "select account_id from reconcile.account a
        join reconcile.account_version v using (portal_id, account_no)
        where valid_to is null and status = 'active' and account_no % 33 = 0" > "$work/ids"
    "$bench/bench_portal" "$url" login "$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%SZ)" < "$work/ids"
    before=$(requests)
    spawn second 2.5 80 "the plan of the day after, $(wc -l < "$work/ids") logins later" \
        $program plan --format json
    second=$(($(requests) - before))
    figure second_requests "$second" 900 "requests of the plan of the day after, activity read"
    figure second_requests_over_users "$(calculate "$second / $users" 4)" - \
        "the same, over one request per account"
    figure second_megabytes_per_100000 "$(calculate "$(value second_megabytes) * 100000 / $users" 1)" - \
        "peak memory of it, MB per 100,000 accounts"
    compare_with_full
    stop_portal
}

# The frugal plan's acts must be those of a plan for which everybody was read.
compare_with_full() {
    $program show --format csv > "$work/frugal.csv" || [ $? -eq 20 ]
    before=$(requests)
    $program plan --full --format csv > "$work/full.csv" || [ $? -eq 20 ]
    figure full_requests "$(($(requests) - before))" - "requests of a plan with everybody read"
    python3 - "$work/frugal.csv" "$work/full.csv" > "$work/differ" <<'END'
import csv
import sys

def acts(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {(row["account_id"], row["action"], row["rule"]) for row in csv.DictReader(file) if row["action"] != "keep"}

frugal, full = acts(sys.argv[1]), acts(sys.argv[2])
print(len(frugal ^ full), len(full))
END
    read -r differ acts < "$work/differ"
    figure second_rows_unlike_full "$differ" 0 \
        "rows in which that plan differs from one with everybody read, of $acts that act"
}

# A first collection as it meets a portal: 15 requests a second, 200 ms until an answer comes. Then
# what it takes, without a pace: where events clear most, and where they clear nobody.
part_first() {
    first_users=${BENCH_FIRST_USERS:-10000}
    start_portal --users "$first_users" --seed 7 --rate-limit 4500 --fault latency=200
    configure first events 15.0 4500
    sed -i 's|logins = "events";|& activity_for = "always";|' "$work/first.conf"
    before=$(requests)
    spawn collection - - "a first collection of $first_users accounts at 15 requests a second, 200 ms latency" \
        $program plan --format json
    count=$(($(requests) - before))
    figure collection_over_bound "$(calculate "$(value collection_seconds) / ($count / 15)" 3)" 1.1 \
        "the same, over $count requests at the pace"
    stop_portal
    start_portal --users "$first_users" --seed 7 --rate-limit 0
    for way in each events full; do
        configure "first-$way" "$([ $way = full ] && echo events || echo $way)" 100000.0 100000000
        before=$(requests)
        $program plan $([ $way = full ] && echo --full) > "$work/said" || [ $? -eq 20 ]
        figure "first_requests_$way" "$(($(requests) - before))" - "requests of a first plan, logins by $way"
    done
    figure first_events_over_each "$(calculate "$(value first_requests_events) / $(value first_requests_each)" 3)" 1.04 \
        "by events where they clear most, over single reads alone"
    # What is tried before it is given up is a thirty-second part, and eight pages.
    figure first_full_over_each "$(calculate "$(value first_requests_full) / ($(value first_requests_each) + 10)" 3)" 1.04 \
        "by events where everybody is read whatever they tell, over single reads alone and ten more"
    stop_portal
}

act_conf() { # $1 requests a second, $2 in any window
    cat <<EOT
portal: { name = "acts"; url = "$url"; client_id = "demo";
          client_secret_file = "client-secret"; requests_per_second = $1; requests_per_window = $2; };
database: { embedded = "pg-acts"; };
roster: { source = "leavers.csv"; columns: { employee_number = "EmpID"; name = "Name";
          status = "EmploymentStatus"; last_day = "DateofTermination"; };
          status: { employed = [ "Active" ]; departed = [ "Voluntarily Terminated" ]; }; };
matching: { keys = [ "employee_number" ]; min_matched_percent = 0.0; };
policy: { mode = "enforce"; rules = ( { name = "departed"; when = { account = "active"; person = "departed"; }; do = "suspend"; } ); };
limits: { suspend: { count = 100000; percent = 100.0; rolling_days = 30; rolling_count = 100000; }; min_admins = 0; };
approval: { approvers = ( { user = "$(id -un)"; } ); };
EOT
}

# Reading, writing and reading back are three requests an act, so 15 a second bound it at 5 acts.
part_acts() {
    acts=${BENCH_ACTS:-500}
    {
        echo 'EmpID,Name,EmploymentStatus,DateofTermination'
        i=0
        while [ $i -lt "$acts" ]; do
            i=$((i + 1))
            echo "$i,Person$i Bench$i,Voluntarily Terminated,2024-01-31"
        done
    } > "$work/leavers.csv"
    start_portal --people "$work/leavers.csv" --people-id EmpID --people-name Name \
        --people-status EmploymentStatus --people-last-day DateofTermination --rate-limit 4500
    act_conf 100000.0 100000000 > "$work/fast.conf"
    act_conf 15.0 4500 > "$work/paced.conf"
    program="$build/bynder-reconcile --config $work/fast.conf --log-level error"
    $program plan --format json > "$work/plan.json" || [ $? -eq 20 ]
    digest=$(sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' "$work/plan.json" | head -n 1)
    plan=$(sed -n 's/^    "id": \([0-9]*\),.*/\1/p' "$work/plan.json" | head -n 1)
    overrides=$(tr -d ' \n' < "$work/plan.json" | grep -o '"id":"G[0-9]*","verdict":"hold"' | cut -d'"' -f4 |
        grep -vxE 'G7|G10' | sed 's|$|,|' | tr -d '\n')G7,G10 # everybody goes
    $program approve "$plan" --digest "$digest" --override "$overrides" --reason bench > /dev/null
    spawn apply - - "$acts suspensions at 15 requests a second" \
        "$build/bynder-reconcile" --config "$work/paced.conf" --log-level error apply "$plan"
    measure "$bench/bench_log" "$url" 15
    stop_portal
}

# Rules that do not ask for logins, so that list and events are all that is read; and the events of
# one day, because those of a year are thousands of pages, which the pace alone bounds.
part_million() {
    million=${BENCH_MILLION:-0}
    [ "$million" -ne 0 ] || return 0
    [ "$million" -ne 1 ] || million=1000000
    start_portal --users "$million" --seed 7 --rate-limit 0
    configure million each 100000.0 100000000
    sed -i -e '/name = "departed"/s/},$/}/' -e '/name = "idle"/d' \
        -e '/name = "never used"/,/grace_days/d' "$work/million.conf"
    spawn million_first 60 450 "the first run over $million accounts and as many people, by the list" \
        $program run
    $program psql -q -c "insert into reconcile.events_read (portal_id, kind, complete_to, newest_at, pages, host)
        select portal_id, 'logins', now() - interval '1 day', now() - interval '1 day', 0, host
        from reconcile.portal"
    sed -i 's|logins = "each"|logins = "events"|' "$work/million.conf"
    spawn million 60 450 "the second run, by the list and the events of a day" $program run
    stop_portal
}

# Many portals at ten hosts. Nobody approves anything, so that all that a host has have the same nights:
# a first plan's rows wait in each.
part_portals() {
    portals=${BENCH_PORTALS:-1000}
    mkdir "$work/portals"
    : > "$work/portals/hosts"
    for number in 1 2 3 4 5 6 7 8 9 10; do
        [ "$number" -le "$portals" ] || break
        sim_pids="$sim_pids $sim_pid"
        start_portal --users "${BENCH_PORTAL_USERS:-1000}" --seed "$number" --rate-limit 0
        mv "$work/roster.csv" "$work/portals/roster-$number.csv"
        echo "$number $url" >> "$work/portals/hosts"
        i=$number
        while [ "$i" -le "$portals" ]; do
            sed -e "s|name = \"demo\"|name = \"portal-$i\"|" -e "s|http://.*\"|$url\"|" \
                -e "s|embedded = .*;|conninfo = \"@CONNINFO@\"; };|" -e 's|logins = "each"|logins = "events"|' \
                -e "s|client-secret|../../&|" -e "s|roster.csv|../roster-$number.csv|" \
                -e "s|\"reports\"|\"reports-$i\"|" tests/support/demo.conf > "$work/portals/p$i.conf"
            i=$((i + 10))
        done
    done
    BENCH_PORTAL=$bench/bench_portal measure "$bench/bench_portals" "$build/bynder-reconcile" "$work/portals" \
        "$portals" "${BENCH_PORTAL_ROWS:-0}" tests/bench/portals_day.sh
    stop_portal
}

# Last, because it waits more than it works.
part_paced() {
    paced=${BENCH_PACED_USERS:-3000}
    start_portal --users "$paced" --seed 7 --rate-limit 4500 --fault latency=200
    configure paced each 10.0 4500
    before=$(requests)
    spawn paced - - "$paced single reads at 10 requests a second, 200 ms latency" \
        $program plan --format json
    count=$(($(requests) - before))
    figure paced_over_bound "$(calculate "$(value paced_seconds) / ($count / 10)" 3)" 1.03 \
        "the same, over $count requests at the pace"
    figure paced_highest_in_window "$("$bench/bench_portal" "$url" number highest_in_window)" 4500 \
        "most requests of it in any 300 s, by the portal's count"
    stop_portal
}

write_json() {
    python3 - "$work/figures" > build/bench.json <<'END'
import datetime
import json
import os
import platform
import sys

def first(path, name):
    try:
        with open(path, encoding="utf-8") as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith(name)), None)
    except OSError:
        return None

def number(text):
    return float(text) if "." in text or "e" in text else int(text)

figures = []
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        key, value, limit, text = line.rstrip("\n").split(" ", 3)
        figures.append({"key": key, "value": number(value), "limit": None if limit == "-" else number(limit), "text": text})
machine = {
    "processors": len(os.sched_getaffinity(0)),
    "cpu": first("/proc/cpuinfo", "model name") or platform.machine(),
    "memory_megabytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1000000,
    "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
}
json.dump({"machine": machine, "figures": figures}, sys.stdout, indent=2)
print()
END
}

for part in ${BENCH_ONLY:-core people chain roster store history collect day first acts portals million paced}; do
    echo "== $part"
    "part_$part"
    write_json # what is there is kept when a later part ends badly
done
echo
sh tests/bench/table.sh build/bench.json
