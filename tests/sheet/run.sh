#!/bin/sh
# `make check-sheet`: a plan's workbook filled in and saved by LibreOffice in every way, and what
# `review` says of it. Debian has it as libreoffice-calc-nogui, some 400 MB, so it is no build
# dependency: where it is missing nothing is tried, and that is said. $1: the built variant.
set -u
cd "$(dirname "$0")/../.."
if ! command -v soffice >/dev/null; then
    echo "no LibreOffice here; hint: apt-get install --no-install-recommends libreoffice-calc-nogui"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
exec sh tests/support/run.sh "$1/tests/sheet/test_sheet"
