#!/bin/bash
# Inside the machine that run.sh has booted: what an administrator, two approvers, the timer and bad
# luck do, in the order of a life: install, first night, approval, troubles, upgrade, purge.
# Three portals: acme with the embedded database, beta with Debian's server over its socket, gamma
# with the same over TCP and TLS. Each portal is a portal-sim with TLS on loopback.
set -u
: > /share/booted
cd /
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
passed=0 failed=0 moment=
client_secret=canary-client-secret-$RANDOM$RANDOM
token=canary-token-$RANDOM$RANDOM
database_password=canary-database-$RANDOM$RANDOM

part() { printf '== %s (%s s)\n' "$1" "$SECONDS"; }
ok() { passed=$((passed + 1)); printf '  ok    %s\n' "$1"; }
fail() { failed=$((failed + 1)); printf '  FAIL  %s\n' "$1"; [ -z "${2:-}" ] || sed 's/^/          /' <<<"$2"; }
is() { # $1 what, $2 expected, $3 actual, $4 (optional) more to see when it is not
    if [ "$2" = "$3" ]; then ok "$1"; else fail "$1" "expected '$2', got '$3'${4:+
$4}"; fi
}
holds() { # $1 what, rest a command
    local what=$1 said
    shift
    if said=$("$@" 2>&1); then ok "$what"; else fail "$what" "$said"; fi
}
says() { # $1 what, $2 pattern, $3 text
    if grep -qE -- "$2" <<<"$3"; then ok "$1"; else fail "$1" "nothing like '$2' in: $3"; fi
}
says_not() { if grep -qE -- "$2" <<<"$3"; then fail "$1" "$(grep -E -- "$2" <<<"$3" | head -n 3)"; else ok "$1"; fi; }
wait_for() { # $1 seconds at most, rest a condition
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.2
    done
}
journal() { journalctl --no-pager -q -o cat "$@"; }
mark() { date '+%F %T.%6N'; } # no cursor: --after-cursor with a filter drops a line in systemd 252
since() { journal --since "$moment" "$@"; }

# Starts a unit and waits for its end; the exit status of its program. Callers set moment before.
start() { # $1 unit
    systemctl reset-failed "$1" 2>/dev/null
    systemctl start "$1" 2>/dev/null
    # systemd forgets a unit that ended well; the journal does not.
    if since -u "$1" | grep -qE '^(Finished|Failed to start) '; then
        systemctl show -P ExecMainStatus "$1"
    else
        echo "it did not start"
    fi
}
result() { systemctl show -P Result "$1"; }
main_pid() { systemctl show -P MainPID "$1"; }
# The line of the failed unit is written by a job of its own.
told() { since PRIORITY=3 BYNDER_INSTANCE="$1" | grep -q 'failed: '; }
told_line() { wait_for 20 told "$1"; since PRIORITY=3 BYNDER_INSTANCE="$1" | grep 'failed: '; }
sim() { # $1 portal, $2 path, rest of curl
    local port
    port=$(cat "/run/sim-$1.port")
    local path=$2
    shift 2
    curl -sS --cacert /share/ca.pem "$@" "https://localhost:$port/_sim/$path"
}
writes() { sim "$1" stats | tr ',{' '\n\n' | sed -n 's/^ *"writes": *\([0-9]*\).*/\1/p' | head -n 1; }
as() { # $1 person, rest arguments of the program, by sudo as they would
    local who=$1
    shift
    runuser -u "$who" -- sudo -n bynder-reconcile "$@" 2>&1
}
hang() { sim "$1" faults -d 'hang=' >/dev/null; }
unhang() { sim "$1" faults -d 'clear=1' >/dev/null; }
configure() { # $1 portal, $2 mode, $3 count, $4 secret setting, $5 database setting
    sed -e "s|@NAME@|$1|g" -e "s|@MODE@|$2|" -e "s|@COUNT@|$3|" -e "s|@SECRET@|$4|" -e "s|@DATABASE@|$5|" \
        -e "s|@PORT@|$(cat "/run/sim-$1.port")|" /share/portal.conf > "/etc/bynder-reconcile/$1.conf"
}
start_sim() { # $1 portal, rest options
    local name=$1
    shift
    rm -f "/run/sim-$name.port"
    systemd-run --quiet --collect --unit="sim-$name" /usr/bin/portal-sim --users 60 --rate-limit 0 \
        --port-file "/run/sim-$name.port" --roster "/srv/hr/$name.csv" --client-secret "$client_secret" \
        --token "$token" --tls-cert /share/portal.pem --tls-key /share/portal.key "$@"
    wait_for 20 test -s "/run/sim-$name.port"
}

