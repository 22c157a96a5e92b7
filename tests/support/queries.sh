#!/bin/sh
# The statements, as queries.awk reads them, and what of it is to be trusted: of made-up statements it refuses
# just the lines that end with what is to be said of them, and of ours each from which a number is left out.
set -u
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
read_as() { # $1 variable, rest files
    set_to=$1
    shift
    awk -v "$set_to=1" -f tests/support/queries.awk db/migrations/*.sql "$@" || echo "queries.awk ended early"
}
read_as lint db/queries/*/*.sql db/audit-verify.sql
read_as mutate db/queries/*/*.sql db/audit-verify.sql
read_as made_up tests/fixtures/queries/*.sql | sed 's/: write .*//' | LC_ALL=C sort -u >"$work/said"
grep -n '; -- ' tests/fixtures/queries/*.sql | awk '{
    split($0, place, ":"); many = split($0, what, " -- ")
    for (i = 2; i <= many; i++) print place[1] ":" place[2] ": " tolower(what[i]) }' | LC_ALL=C sort -u >"$work/expected"
diff "$work/expected" "$work/said"
