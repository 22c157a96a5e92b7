#!/bin/sh
# `make check`: everything that must hold. $1 is make. Every step runs, whatever the one before said,
# and the last line counts all tests. Steps stand in lanes that run beside each other, because a test
# that waits for a slow portal leaves a processor to a compiler.
set -u
cd "$(dirname "$0")/../.."
make="$1 --no-print-directory"
jobs=-j$(nproc)
work=$(mktemp -d)
with_gcc="store end" # the suites that run as gcc makes them; of the others its word is enough, clang's run
lanes=
end() { # a process and what it began: a lane does not hear of Ctrl-C, nor do its steps
    set -- "$1" $(cat "/proc/$1/task/"*/children 2>/dev/null)
    kill "$1" 2>/dev/null
    shift
    for child; do
        (end "$child")
    done
}
trap 'for lane in $lanes; do end "$lane"; done; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
began=$(date +%s)

# $1 name, rest the command. Says how it ended in one piece; what it counted is kept beside its log.
step() {
    name=$1
    shift
    at=$(date +%s)
    log=$work/$(echo "$name" | tr -c 'a-z0-9\n' _)
    if "$@" >"$log.log" 2>&1; then
        said=$(grep -E '^[0-9]+ passed|SKIPPED, NOT PASSED|^lint:|^[a-z, ]+: [0-9]+ points' "$log.log")
    else
        said=$(cat "$log.log")
        echo "  $name" >>"$work/broken"
    fi
    grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log.log" | tail -n 1 >>"$work/counts"
    printf '== %s\n%s%s   %s s\n' "$name" "$said" "${said:+
}" $(($(date +%s) - at))
}
lane() { # $1 a function of steps
    "$@" &
    lanes="$lanes $!"
}
join() {
    for lane in $lanes; do
        wait "$lane" || echo "  a lane that ended before its steps" >>"$work/broken"
        lanes=${lanes# $lane} # its number may be somebody else's now
    done
}

looks() {
    step "lint" $make $jobs lint
    step "alert rules" $make check-rules
    step "units, manual pages, completion" $make VARIANT=debug check-packaging
}
# The sanitizer variant is built by clang with the same warnings as errors: both compilers are clean.
sanitizers() {
    step "build with clang and sanitizers" nice -n 19 $make $jobs VARIANT=asan all tests fuzz-binaries
    step "tests with sanitizers" env TEST_JOBS=3 $make VARIANT=asan test
    step "fuzz, two seconds each" $make $jobs VARIANT=asan fuzz-short
}
# Many of them wait for a portal or a server that is slow on purpose: more than there are cores. The
# other suites run once, with sanitizers.
suites() {
    step "tests" env TEST_JOBS=4 $make VARIANT=debug LINKED_SUITES="$with_gcc" test
}
# Each does one thing after the other, and much of that is waiting.
serial() {
    step "crash, reduced" $make VARIANT=debug check-crash-reduced
    step "a year, short" $make VARIANT=debug year-short
}
step "build with gcc" $make $jobs VARIANT=debug LINKED_SUITES="$with_gcc" all tests year-binary crash-binaries
lane looks
lane sanitizers
lane suites
lane serial
join

printf '%s s in all\n' $(($(date +%s) - began))
set -- $(awk '{ p += $1; f += $3; s += $5 } END { print p + 0, f + 0, s + 0 }' "$work/counts")
passed=$1 failed=$2 skipped=$3
if [ -s "$work/broken" ]; then
    [ "$failed" -gt 0 ] || failed=1
    printf 'not passed:\n'
    cat "$work/broken"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
