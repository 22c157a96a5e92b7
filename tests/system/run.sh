#!/bin/sh
# `make check-system`: a Debian 12 of its own, booted by systemd-nspawn without a network, in which
# the packages are installed by apt and do what an administrator would have them do. What happens
# inside is inside.sh. Prints its own time; a machine that cannot boot one is told, never passed.
#   SYSTEM_KEEP=1 keeps the machine's directory and the journal for a look; SYSTEM_REUSE=1 takes the
#   packages that the last time built; SYSTEM_PARTS="install portals" goes through these parts only,
#   which is for writing them and never a pass.
# `make check-readme`, run.sh readme: the same machine with nothing in it and a network, for the
#   README's commands from the first to the last.
set -eu
cd "$(dirname "$0")/../.."
cache=$PWD/build/system
began=$(date +%s)
work=
what=${1:-system}

skip() {
    echo "SKIPPED, NOT PASSED: $1"
    echo "$(($(date +%s) - began)) s in all"
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
}
# shellcheck disable=SC2329
finish() {
    [ -z "$work" ] || [ -n "${SYSTEM_KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT

[ "$(id -u)" -eq 0 ] || skip "booting a system needs root"
for program in systemd-nspawn mmdebstrap openssl; do
    command -v $program >/dev/null || skip "$program is missing (make deps)"
done
. /etc/os-release
[ "${VERSION_CODENAME:-}" = bookworm ] || skip "its packages are made for Debian 12, this is ${PRETTY_NAME:-unknown}"

# --- packages: this version, and a later one with one migration more --------------------------------

mkdir -p "$cache"
export DEB_BUILD_OPTIONS="nocheck ${DEB_BUILD_OPTIONS:-}"
if [ "$what" = system ] && [ -z "${SYSTEM_REUSE:-}" ]; then
    sh tests/system/deb.sh "$cache/now" >/dev/null
    DEB_PATCH='printf "%s\n" "-- Made by tests/system: something that only a later version has." \
        "create table reconcile.later (id int primary key);" > db/migrations/9999_later.sql' \
        sh tests/system/deb.sh "$cache/later" 99.0 >/dev/null
fi
[ "$what" = readme ] || echo "packages built: $(($(date +%s) - began)) s"

# --- the machine ------------------------------------------------------------------------------------

sources=$(ls /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
[ -n "$sources" ] || skip "no sources of apt to take Debian from"
# exim4 receives the mails, python3 reads them, strace tries to look into the process.
included=systemd,systemd-sysv,dbus,sudo,curl,procps,python3
[ "$what" = readme ] || included=$included,acl,exim4-daemon-light,strace
base=$cache/base-$(echo "$included" | cksum | cut -d ' ' -f 1).tar
if [ ! -f "$base" ]; then
    # shellcheck disable=SC2086
    mmdebstrap --quiet --format=tar --variant=minbase --skip=cleanup/apt/lists --include=$included \
        bookworm "$base.new" $sources >"$cache/base.log" 2>&1 ||
        skip "mmdebstrap could not make a Debian: $(tail -n 1 "$cache/base.log")"
    mv "$base.new" "$base"
fi
work=$(mktemp -d)
root=$work/root share=$work/share
mkdir "$root" "$share" "$share/packages"
tar -x -C "$root" -f "$base"
cp -r tests/system/inside.sh tests/system/lib.sh tests/system/parts tests/system/portal.conf \
    tests/system/answer.py tests/support/sink.py README.md "$share/"

cp /etc/resolv.conf "$root/etc/resolv.conf"
[ -z "${SYSTEM_PARTS:-}" ] || echo "$SYSTEM_PARTS" > "$share/only"

# What the packages depend on is fetched now; the machine itself has no network.
fetch_dependencies() {
    cp "$cache"/now/*.deb "$share/packages/"
    mkdir "$share/later"
    cp "$cache"/later/*.deb "$share/later/"
    mkdir -p "$cache/archives" "$root/packages"
    cp "$cache"/archives/*.deb "$root/var/cache/apt/archives/" 2>/dev/null || true
    cp "$share"/packages/*.deb "$root/packages/"
    rm -f "$root"/packages/*dbgsym*
    fetch='apt-get install -q -y --download-only /packages/*.deb'
    if ! chroot "$root" sh -c "$fetch" >"$work/fetch.log" 2>&1; then
        chroot "$root" sh -c "apt-get update -q && $fetch" >"$work/fetch.log" 2>&1 ||
            skip "the packages' dependencies cannot be fetched: $(tail -n 1 "$work/fetch.log")"
    fi
    cp "$root"/var/cache/apt/archives/*.deb "$cache/archives/"
}

# The tree as it is committed, and nothing that was built from it.
give_source() {
    : > "$share/literally"
    echo readme > "$share/only"
    git clone --quiet --bare . "$share/source.git"
}
if [ "$what" = readme ]; then
    give_source
    network=
else
    fetch_dependencies
    network=--private-network
fi

# An authority of its own, and a certificate for the portals on loopback.
(
    cd "$share"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=tests of bynder-reconcile" \
        -keyout ca.key -out ca.pem
    openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout portal.key -out portal.csr
    printf 'subjectAltName=DNS:localhost,DNS:acme.bynder.com,IP:127.0.0.1\n' > san
    openssl x509 -req -in portal.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out portal.pem
) >"$work/openssl.log" 2>&1

cat > "$root/etc/systemd/system/system-test.service" <<'EOF'
[Unit]
Description=The system test
After=multi-user.target
[Service]
Type=exec
ExecStart=/bin/bash /share/inside.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=append:/share/said
StandardError=append:/share/said
[Install]
WantedBy=multi-user.target
EOF
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../system-test.service "$root/etc/systemd/system/multi-user.target.wants/"
echo system-test > "$root/etc/hostname"
echo "127.0.0.1 localhost system-test" > "$root/etc/hosts"
rm -f "$root/etc/machine-id"
: > "$root/etc/machine-id"
echo "machine made: $(($(date +%s) - began)) s"

timeout --kill-after=20 "${SYSTEM_TIMEOUT:-1500}" systemd-nspawn --quiet --directory="$root" --boot --machine=system-test \
    --register=no --keep-unit ${network:+"$network"} --console=pipe --bind="$share:/share" \
    >"$work/boot.log" 2>&1 </dev/null || true
if [ ! -f "$share/booted" ]; then
    tail -n 20 "$work/boot.log"
    skip "systemd-nspawn does not boot here"
fi
cat "$share/said"
[ -z "${SYSTEM_KEEP:-}" ] || echo "kept: $work"
echo "$(($(date +%s) - began)) s in all"
if [ ! -f "$share/counts" ]; then
    echo "the test inside did not come to its end"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
cat "$share/counts"
[ -z "${SYSTEM_PARTS:-}" ] || { echo "these were parts of it, not the test"; exit 1; }
grep -q ' 0 failed,' "$share/counts"
