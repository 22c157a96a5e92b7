#!/bin/sh
# Runs cmocka binaries, two or TEST_JOBS at a time; shows the output of what failed; closes with
# "N passed, N failed, N skipped". `sh tests/support/run.sh BINARY …`
set -u
[ $# -gt 0 ] || { echo "no test binary given" >&2; exit 1; }
# Worlds and their databases live in memory where there is room, for nothing of them has to last, and
# else where there is any: a /tmp in memory may be too small for them.
place=
for dir in /dev/shm "${TMPDIR:-/tmp}" /var/tmp; do
    room=$(df -k --output=avail "$dir" 2>/dev/null | tail -n 1)
    if [ "${room:-0}" -gt 4000000 ] && ! grep -q "^[^ ]* $dir [^ ]* [^ ]*noexec" /proc/mounts; then
        place=$dir
        break
    fi
done
work=$(mktemp -d -p "${place:-${TMPDIR:-/tmp}}" tests.XXXXXX) && export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
export TEST_CLUSTER="$work/cluster" # tests/support/cluster_fixture.c
one='
work=$1; test=$2
name=$(echo "$test" | tr / _)
began=$(date +%s)
timeout "$most" "$test" >"$work/$name.out" 2>&1
status=$?
took=$(($(date +%s) - began))
echo "$status $test $work/$name.out" > "$work/$name.status"
[ $status -eq 0 ] && printf "  ok    %s, %s s\n" "$test" "$took" ||
    printf "  FAIL  %s (exit %s), %s s\n" "$test" "$status" "$took"
'
export most=600 # seconds, of one binary
[ -n "${RECONCILE_TEST_CITUS:-}" ] && most=1800 && echo "on a distributed PostgreSQL: $RECONCILE_TEST_CITUS"
# What takes longest begins first, so that nobody waits for it at the end.
long='/test_(init_roster|downgrade|savings|migrate_kill|audit|audit_rulings|questions|collect|apply|late_effects|faults|apply_limits|apply_conditions|story_[a-z]*|tell|portal|plan_random|bynder_many)$'
{
    printf '%s\n' "$@" | grep -E "$long"
    printf '%s\n' "$@" | grep -vE "$long"
} | xargs -P "${TEST_JOBS:-2}" -n 1 sh -c "$one" run "$work"
passed=0 failed=0 skipped=0
for s in "$work"/*.status; do
    read -r status test out < "$s"
    p=$(grep -c '^\[       OK \]' "$out")
    f=$(grep -c '^\[  FAILED  \] [a-z]' "$out")
    k=$(grep -c '^\[  SKIPPED \] [a-z]' "$out")
    f=$((f / 2))
    k=$((k / 2))
    if [ "$status" -ne 0 ]; then
        echo "--- $test (exit $status)"
        tail -n 60 "$out"
        [ "$f" -gt 0 ] || f=1
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + k))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
