# systemctl stop in the middle of an act: that act is finished, read back and journaled, no other
# begins, and the next run goes on with those that are left, none twice.
part "stop in the middle of an act"
start_sim halt --seed 16
share_rosters
cp -p /etc/credstore/bynder-reconcile.acme.client-secret /etc/credstore/bynder-reconcile.halt.client-secret
configure halt enforce 1000 'client_id = "demo"; client_secret_credential = "client-secret";' 'embedded = "/var/lib/bynder-reconcile/halt";'
halt() { as anna --config /etc/bynder-reconcile/halt.conf --log-level error "$@"; }
moment=$(mark)
is "a plan is made" 0 "$(start bynder-reconcile-plan@halt)" "$(since -u bynder-reconcile-plan@halt)"
digest=$(halt show --format json | sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' | head -n 1)
halt approve 1 --digest "$digest" >/dev/null
as bob --config /etc/bynder-reconcile/halt.conf approve 1 --digest "$digest" >/dev/null
wanted=$(halt show --format json | grep -cE '"action": "suspend"')
holds "it has several acts" test "${wanted:-0}" -ge 2
sim halt faults -d 'latency=1500' >/dev/null # of every answer
moment=$(mark)
systemctl start --no-block bynder-reconcile@halt
an_act_is_under_way() { [ "$(writes halt)" = 1 ]; }
holds "the first act is under way" wait_for 60 an_act_is_under_way
at=$SECONDS
systemctl stop bynder-reconcile@halt
holds "it stops within 70 s" test $((SECONDS - at)) -le 70
done_now=$(halt psql -Atqc "select count(*) from reconcile.step where state in ('done', 'verified')")
is "the act in hand is journaled, and there was no other" "1 1" "$done_now $(writes halt)" "$(since -u bynder-reconcile@halt)"
is "nothing is left open" 0 "$(halt psql -Atqc "select count(*) from reconcile.step where state in ('intent', 'unknown')")"
says "the run says that it was asked to end" 'stop|ask|SIGTERM|interrupt|signal' "$(since -u bynder-reconcile@halt)"
is "and nobody is called for it" "" \
    "$(journalctl -o cat -p err BYNDER_INSTANCE=halt --since "@$moment" 2>/dev/null; systemctl --failed --plain --no-legend | grep halt || true)"
unhang halt
moment=$(mark)
is "the next run goes on" 0 "$(start bynder-reconcile@halt)" "$(since -u bynder-reconcile@halt)"
is "with what was left, nothing twice" "$wanted $wanted" \
    "$(writes halt) $(sim halt writes | grep -oE '"path": *"[^"]*"' | sort -u | wc -l)"
is "and all of it is journaled" "$wanted" \
    "$(halt psql -Atqc "select count(*) from reconcile.step where state in ('done', 'verified')")"
systemctl stop sim-halt
