#!/bin/sh
# The packages of debian/control, which is the only list there is.
#   deps.sh build     succeeds when what building and running needs is installed
#   deps.sh check     likewise with what the tests need
#   deps.sh install   installs all of it (as root)
set -eu
cd "$(dirname "$0")/../.."

packages() { # $1: build or check
    awk -v mode="$1" '
        /^Build-Depends:/ { inside = 1; next }
        inside && /^[^ ]/ { inside = 0 }
        inside {
            if (mode == "build" && /<!nocheck>/) next
            if (/debhelper-compat|dh-sequence/) next
            sub(/[ ,(<|].*$/, "", $1); sub(/,$/, "", $1)
            print $1
        }' debian/control
}

missing() {
    for package in $(packages "$1"); do
        state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
        [ "$state" = "install ok installed" ] || echo "$package"
    done
}

case "${1:-}" in
build | check)
    lacking=$(missing "$1")
    [ -z "$lacking" ] && exit 0
    echo "missing packages: $(echo "$lacking" | tr '\n' ' ')" >&2
    exit 1
    ;;
install)
    if [ "$(id -u)" -ne 0 ]; then
        echo "installing packages needs root: run 'sudo make deps' once" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get build-dep -y -q ./
    apt-get install -y -q --no-install-recommends $(packages check)
    ;;
*)
    echo "usage: deps.sh build|check|install" >&2
    exit 64
    ;;
esac
