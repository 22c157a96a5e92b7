#!/bin/sh
# Runs the fuzz targets, two at a time, and prints a table of executions, coverage and findings.
#   run.sh BUILD short   two seconds each, from the seeds alone, no coverage (`make check`)
#   run.sh BUILD long    FUZZ_SECONDS each (300); what is found to be new is kept in BUILD/corpus
# FUZZ_ONLY="json text" are the only ones. A finding is left in BUILD/findings.
set -u
cd "$(dirname "$0")/../.."
build=$1 mode=$2
case $mode in short) seconds=${FUZZ_SECONDS:-2} ;; *) seconds=${FUZZ_SECONDS:-300} ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$build/findings" "$build/corpus"
all=$(ls tests/fuzz/fuzz_*.c | sed 's|.*/fuzz_\(.*\)\.c|\1|')
export LSAN_OPTIONS=suppressions=$PWD/tests/fuzz/leaks.supp:print_suppressions=0
export CMOCKA_TEST_ABORT=1
export ASAN_OPTIONS=allocator_may_return_null=0:detect_stack_use_after_return=0

one='
build=$1 mode=$2 seconds=$3 work=$4 name=$5
program=$build/tests/fuzz/fuzz_$name
seeds=tests/fuzz/seeds/$name
corpus=$work/corpus-$name
[ "$mode" = short ] || corpus=$build/corpus/$name
mkdir -p "$corpus"
set -- -max_total_time=$seconds -timeout=10 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 \
    -artifact_prefix="$build/findings/$name-"
[ ! -f tests/fuzz/$name.dict ] || set -- "$@" -dict=tests/fuzz/$name.dict
LLVM_PROFILE_FILE=/dev/null "$program" "$@" "$corpus" "$seeds" > "$work/$name.out" 2>&1
echo $? > "$work/$name.status"
[ "$mode" = short ] && exit 0
LLVM_PROFILE_FILE="$work/$name.profraw" "$program" -runs=0 -timeout=10 -artifact_prefix="$work/" "$corpus" "$seeds" \
    > "$work/$name.replay" 2>&1
llvm-profdata merge -sparse -o "$work/$name.profdata" "$work/$name.profraw" 2>> "$work/$name.replay"
files=$(sed -n "/Reads:/,/\*\//{ s/.*Reads: *//; s/^ \*\/*//; s/\*\///; p; }" tests/fuzz/fuzz_$name.c |
    tr " " "\n" | grep "\.c$" | sed "s|^|reconcile/|")
echo "$files" > "$work/$name.files"
ls $files > /dev/null || echo 1 > "$work/$name.status" # what is not there would not be counted
llvm-cov report "$program" -instr-profile="$work/$name.profdata" $files > "$work/$name.report" 2>> "$work/$name.replay"
llvm-cov show "$program" -instr-profile="$work/$name.profdata" $files 2>> "$work/$name.replay" |
    grep -E "^reconcile|^/|^ *[0-9]+\| *0\|" > "$build/uncovered-$name"
'
for name in ${FUZZ_ONLY:-$all}; do echo "$name"; done |
    xargs -P 2 -I NAME sh -c "$one" run "$build" "$mode" "$seconds" "$work" NAME

failed=0 passed=0
[ "$mode" = short ] || printf '%-16s %12s %9s %9s  %s\n' target executions lines covered findings
for name in ${FUZZ_ONLY:-$all}; do
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.out")
    found=$(sed -n 's|.*Test unit written to ||p' "$work/$name.out")
    if [ "$(cat "$work/$name.status")" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "--- $name"
        grep -v '^#[0-9]' "$work/$name.out" | tail -n 60
    fi
    [ "$mode" = short ] && continue
    set -- $(awk '/^TOTAL/ { print $8, $10 }' "$work/$name.report")
    printf '%-16s %12s %9s %9s  %s\n' "$name" "${runs:-?}" "${1:-?}" "${2:-?}" "${found:-none}"
done
if [ "$mode" != short ]; then
    set -- $(for name in ${FUZZ_ONLY:-$all}; do echo "$build/tests/fuzz/fuzz_$name"; done)
    first=$1
    shift
    llvm-profdata merge -sparse -o "$work/all.profdata" "$work"/*.profraw 2> "$work/all.out"
    llvm-cov report "$first" $(printf ' -object %s' "$@") -instr-profile="$work/all.profdata" \
        $(cat "$work"/*.files | sort -u) > "$work/all.report" 2>> "$work/all.out"
    set -- $(awk '/^TOTAL/ { print $8, $10 }' "$work/all.report")
    printf '%-16s %12s %9s %9s\n' together '' "${1:-?}" "${2:-?}"
    cp "$work/all.report" "$build/coverage"
fi
[ "$mode" = short ] || echo "coverage of each file: $build/coverage; lines that nothing reached: $build/uncovered-NAME"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
