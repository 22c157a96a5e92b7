# Three portals with three kinds of database and of secret, and the check that tells what is wrong.
part "configure three portals"
mkdir -p /srv/hr
for person in anna bob; do useradd --create-home --groups bynder-reconcile-review "$person"; done
useradd --create-home mallory
printf 'anna ALL=(root) NOPASSWD: /usr/bin/bynder-reconcile\nbob ALL=(root) NOPASSWD: /usr/bin/bynder-reconcile\n' > /etc/sudoers.d/approvers
cp /share/ca.pem /etc/bynder-reconcile/ca.pem
start_sim acme --seed 11
start_sim beta --seed 12
start_sim gamma --seed 13
(umask 077
    printf '%s\n' "$client_secret" > /etc/credstore/bynder-reconcile.acme.client-secret
    printf '%s\n' "$token" > /etc/credstore/bynder-reconcile.gamma.token
    printf '%s\n' "$database_password" > /etc/credstore/bynder-reconcile.gamma.database-password)
printf '%s\n' "$client_secret" | systemd-creds encrypt --name=client-secret - \
    /etc/credstore.encrypted/bynder-reconcile.beta.client-secret 2>/tmp/creds ||
    fail "systemd-creds encrypts" "$(cat /tmp/creds)"
for unit in bynder-reconcile bynder-reconcile-plan bynder-reconcile-check; do
    mkdir -p "/etc/systemd/system/$unit@beta.service.d"
    printf '[Service]\nLoadCredentialEncrypted=client-secret:bynder-reconcile.beta.client-secret\n' \
        > "/etc/systemd/system/$unit@beta.service.d/encrypted.conf"
done
runuser -u postgres -- createuser bynder-reconcile
runuser -u postgres -- createdb --owner bynder-reconcile reconcile
runuser -u postgres -- psql -q <<<"create role gamma login password '$database_password'"
runuser -u postgres -- createdb --owner gamma gamma
configure acme enforce 1000 'client_id = "demo"; client_secret_credential = "client-secret";' 'embedded = "/var/lib/bynder-reconcile/acme";'
configure beta report 1000 'client_id = "demo"; client_secret_credential = "client-secret";' 'conninfo = "host=/var/run/postgresql dbname=reconcile";'
configure gamma report 1000 'token_credential = "token";' 'conninfo = "host=127.0.0.1 dbname=gamma user=gamma sslmode=require"; password_credential = "database-password";'
systemctl daemon-reload
moment=$(mark)
start bynder-reconcile-check@acme >/dev/null
says "the check sees with the eyes of the run" 'FAIL +roster.*Permission denied' "$(journal -u bynder-reconcile-check@acme)"
share_rosters
said=$(as anna --config /etc/bynder-reconcile/acme.conf roster check)
says "a person reads the roster by sudo" 'accepted +[1-9]' "$said"
moment=$(mark)
is "the check of acme says yes to all" 0 "$(start bynder-reconcile-check@acme)" "$(since -u bynder-reconcile-check@acme)"
says "it looked at the portal" 'ok +portal' "$(journal -u bynder-reconcile-check@acme)"
moment=$(mark)
start bynder-reconcile-check@beta >/dev/null
says "the check of beta asks for migrate" "FAIL +database.*migrate" "$(journal -u bynder-reconcile-check@beta)"
holds "migrate over the socket" runuser -u bynder-reconcile -- bynder-reconcile --config /etc/bynder-reconcile/beta.conf migrate
holds "migrate over TCP, the password from systemd" systemd-run --quiet --wait --pipe --collect \
    -p User=bynder-reconcile -p LoadCredential=database-password:bynder-reconcile.gamma.database-password -p LoadCredential=token:bynder-reconcile.gamma.token \
    bynder-reconcile --config /etc/bynder-reconcile/gamma.conf migrate
