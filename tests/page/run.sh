#!/bin/sh
# `make check-page`: the page of a plan in Debian's Chromium, driven by puppeteer-core and looked at by
# axe-core. Both come from npm into a cache outside the tree; where they cannot be had nothing is
# checked, and it says so. $1: the built variant.
set -u
cd "$(dirname "$0")/../.."
built=$1
tools=${PAGE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/bynder-reconcile/page}
puppeteer=24.43.1 axe=4.14.1

skip() {
    echo "SKIPPED, NOT PASSED: the page in a browser: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

have() {
    grep -qs "\"version\": \"$2\"" "$tools/node_modules/$1/package.json"
}

for program in chromium node npm; do
    command -v $program >/dev/null || skip "$program is missing; hint: apt-get install --no-install-recommends chromium nodejs npm"
done
if ! have puppeteer-core $puppeteer || ! have axe-core $axe; then
    mkdir -p "$tools"
    npm install --prefix "$tools" --no-audit --no-fund --silent puppeteer-core@$puppeteer axe-core@$axe ||
        skip "npm could not bring puppeteer-core and axe-core"
fi
pages=$(mktemp -d)
sim=
trap '[ -z "$sim" ] || kill "$sim" 2>/dev/null; rm -rf "$pages"' EXIT
trap 'exit 130' INT TERM
"$built/tests/page/pages" "$pages" || exit 1

# A portal, a roster and a configuration for the way from the page to the portal and back.
world=$pages/world
mkdir -m 0755 "$world" && chmod 0755 "$pages"
"$built/portal-sim" --users 200 --seed 7 --rate-limit 0 --max-seconds 600 --port-file "$world/port" \
    --client-id demo --client-secret demo-secret --roster "$world/roster.csv" 2>"$world/sim.log" &
sim=$!
tries=0
until [ -s "$world/port" ] || [ $tries -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
(umask 077 && printf 'demo-secret\n' >"$world/client-secret")
sed -e "s|@PORT@|$(cat "$world/port")|" -e "s|@WHO@|$(id -un)|" tests/support/demo.conf >"$world/demo.conf"
node tests/page/check.js "$pages" "$tools" "$built/bynder-reconcile" "$world"
