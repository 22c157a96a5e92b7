#!/bin/sh
# `make check-sinks`: what tests/end/test_sinks.c sends out, in the programs that people open it
# with: pages in Chromium, CSV in LibreOffice, metrics in promtool. Debian has them as chromium,
# libreoffice-calc-nogui and prometheus; the first two are some 900 MB, so they are no build
# dependencies. One that is missing is a failure. $1: the built variant.
set -u
cd "$(dirname "$0")/../.."
built=$1
passed=0 failed=0
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

find_promtool() {
    command -v promtool && return
    [ -x build/tools/promtool ] || sh tests/support/rules.sh >&2
    [ -x build/tools/promtool ] && echo build/tools/promtool
}

try() { # $1 what it shows, rest the command
    what=$1
    shift
    if "$@" >"$out/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $what"
        cat "$out/said"
    fi
}

missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v soffice >/dev/null || missing="$missing libreoffice-calc-nogui"
promtool=$(find_promtool) || missing="$missing prometheus"
if [ -n "$missing" ]; then
    echo "missing:$missing; hint: apt-get install --no-install-recommends$missing"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
try "every sink, by the light readers" env SINKS_DIRECTORY="$out" "$built/tests/end/test_sinks"
try "pages in Chromium" /usr/bin/python3 tests/sinks/check.py browser "$out"
try "CSV in LibreOffice, split at , ; tab | and all of them" \
    /usr/bin/python3 tests/sinks/check.py spreadsheet "$out"
try "metrics in promtool" /usr/bin/python3 tests/sinks/check.py promtool "$out" "$promtool"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
