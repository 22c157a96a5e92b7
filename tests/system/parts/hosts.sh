# Several hosts with the same timers, a portal that hangs, a run that takes too long.
part "two hosts, one portal"
sed 's|"report"|"report"|' /etc/bynder-reconcile/beta.conf > /etc/bynder-reconcile/beta-two.conf
cp -r /etc/systemd/system/bynder-reconcile@beta.service.d /etc/systemd/system/bynder-reconcile@beta-two.service.d
systemctl daemon-reload
hang beta
systemctl start --no-block bynder-reconcile@beta
wait_for 20 sh -c 'runuser -u postgres -- psql -Atqc "select count(*) from pg_locks where locktype = '"'advisory'"'" | grep -qv "^0$"'
moment=$(mark)
start bynder-reconcile@beta-two >/dev/null
says "the second ends without a run" 'another run' "$(since -t bynder-reconcile)" # its unit is not always known of who ends at once
is "which is no failure" "success inactive" "$(result bynder-reconcile@beta-two) $(systemctl show -P ActiveState bynder-reconcile@beta-two)"
is "and no alarm" "" "$(since PRIORITY=3 BYNDER_INSTANCE=beta-two)"
wait_for 120 sh -c '[ "$(systemctl show -P ActiveState bynder-reconcile@beta)" = failed ]'
part "a portal that hangs"
is "a hung portal ends the run: exit 69" "exit-code 69" "$(result bynder-reconcile@beta) $(systemctl show -P ExecMainStatus bynder-reconcile@beta)"
says "the journal says so" 'bynder-reconcile@beta.service failed: exit status 69: portal or database was not reachable' "$(told_line beta)"
unhang beta
moment=$(mark)
is "the next run is well" 0 "$(start bynder-reconcile@beta)" "$(since -u bynder-reconcile@beta)"
mkdir -p /run/systemd/system/bynder-reconcile@gamma.service.d
printf '[Service]\nTimeoutStartSec=2s\n' > /run/systemd/system/bynder-reconcile@gamma.service.d/short.conf
systemctl daemon-reload
hang gamma
moment=$(mark)
start bynder-reconcile@gamma >/dev/null
is "a run longer than its time is ended" timeout "$(result bynder-reconcile@gamma)"
says "the journal says so" 'bynder-reconcile@gamma.service failed: it did not end in time' "$(told_line gamma)"
rm -r /run/systemd/system/bynder-reconcile@gamma.service.d
systemctl daemon-reload
unhang gamma
