#!/bin/sh
# `make check`: everything that must hold. $1 is make. Every step runs, whatever the one before said,
# and the last line counts all tests.
set -u
cd "$(dirname "$0")/../.."
make=$1
jobs=-j$(nproc)
log=$(mktemp)
built=$(mktemp)
builder=
trap '[ -z "$builder" ] || kill "$builder" 2>/dev/null; rm -f "$log" "$built"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0 broken=""
began=$(date +%s)

step() { # $1 name, rest the command
    name=$1
    shift
    at=$(date +%s)
    printf '== %s\n' "$name"
    if "$@" >"$log" 2>&1; then
        grep -E '^[0-9]+ passed|SKIPPED, NOT PASSED|^lint:|^[a-z, ]+: [0-9]+ points' "$log"
    else
        cat "$log"
        broken="$broken
  $name"
    fi
    counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
    if [ -n "$counts" ]; then
        set -- $(echo "$counts" | tr -d 'a-z,')
        passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    fi
    printf '   %s s\n' $(($(date +%s) - at))
}

step "build with gcc" "$make" --no-print-directory $jobs VARIANT=debug all tests
# The sanitizer variant is built by clang with the same warnings as errors: both compilers are clean.
# It is built in what the suites leave of the processors, many of whose tests wait.
build_with_sanitizers() {
    nice -n 19 "$make" --no-print-directory $jobs VARIANT=asan all tests fuzz-binaries
}
build_with_sanitizers >"$built" 2>&1 &
builder=$!
finish_build() {
    wait "$builder"
    set -- $?
    builder=
    cat "$built"
    return "$1"
}
step "lint" "$make" --no-print-directory $jobs lint
step "alert rules" "$make" --no-print-directory check-rules
step "units, manual pages, completion" "$make" --no-print-directory VARIANT=debug check-packaging
# Many of them wait for a portal or a server that is slow on purpose: more than there are cores.
step "tests" env TEST_JOBS=4 "$make" --no-print-directory VARIANT=debug test
step "a year, short" "$make" --no-print-directory VARIANT=debug year-short
step "crash, reduced" "$make" --no-print-directory VARIANT=debug check-crash-reduced
step "build with clang and sanitizers" finish_build
step "fuzz, three seconds each" "$make" --no-print-directory $jobs VARIANT=asan fuzz-short
step "tests with sanitizers" env TEST_JOBS=4 "$make" --no-print-directory VARIANT=asan test
printf '%s s in all\n' $(($(date +%s) - began))
if [ -n "$broken" ]; then
    [ "$failed" -gt 0 ] || failed=1
    printf 'not passed:%s\n' "$broken"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