# ----------------------------------------------------------------------------------------------------
part "install"
mkdir -p /var/lib/prometheus/node-exporter # as the node exporter's package has it
holds "apt installs the package and what it needs" \
    apt-get install -q -y /share/packages/bynder-reconcile_*.deb /share/packages/bynder-portal-sim_*_*.deb
[ $failed -eq 0 ] || { echo "0 passed, 1 failed, 0 skipped" > /share/counts; exit; }
holds "the user is there" id bynder-reconcile
is "the state directory is the user's" "bynder-reconcile 750" "$(stat -c '%U %a' /var/lib/bynder-reconcile)"
is "secrets have a place of root's own" "root 700" "$(stat -c '%U %a' /etc/credstore)"
holds "metrics can be written where the node exporter reads" \
    runuser -u bynder-reconcile -- test -w /var/lib/prometheus/node-exporter
is "no timer runs before somebody enables one" "" "$(systemctl list-timers --all --no-legend 'bynder-*')"
holds "Debian's PostgreSQL runs" pg_isready -q -h /var/run/postgresql
verify=$(systemd-analyze verify --man=no bynder-reconcile@acme.timer bynder-reconcile@acme.service \
    bynder-reconcile-plan@acme.service bynder-reconcile-check@acme.service bynder-reconcile-failed@acme.service 2>&1)
is "systemd-analyze verify is silent" "" "$verify"

# ----------------------------------------------------------------------------------------------------
part "configure three portals"
mkdir -p /srv/hr
for person in anna bob; do useradd --create-home "$person"; done
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
chgrp -R bynder-reconcile /srv/hr
chmod -R g+rX /srv/hr
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

# ----------------------------------------------------------------------------------------------------
part "the dry run"
mkdir -p /run/systemd/system/bynder-reconcile-plan@acme.service.d
cat > /run/systemd/system/bynder-reconcile-plan@acme.service.d/touch.conf <<'EOF'
[Service]
ExecStartPost=/usr/bin/touch /var/lib/prometheus/node-exporter/acme.prom
ExecStartPost=-/usr/bin/touch /srv/hr/no /etc/bynder-reconcile/no /tmp/no /var/tmp/no /var/lib/prometheus/no
EOF
chmod o+w /srv/hr /etc/bynder-reconcile /var/lib/prometheus # so that only the sandbox says no
systemctl daemon-reload
moment=$(mark)
is "the plan of acme ends well" 0 "$(start bynder-reconcile-plan@acme)" "$(since -u bynder-reconcile-plan@acme)"
holds "the sandbox lets the metrics out" test -f /var/lib/prometheus/node-exporter/acme.prom
is "and nothing else" "" "$(ls /srv/hr/no /etc/bynder-reconcile/no /tmp/no /var/tmp/no /var/lib/prometheus/no 2>/dev/null)"
chmod o-w /srv/hr /etc/bynder-reconcile /var/lib/prometheus
rm -r /run/systemd/system/bynder-reconcile-plan@acme.service.d
systemctl daemon-reload
moment=$(mark)
is "the plan of beta, database over the socket, secret encrypted" 0 "$(start bynder-reconcile-plan@beta)" "$(since -u bynder-reconcile-plan@beta)"
moment=$(mark)
is "the run of beta in mode report" 0 "$(start bynder-reconcile@beta)" "$(since -u bynder-reconcile@beta)"
moment=$(mark)
is "the run of gamma, database over TCP, token from systemd" 0 "$(start bynder-reconcile@gamma)" "$(since -u bynder-reconcile@gamma)"
is "nothing was written to any portal" "0 0 0" "$(writes acme) $(writes beta) $(writes gamma)"
says "anna sees the plan" '"state": "proposed"' "$(as anna --config /etc/bynder-reconcile/acme.conf --log-level error show --format json)"

