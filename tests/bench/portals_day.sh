#!/bin/sh
# The day between two nights of the part `portals`: every history becomes a day older, and of each
# host's accounts 3 in 100 have logged in since.
#   portals_day.sh DIRECTORY CONNINFO...    DIRECTORY/hosts: the addresses
set -eu
directory=$1
shift
here=$(dirname "$0")
# Where a history is spread, each part is told: what depends on the time zone is not passed on.
awk '/^update / { table = $2 }
    /^update /, /;$/ {
        sub(/^update [a-z_]+/, "select count(*) from run_command_on_shards(\047reconcile." table "\047, $u$update %s")
        sub(/;$/, "$u$) where not success;")
        print
    }' "$here/day_later.sql" > "$directory/day_later_spread.sql"
for conninfo in "$@"; do
    script=$here/day_later.sql
    [ "$(psql -X -qAt -d "$conninfo" -c "select to_regclass('pg_dist_node') is null")" = t ] ||
        script=$directory/day_later_spread.sql
    psql -X -q -v ON_ERROR_STOP=1 -d "$conninfo" -f "$script"
done
while read -r number url; do
    psql -X -qAt -d "$1" -c "select account_id from reconcile.account a
        join reconcile.account_version v using (portal_id, account_no)
        where a.portal_id = (select portal_id from reconcile.portal where name = 'portal-$number')
          and valid_to is null and status = 'active' and account_no % 33 = 0" > "$directory/ids"
    "$BENCH_PORTAL" "$url" login "$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%SZ)" < "$directory/ids"
done < "$directory/hosts"
