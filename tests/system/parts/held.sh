# A night that was missed is made up for, and a guard holds the plan.
part "a missed night, and a held plan"
configure acme enforce 0 'client_id = "demo"; client_secret_credential = "client-secret";' 'embedded = "/var/lib/bynder-reconcile/acme";'
mkdir -p /etc/systemd/system/bynder-reconcile@acme.timer.d
printf '[Timer]\nRandomizedDelaySec=0\nAccuracySec=1s\n' > /etc/systemd/system/bynder-reconcile@acme.timer.d/now.conf
mkdir -p /var/lib/systemd/timers
touch -d '3 days ago' /var/lib/systemd/timers/stamp-bynder-reconcile@acme.timer
touch -d '30 days ago' /srv/hr/acme.csv # HR's export has stood still
systemctl daemon-reload
moment=$(mark)
systemctl enable --now --quiet bynder-reconcile@acme.timer
ran() { [ "$(systemctl show -P ExecMainExitTimestampMonotonic bynder-reconcile@acme)" != 0 ] && ! systemctl -q is-active bynder-reconcile@acme && [ "$(systemctl show -P ActiveState bynder-reconcile@acme)" != activating ]; }
holds "the timer makes up for the night" wait_for 60 ran
is "a guard holds the plan: exit 20" 20 "$(systemctl show -P ExecMainStatus bynder-reconcile@acme)" "$(since -u bynder-reconcile@acme)"
is "which systemd counts as a failure" exit-code "$(result bynder-reconcile@acme)"
says "the journal says so with priority err" 'bynder-reconcile@acme.service failed: exit status 20: a plan waits for a person' "$(told_line acme)"
says "and the run named the guard" 'held by G1' "$(since -u bynder-reconcile@acme)"
is "nothing was written" 0 "$(writes acme)"
holds "the timer waits for the next night" systemctl -q is-active bynder-reconcile@acme.timer
touch /srv/hr/acme.csv
moment=$(mark)
is "with a roster of today the next plan is none's to hold" 0 "$(start bynder-reconcile-plan@acme)" "$(since -u bynder-reconcile-plan@acme)"
plan=$(as anna --config /etc/bynder-reconcile/acme.conf --log-level error show --format json | sed -n 's/^ *"id": \([0-9]*\).*/\1/p' | head -n 1)
digest=$(as anna --config /etc/bynder-reconcile/acme.conf --log-level error show --format json | sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' | head -n 1)
says "it has a number" '^[1-9]' "$plan"
offered=$(bash -c '. /usr/share/bash-completion/completions/bynder-reconcile
    COMP_WORDS=(bynder-reconcile --config /etc/bynder-reconcile/acme.conf approve "") COMP_CWORD=4
    _bynder_reconcile; echo "${COMPREPLY[0]}"')
is "completion offers the plan" "$plan" "$offered"
