#!/bin/sh
# The alert rules, by Prometheus' own promtool: that they are rules, and that they raise what their
# unit tests (tests/prometheus) say. Debian has promtool in the package prometheus, a download of
# 19 MB that brings a server with it; so it is no build dependency: only that program is taken out
# of the package, into build/tools. Closes with "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/../.."
passed=0 failed=0
rules=etc/prometheus/bynder-reconcile.rules.yml

find_promtool() {
    command -v promtool && return
    [ -x build/tools/promtool ] || fetch_promtool >&2 || return
    echo build/tools/promtool
}

fetch_promtool() {
    work=$(mktemp -d) && chmod 755 "$work" || return
    (cd "$work" && apt-get download -q prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb |
        tar -x ./usr/bin/promtool) && mkdir -p build/tools && mv "$work/usr/bin/promtool" build/tools/
    status=$?
    rm -rf "$work"
    return $status
}

try() { # $1 what it shows, rest the command
    what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $what"
    fi
}

# What rules and dashboard ask for must be what the program writes.
names_exist() {
    grep -ohE 'bynder_reconcile_[a-z0-9_]+' "$@" | sort -u | while read -r name; do
        grep -q "{\"${name#bynder_reconcile_}\"" reconcile/notify/metrics.c || echo "no such metric: $name"
    done | { ! grep .; }
}

try "metrics in rules and dashboard exist" names_exist $rules etc/grafana/bynder-reconcile.json
try "the dashboard is JSON" /usr/bin/python3 -m json.tool etc/grafana/bynder-reconcile.json /dev/null
if promtool=$(find_promtool); then
    try "promtool check rules" "$promtool" check rules $rules
    try "promtool test rules" "$promtool" test rules tests/prometheus/rules_test.yml
    echo "$passed passed, $failed failed, 0 skipped"
else
    echo "promtool is not here and could not be taken from Debian's package prometheus: rules not checked"
    echo "$passed passed, $failed failed, 2 skipped"
fi
[ "$failed" -eq 0 ]
