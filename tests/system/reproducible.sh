#!/bin/sh
# The packages, built twice in different places, at different times of their files and under another
# umask, locale and time zone: bit by bit the same. Then lintian.
set -eu
cd "$(dirname "$0")/../.."
export DEB_BUILD_OPTIONS="nocheck ${DEB_BUILD_OPTIONS:-}"
first=build/deb
second=$(mktemp -d)
trap 'rm -rf "$second"' EXIT
began=$(date +%s)

sh tests/system/deb.sh "$first" >/dev/null
(
    umask 077
    LC_ALL=C.UTF-8 TZ=Pacific/Kiritimati sh tests/system/deb.sh "$second/a/longer/path" >/dev/null
)
passed=0 failed=0
for deb in "$first"/*.deb; do
    if cmp "$deb" "$second/a/longer/path/$(basename "$deb")"; then
        passed=$((passed + 1))
        echo "  same  $(basename "$deb") $(sha256sum < "$deb" | cut -c1-16)"
    else
        failed=$((failed + 1))
    fi
done
if sh tests/system/lintian.sh "$first"; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
fi
echo "$(($(date +%s) - began)) s in all"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
