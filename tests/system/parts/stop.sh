# systemctl stop while the run waits, and a crash.
part "stop, crash"
hang acme
moment=$(mark)
systemctl start --no-block bynder-reconcile@acme
holds "a run waits for the portal" wait_for 30 sh -c 'ss=$(systemctl show -P MainPID bynder-reconcile@acme); [ "$ss" != 0 ] && pgrep -u bynder-reconcile -f "postgres: bynder-reconcile: reconcile" >/dev/null'
pid=$(main_pid bynder-reconcile@acme)
seen="$(tr '\0' ' ' < /proc/"$pid"/cmdline) $(tr '\0' ' ' < /proc/"$pid"/environ)"
says "its environment has the place of the secrets" 'CREDENTIALS_DIRECTORY=' "$seen"
says_not "and none of them, nor its command line" 'canary' "$seen"
at=$SECONDS
systemctl stop bynder-reconcile@acme
holds "it stops soon" test $((SECONDS - at)) -lt 60
is "and its database with it" "" "$(of_service)" "$(ps -fu bynder-reconcile)"
systemctl start --no-block bynder-reconcile@acme
wait_for 30 pgrep -u bynder-reconcile -f "postgres: bynder-reconcile: reconcile"
moment=$(mark)
kill -KILL "$(main_pid bynder-reconcile@acme)"
wait_for 20 sh -c '[ "$(systemctl show -P ActiveState bynder-reconcile@acme)" = failed ]'
is "a crashed run is a failure" signal "$(result bynder-reconcile@acme)"
says "the journal says so" 'bynder-reconcile@acme.service failed: killed by KILL' "$(told_line acme)"
unhang acme
moment=$(mark)
is "the next run is well" 0 "$(start bynder-reconcile@acme)" "$(since -u bynder-reconcile@acme)"
is "and leaves no process behind" "" "$(of_service)"
