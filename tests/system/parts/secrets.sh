# No secret, and no person, where they do not belong: at the most talkative log level, while it works
# and when it is killed.
part "secrets: the processes of a run, and what a crash leaves"
debug() { # $1 instance: the most talkative level, from here on
    mkdir -p "/run/systemd/system/bynder-reconcile@$1.service.d"
    printf '[Service]\nExecStart=\nExecStart=/usr/bin/bynder-reconcile --log-level debug --config /etc/bynder-reconcile/%%i.conf run\n%s\n' "${2:-}" \
        > "/run/systemd/system/bynder-reconcile@$1.service.d/debug.conf"
    systemctl daemon-reload
}
# What an intruder who is the service's user would hope for: a core in a directory of the service, and
# none of systemd's walls (PrivateUsers= alone keeps everybody but root out). What is left is what the
# program does for itself.
debug acme 'LimitCORE=infinity
PrivateUsers=no
WorkingDirectory=/var/lib/bynder-reconcile'
cores() { find / -xdev -name 'core*' -type f -newer /run/secrets-began ! -path '/proc/*' ! -path '/sys/*' 2>/dev/null; }
hold_run() { # acme's, at its portal
    hang acme
    systemctl reset-failed bynder-reconcile@acme 2>/dev/null
    systemctl start --no-block bynder-reconcile@acme
    wait_for 30 pgrep -u bynder-reconcile -f "postgres: bynder-reconcile: reconcile"
}
touch /run/secrets-began
systemd-run --quiet --collect --unit=plain -p User=bynder-reconcile -p LimitCORE=infinity \
    -p WorkingDirectory=/var/lib/bynder-reconcile sleep 300 # for comparison
wait_for 10 test "$(main_pid plain)" != 0
plain=$(main_pid plain)
as_service() { timeout 5 runuser -u bynder-reconcile -- "$@" 2>&1; }
says "the service's user can look into a process that is not guarded" 'attached' "$(as_service timeout 1 strace -p "$plain")"
kill -SEGV "$plain"
left_a_core() { [ -n "$(cores)" ]; }
holds "which leaves a core when it crashes" wait_for 10 left_a_core
find /var/lib/bynder-reconcile -maxdepth 1 -name 'core*' -delete

hold_run
pid=$(main_pid bynder-reconcile@acme)
processes=$(pgrep -u bynder-reconcile) # of this run, and of the fifty that wait
holds "several processes are the service's" test "$(wc -l <<<"$processes")" -gt 3
seen=$(for one in $processes; do tr '\0' '\n' < "/proc/$one/cmdline"; tr '\0' '\n' < "/proc/$one/environ"; done 2>/dev/null)
says "the run among them" '^CREDENTIALS_DIRECTORY=' "$seen"
says "and its PostgreSQL" '^postgres' "$seen"
says_not "no secret on any command line or in any environment" 'canary' "$seen"
is "the process is root's to look at" root "$(stat -c %U "/proc/$pid/environ")"
says_not "its user cannot attach to it" 'attached' "$(as_service timeout 1 strace -p "$pid")"
says "that is not permitted" 'not permitted' "$(as_service strace -p "$pid")"
says "nor read its memory" 'denied|not permitted' "$(as_service head -c 1 "/proc/$pid/mem")"
says "nor its environment" 'denied|not permitted' "$(as_service cat "/proc/$pid/environ")"
for signal in SEGV ABRT; do
    kill -"$signal" "$(main_pid bynder-reconcile@acme)"
    wait_for 20 sh -c '[ "$(systemctl show -P ActiveState bynder-reconcile@acme)" = failed ]'
    is "killed by $signal it is a failure" signal "$(result bynder-reconcile@acme)"
    is "and leaves no core" "" "$(cores)"
    hold_run
done
systemctl stop bynder-reconcile@acme
unhang acme
for portal in acme beta gamma watch; do
    [ $portal = acme ] || debug $portal
    moment=$(mark)
    start bynder-reconcile@$portal >/dev/null
    [ $portal = gamma ] || says "$portal's run at level debug says more" '.' "$(since PORTAL=$portal PRIORITY=7)"
done

part "secrets and people are nowhere they do not belong"
all=$(journalctl --no-pager -q -a -o verbose)
says "the journal is searched: where the test itself wrote one, it is found" 'canary' "$(grep portal-sim <<<"$all")"
says_not "no secret in the journal" 'canary' "$(grep -v -e portal-sim -e /share/sink.py <<<"$all")"
address=$(sed -n '2,21s/.*[,;]\([^,;]*@[^,;]*\)[,;].*/\1/p' /srv/hr/acme.csv)
says_not "no person in the journal of the runs" "$(paste -sd'|' <<<"$address")" "$(journal -t bynder-reconcile)"
dump=$(runuser -u postgres -- pg_dump reconcile; runuser -u postgres -- pg_dump gamma
    as anna --config /etc/bynder-reconcile/acme.conf --log-level error psql -Atqc "select table_name from information_schema.tables where table_schema = 'reconcile' and table_type = 'BASE TABLE'" |
        while read -r table; do as anna --config /etc/bynder-reconcile/acme.conf --log-level error psql -Atqc "select * from reconcile.$table" </dev/null; done)
says "the databases were dumped" 'bynder' "$dump"
says_not "no secret in them" 'canary' "$dump"
is "no secret in reports, in what was told, in the servers' logs" "" \
    "$(grep -rlaI canary /var/lib/bynder-reconcile /var/log --include='*' 2>/dev/null | grep -v '/var/log/journal')"
is "no secret in the figures" "" "$(grep -rl canary /var/lib/prometheus)"
holds "mails were kept" test "$(mails)" -gt 5
is "no secret in a mail" "" "$(find $box -type f -exec sh -c 'python3 /share/sink.py parse "$1"' _ {} \; | grep -o 'canary[^" ]*')"
is "nor in what was posted" "" "$(cat /run/webhook/*.post | grep -o 'canary[^" ]*')"
is "reports are nobody else's to read" "" "$(find /var/lib/bynder-reconcile -mindepth 1 -maxdepth 1 -perm /o=r ! -type l -exec test ! -x / \; -print)"
is "others cannot enter" 750 "$(stat -c %a /var/lib/bynder-reconcile)"