# ----------------------------------------------------------------------------------------------------
part "a missed night, and a held plan"
configure acme enforce 0 'client_id = "demo"; client_secret_credential = "client-secret";' 'embedded = "/var/lib/bynder-reconcile/acme";'
mkdir -p /etc/systemd/system/bynder-reconcile@acme.timer.d
printf '[Timer]\nRandomizedDelaySec=0\nAccuracySec=1s\n' > /etc/systemd/system/bynder-reconcile@acme.timer.d/now.conf
mkdir -p /var/lib/systemd/timers
touch -d '3 days ago' /var/lib/systemd/timers/stamp-bynder-reconcile@acme.timer
systemctl daemon-reload
moment=$(mark)
systemctl enable --now --quiet bynder-reconcile@acme.timer
ran() { [ "$(systemctl show -P ExecMainExitTimestampMonotonic bynder-reconcile@acme)" != 0 ] && ! systemctl -q is-active bynder-reconcile@acme && [ "$(systemctl show -P ActiveState bynder-reconcile@acme)" != activating ]; }
holds "the timer makes up for the night" wait_for 60 ran
is "a guard holds the plan: exit 20" 20 "$(systemctl show -P ExecMainStatus bynder-reconcile@acme)" "$(since -u bynder-reconcile@acme)"
is "which systemd counts as a failure" exit-code "$(result bynder-reconcile@acme)"
says "the journal says so with priority err" 'bynder-reconcile@acme.service failed: exit status 20: a plan waits for a person' "$(told_line acme)"
says "and the run named the guard" 'held by G7' "$(since -u bynder-reconcile@acme)"
is "nothing was written" 0 "$(writes acme)"
holds "the timer waits for the next night" systemctl -q is-active bynder-reconcile@acme.timer
plan=$(as anna --config /etc/bynder-reconcile/acme.conf --log-level error show --format json | sed -n 's/^ *"id": \([0-9]*\).*/\1/p' | head -n 1)
digest=$(as anna --config /etc/bynder-reconcile/acme.conf --log-level error show --format json | sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' | head -n 1)
says "it has a number" '^[1-9]' "$plan"
offered=$(bash -c '. /usr/share/bash-completion/completions/bynder-reconcile
    COMP_WORDS=(bynder-reconcile --config /etc/bynder-reconcile/acme.conf approve "") COMP_CWORD=4
    _bynder_reconcile; echo "${COMPREPLY[0]}"')
is "completion offers the plan" "$plan" "$offered"

# ----------------------------------------------------------------------------------------------------
part "two people approve, the next run applies"
said=$(as anna --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest" --override G7 --reason "an office closed")
is "anna approves" 0 $? "$said"
as anna --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest" --override G7 --reason "still closed" >/dev/null
state() { as anna --config /etc/bynder-reconcile/acme.conf --log-level error show "$plan" --format json | sed -n 's/^ *"state": "\([a-z]*\)".*/\1/p' | head -n 1; }
says_not "anna twice is one of two" approved "$(state)"
said=$(as bob --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest")
is "bob approves" 0 $? "$said"
is "anna and bob are two" approved "$(state)"
moment=$(mark)
status=$(start bynder-reconcile@acme)
is "the next run ends well" 0 "$status" "$(since -u bynder-reconcile@acme)"
applied=$(since -u bynder-reconcile@acme | sed -n "s/.*plan $plan: \([0-9]*\) done, 0 already, 0 skipped, 0 failed, 0 unknown.*/\1/p")
says "it did what was approved" '^[1-9]' "$applied"
is "exactly that, at the portal" "$applied" "$(writes acme)"
says "the reports are the service's" '^bynder-reconcile$' "$(stat -c %U /var/lib/bynder-reconcile/reports/acme/* | sort -u)"
moment=$(mark)
again=$(start bynder-reconcile@acme)
is "the night after has nothing to do" "0 $applied" "$again $(writes acme)" "$(since -u bynder-reconcile@acme)"

# ----------------------------------------------------------------------------------------------------
part "two hosts, one portal"
sed 's|"report"|"report"|' /etc/bynder-reconcile/beta.conf > /etc/bynder-reconcile/beta-two.conf
cp -r /etc/systemd/system/bynder-reconcile@beta.service.d /etc/systemd/system/bynder-reconcile@beta-two.service.d
systemctl daemon-reload
hang beta
systemctl start --no-block bynder-reconcile@beta
wait_for 20 sh -c 'runuser -u postgres -- psql -Atqc "select count(*) from pg_locks where locktype = '"'advisory'"'" | grep -qv "^0$"'
moment=$(mark)
start bynder-reconcile@beta-two >/dev/null
says "the second ends without a run" 'another run' "$(since -u bynder-reconcile@beta-two)"
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

# ----------------------------------------------------------------------------------------------------
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
is "and its database with it" "" "$(pgrep -u bynder-reconcile)" "$(ps -fu bynder-reconcile)"
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
is "and leaves no process behind" "" "$(pgrep -u bynder-reconcile)"

# ----------------------------------------------------------------------------------------------------
part "a person looks into the history while the run comes"
as anna --config /etc/bynder-reconcile/acme.conf psql -c 'select pg_sleep(300)' >/dev/null &
holds "psql by sudo starts the server" wait_for 30 pgrep -u bynder-reconcile -f pg_sleep\|SELECT
moment=$(mark)
is "the run uses the same server" 0 "$(start bynder-reconcile@acme)" "$(since -u bynder-reconcile@acme)"
holds "and leaves it to the person" pgrep -u bynder-reconcile -f SELECT
pkill -x psql # of this machine's only one
wait
is "who is the last to leave stops it" "" "$(pgrep -u bynder-reconcile)"

# ----------------------------------------------------------------------------------------------------
part "a revoked token, a full disk, a missing secret"
systemctl stop sim-gamma
port=$(cat /run/sim-gamma.port)
(token=another && start_sim gamma --seed 13 --port "$port")
chgrp bynder-reconcile /srv/hr/*.csv
chmod 640 /srv/hr/*.csv
moment=$(mark)
status=$(start bynder-reconcile@gamma)
is "a revoked token ends the run: exit 77" 77 "$status" "$(since -u bynder-reconcile@gamma)"
says "the journal says so" 'bynder-reconcile@gamma.service failed: exit status 77: the token is refused' "$(told_line gamma)"

start_sim delta --seed 14
chgrp bynder-reconcile /srv/hr/*.csv
chmod 640 /srv/hr/*.csv
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

# ----------------------------------------------------------------------------------------------------
part "secrets and people are nowhere they do not belong"
all=$(journalctl --no-pager -q -o export | strings -n 6 2>/dev/null || journalctl --no-pager -q -o verbose)
says_not "no secret in the journal" 'canary' "$(grep -v portal-sim <<<"$all")"
address=$(sed -n '2,$p' /srv/hr/acme.csv | grep -oE '[^,;]+@[^,;]+' | head -n 20)
says_not "no person in the journal of the runs" "$(paste -sd'|' <<<"$address")" "$(journal -t bynder-reconcile)"
dump=$(runuser -u postgres -- pg_dump reconcile; runuser -u postgres -- pg_dump gamma)
says "the database was dumped" 'bynder' "$dump"
says_not "no secret in the database" 'canary' "$dump"
is "no secret in reports" "" "$(grep -rl canary /var/lib/bynder-reconcile/reports)"
is "reports are nobody else's to read" "" "$(find /var/lib/bynder-reconcile -mindepth 1 -maxdepth 1 -perm /o=r ! -type l -exec test ! -x / \; -print)"
is "others cannot enter" 750 "$(stat -c %a /var/lib/bynder-reconcile)"

# ----------------------------------------------------------------------------------------------------
part "upgrade"
before=$(as anna --config /etc/bynder-reconcile/acme.conf --log-level error show "$plan" --format csv | sha256sum)
holds "apt upgrades to a version with one migration more" \
    apt-get install -q -y /share/later/bynder-reconcile_*.deb
is "it is the later version" "bynder-reconcile 99.0" "$(bynder-reconcile --version)"
holds "the timer still runs" systemctl -q is-active bynder-reconcile@acme.timer
moment=$(mark)
is "the run of acme migrates by itself" 0 "$(start bynder-reconcile@acme)" "$(since -u bynder-reconcile@acme)"
says "and says so" '1 migrations applied' "$(since -u bynder-reconcile@acme)"
is "the history is what it was" "$before" "$(as anna --config /etc/bynder-reconcile/acme.conf --log-level error show "$plan" --format csv | sha256sum)"
moment=$(mark)
status=$(start bynder-reconcile@beta)
says "the run of beta asks for migrate" 'migrate' "$(since -u bynder-reconcile@beta)"
is "and is a failure that is told" exit-code "$(result bynder-reconcile@beta)" "status $status"
holds "migrate" runuser -u bynder-reconcile -- bynder-reconcile --config /etc/bynder-reconcile/beta.conf migrate
moment=$(mark)
is "then the run is well" 0 "$(start bynder-reconcile@beta)" "$(since -u bynder-reconcile@beta)"

# ----------------------------------------------------------------------------------------------------
part "purge"
said=$(apt-get purge -q -y bynder-reconcile 2>&1)
is "apt purges" 0 $? "$said"
says "and says where the history is" 'kept in /var/lib/bynder-reconcile' "$said"
says "and which files are the administrator's" '/etc/bynder-reconcile/acme.conf' "$said"
says "secrets too" '/etc/credstore/bynder-reconcile.acme.client-secret' "$said"
is "no timer is left" "" "$(systemctl list-timers --no-legend 'bynder-*')"
is "no unit file is left" "" "$(systemctl list-unit-files --no-legend 'bynder-*')"
holds "the history is there" test -s /var/lib/bynder-reconcile/acme/data/PG_VERSION
left=$(find / -xdev -name '*bynder-reconcile*' -not -path '/proc/*' -not -path '/packages/*' -not -path '/share/*' \
    -not -path '/var/cache/apt/*' -not -path '/run/*' 2>/dev/null | while read -r path; do
    case $said in *"$path"*) ;; *) echo "$path" ;; esac
done | grep -vE '^/etc/(bynder-reconcile|credstore.*|systemd/system/bynder-reconcile[^/]*)/|^/var/lib/bynder-reconcile(/|$)')
is "nothing is left that nobody was told of" "" "$left"

printf '%s s inside\n' $SECONDS
[ $failed -eq 0 ] || journalctl --no-pager -q -o short-precise > /share/journal
echo "$passed passed, $failed failed, 0 skipped" > /share/counts
