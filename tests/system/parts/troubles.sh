# A revoked token, a full disk, a secret that is missing: as systemd tells them.
part "a revoked token, a full disk, a missing secret"
systemctl stop sim-gamma
port=$(cat /run/sim-gamma.port)
(token=another && start_sim gamma --seed 13 --port "$port")
share_rosters
moment=$(mark)
status=$(start bynder-reconcile@gamma)
is "a revoked token ends the run: exit 77" 77 "$status" "$(since -u bynder-reconcile@gamma)"
says "the journal says so" 'bynder-reconcile@gamma.service failed: exit status 77: the token is refused' "$(told_line gamma)"

start_sim delta --seed 14
share_rosters
install -d -o bynder-reconcile -g bynder-reconcile -m 0700 /var/lib/bynder-reconcile/small
mount -t tmpfs -o size=24m,uid="$(id -u bynder-reconcile)",mode=0700 tmpfs /var/lib/bynder-reconcile/small
configure delta report 1000 'client_id = "demo"; client_secret_credential = "client-secret";' 'embedded = "/var/lib/bynder-reconcile/small/pg";'
moment=$(mark)
status=$(start bynder-reconcile@delta)
says "without its secret the run does not begin: 78" '^78$' "$status"
says "the run says which" "no systemd credential 'client-secret'|credential" "$(since -u bynder-reconcile@delta)"
says "the journal says so" 'bynder-reconcile@delta.service failed: exit status 78' "$(told_line delta)"
cp -p /etc/credstore/bynder-reconcile.acme.client-secret /etc/credstore/bynder-reconcile.delta.client-secret
moment=$(mark)
status=$(start bynder-reconcile@delta)
says "a full disk ends the run: 69 or 70" '^(69|70)$' "$status"
says "the run says what is full" 'No space left' "$(since -u bynder-reconcile@delta)"
says "the journal says so" 'bynder-reconcile@delta.service failed: exit status (69|70)' "$(told_line delta)"
umount /var/lib/bynder-reconcile/small
moment=$(mark)
is "with room the next run is well" 0 "$(start bynder-reconcile@delta)" "$(since -u bynder-reconcile@delta)"
