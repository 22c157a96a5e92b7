#!/bin/sh
# `make demo`: a portal of 5,000 users and its HR roster, a dry run over both, the report, an
# approval, and its application to the stand-in portal.
# Nothing but loopback and one directory is used; the portal stops when the demo ends, the history
# stays for the follow-up commands.
set -eu
cd "$(dirname "$0")/../.."
program=$PWD/build/release/bynder-reconcile
sim=$PWD/build/release/portal-sim
users=${DEMO_USERS:-5000}
demo=${DEMO_DIRECTORY:-${TMPDIR:-/tmp}/bynder-reconcile-demo-$(id -u)}

# Rebuilt from nothing each time; only ever a directory that an earlier demo made.
if [ -e "$demo" ] && [ ! -e "$demo/made-by-make-demo" ]; then
    echo "'$demo' is not from an earlier demo: set DEMO_DIRECTORY" >&2
    exit 1
fi
rm -rf "$demo"
mkdir -m 0755 -p "$demo"
: > "$demo/made-by-make-demo"

echo "Starting a stand-in portal of $users users. Its rate limit of 4,500 requests in five minutes is lifted:"
echo "at the real pace of 10 requests a second the single reads alone would take eight minutes."
"$sim" --users "$users" --seed 7 --rate-limit 0 --max-seconds 600 --port-file "$demo/port" \
    --client-id demo --client-secret demo-secret --roster "$demo/roster.csv" 2>"$demo/portal-sim.log" &
sim_pid=$!
trap 'kill "$sim_pid" 2>/dev/null || true; wait "$sim_pid" 2>/dev/null || true' EXIT
tries=0
until [ -s "$demo/port" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ] || ! kill -0 "$sim_pid" 2>/dev/null; then
        echo "portal-sim did not start:" >&2
        cat "$demo/portal-sim.log" >&2
        exit 1
    fi
    sleep 0.1
done

(umask 077 && printf 'demo-secret\n' > "$demo/client-secret")
sed -e "s|@PORT@|$(cat "$demo/port")|" -e "s|@WHO@|$(id -un)|" tests/support/demo.conf > "$demo/demo.conf"
reconcile() { "$program" --config "$demo/demo.conf" --log-level warning "$@"; }
heading() { printf '\n=== %s\n\n' "$1"; }

heading "plan: who would be suspended, and why (nothing is written to Bynder)"
status=0
reconcile plan || status=$?
if [ $status -ne 0 ] && [ $status -ne 20 ]; then
    echo "the plan failed with exit code $status" >&2
    exit $status
fi

heading "approve: a person says yes to the digest they saw, here to the departed only"
reconcile show --format csv | grep ',departed,' | head -n 25 > "$demo/approved.csv"
digest=$(reconcile show --format json | sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' | head -n 1)
reconcile approve 1 --digest "$digest" --only "$demo/approved.csv"

heading "apply: exactly that, one at a time, each read before and after"
reconcile apply 1

heading "status: what happened, and who is locked until when"
reconcile status

heading "the history of one person, from the database"
account=$(head -n 1 "$demo/approved.csv" | cut -d, -f1)
reconcile psql -P pager=off -c "select s.plan_id, s.action, s.state, s.intent_at, s.outcome_at, r.rule,
    r.reason from reconcile.step s join reconcile.plan_row r using (portal_id, plan_id, position)
    where s.account_id = '$account'"
cat <<EOT

The report for your browser: $(ls "$demo"/reports/*.html)

Now try:
  $program --config $demo/demo.conf show
  $program --config $demo/demo.conf status
  $program --config $demo/demo.conf psql -c 'select state, count(*) from reconcile.step group by state'
EOT
