# One embedded database for the service and for a person at the same time.
part "a person looks into the history while the run comes"
as anna --config /etc/bynder-reconcile/acme.conf psql -c 'select pg_sleep(300)' >/dev/null &
holds "psql as the service's user starts the server" wait_for 30 pgrep -u bynder-reconcile -f pg_sleep\|SELECT
moment=$(mark)
is "the run uses the same server" 0 "$(start bynder-reconcile@acme)" "$(since -u bynder-reconcile@acme)"
holds "and leaves it to the person" pgrep -u bynder-reconcile -f SELECT
pkill -x psql # of this machine's only one
wait
is "who is the last to leave stops it" "" "$(of_service)"
