#!/bin/sh
# The Debian packages, built from a copy of this tree, so that nothing is left beside it.
#   deb.sh DIRECTORY [VERSION]   into DIRECTORY, emptied before; VERSION makes a later version of it
set -eu
cd "$(dirname "$0")/../.."
mkdir -p "$1"
target=$(cd "$1" && pwd)
version=${2:-}

rm -rf "$target"/source "$target"/*.deb "$target"/*.changes "$target"/*.buildinfo "$target"/build.log
mkdir "$target/source"
tar -c --exclude=./build --exclude=./.git --exclude=./demo . | tar -x -C "$target/source"
cd "$target/source"
if [ -n "$version" ]; then
    { # a line of history that the tests can tell apart
        printf 'bynder-reconcile (%s) bookworm; urgency=medium\n\n  * Made by tests/system.\n\n' "$version"
        printf ' -- tests <tests@bynder-reconcile.example>  Tue, 24 Nov 2026 09:00:00 +0000\n\n'
        cat debian/changelog
    } > ../changelog
    mv ../changelog debian/changelog
fi
[ -z "${DEB_PATCH:-}" ] || sh -c "$DEB_PATCH"
# Nothing of the make that called us: its variables would be flags of the package.
unset MAKEFLAGS MAKELEVEL MFLAGS VARIANT
if ! dpkg-buildpackage --build=binary --no-sign -j"$(nproc)" > ../build.log 2>&1; then
    tail -n 60 ../build.log
    echo "the package does not build; the whole log is $target/build.log" >&2
    exit 1
fi
cd ..
rm -rf source
ls -- *.deb
