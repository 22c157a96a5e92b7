# A later version with one migration more: the history stays.
part "upgrade"
rows_of_plan() { # what was planned; what became of it goes on
    as anna --config /etc/bynder-reconcile/acme.conf --log-level error show "$plan" --format json |
        grep -E '^ *"(digest|account_id|action|rule)":' | sha256sum
}
before=$(rows_of_plan)
holds "apt upgrades to a version with one migration more" \
    apt-get install -q -y /share/later/bynder-reconcile_*.deb
is "it is the later version" "bynder-reconcile 99.0" "$(bynder-reconcile --version)"
holds "the timer still runs" systemctl -q is-active bynder-reconcile@acme.timer
moment=$(mark)
is "the run of acme migrates by itself" 0 "$(start bynder-reconcile@acme)" "$(since -u bynder-reconcile@acme)"
says "and says so" '1 migrations applied' "$(since -u bynder-reconcile@acme)"
is "the history is what it was" "$before" "$(rows_of_plan)"
is "and the record is whole" 0 "$(as anna --config /etc/bynder-reconcile/acme.conf audit verify >/dev/null; echo $?)"
moment=$(mark)
status=$(start bynder-reconcile@beta)
says "the run of beta asks for migrate" 'migrate' "$(since -u bynder-reconcile@beta)"
is "and is a failure that is told" exit-code "$(result bynder-reconcile@beta)" "status $status"
holds "migrate" runuser -u bynder-reconcile -- bynder-reconcile --config /etc/bynder-reconcile/beta.conf migrate
moment=$(mark)
is "then the run is well" 0 "$(start bynder-reconcile@beta)" "$(since -u bynder-reconcile@beta)"
